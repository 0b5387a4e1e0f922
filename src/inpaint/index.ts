export { checkPictures, type CheckedPicture, type CheckResult, type Finding, FINDING_CODES } from './check-pictures.js';
export { describeLoss } from './describe-loss.js';
export {
  EXTEND_CANVAS_DEFAULTS,
  extendCanvas,
  type ExtendCanvasOptions,
  type ExtendedCanvas,
  type Margins,
} from './extend-canvas.js';
export { findLostColor, LOST_SHARE, type LossKind, type LostColor } from './find-lost-color.js';
export { FIT_SIZE_DEFAULTS, fitSize, type FitSizeOptions, type SizePlan } from './fit-size.js';
export { guessPolarity, type PolarityGuess } from './guess-polarity.js';
export { maskForTarget, type TargetMask } from './mask-for-target.js';
export { PLAN_CROP_DEFAULTS, planCrop, type PlanCropOptions, selectionBounds } from './plan-crop.js';
export { type PreparedPictures, prepareForTarget, type PrepareOptions } from './prepare-for-target.js';
export { matchOriginal, type OriginalMatch, type Repaired, repairFromOriginal } from './repair-color.js';
export { STITCH_DEFAULTS, type Stitched, type StitchOptions, stitchWindow } from './stitch.js';
export { parseStitchJob, type StitchJob } from './stitch-job.js';
export type { MaskCarrier, Polarity, SizeFit, Target, TargetLimits } from './target.js';
export { findTarget, TARGETS } from './target-table.js';
export { cutMaskWindow, cutWindow, type EdgeFill } from './window.js';
