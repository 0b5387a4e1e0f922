/** The detector that is meant where none is named. */
export const GROUND_MODEL_DEFAULT = 'grounding-dino';
/** The probability from which a box counts: the value of the model's authors for phrases. */
export const BOX_THRESHOLD_DEFAULT = 0.3;
