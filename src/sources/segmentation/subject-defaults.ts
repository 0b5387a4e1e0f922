/** The model for background removal that is meant where none is named. */
export const SUBJECT_MODEL_DEFAULT = 'birefnet-lite';
