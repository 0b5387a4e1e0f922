/** The detector that is meant where none is named. */
export const GROUND_MODEL_DEFAULT = 'grounding-dino';
/** The probability from which a box counts, for help: each family has its own. */
export const BOX_THRESHOLD_DEFAULT = '0.3, or 0.1 with owlv2';
