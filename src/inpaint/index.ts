export { checkImages, type CheckResult } from './check/check-images.js';
export { classifyContent, type PlaneContent, warnOfContent } from './check/classify-content.js';
export { type CheckedImage, type Finding, FINDING_CODES } from './check/finding.js';
export {
  compareHiddenColor,
  HIDDEN_COLOR_TOLERANCE,
  type HiddenColorDifference,
} from './color-loss/compare-hidden-color.js';
export { formatColorLoss } from './color-loss/format-color-loss.js';
export {
  EXTEND_CANVAS_DEFAULTS,
  extendCanvas,
  type ExtendCanvasOptions,
  type ExtendedCanvas,
  type Margins,
} from './crop/extend-canvas.js';
export { detectColorLoss, LOST_SHARE, type ColorLossKind, type ColorLoss } from './color-loss/detect-color-loss.js';
export { FIT_SIZE_DEFAULTS, fitSize, type FitSizeOptions, type SizePlan } from './targets/fit-size.js';
export { guessPolarity, type PolarityGuess } from './check/guess-polarity.js';
export { maskForTarget, type TargetMask } from './targets/mask-for-target.js';
export { describeCrop, PLAN_CROP_DEFAULTS, planCrop, type PlanCropOptions } from './crop/plan-crop.js';
export { type MaskCrop, type MaskCropOptions, planMaskCrop } from './crop/plan-mask-crop.js';
export { separateParts } from './crop/separate-parts.js';
export { cutStitchMask, makeStitchMask, STITCH_MASK_DEFAULTS, type StitchMaskOptions } from './crop/stitch-mask.js';
export { describeProfile, haveSameProfile } from './icc-profile.js';
export { type PreparedImages, prepareForTarget, type PrepareOptions } from './targets/prepare-for-target.js';
export { matchOriginal, type OriginalMatch, type Repaired, repairFromOriginal } from './color-loss/repair-color.js';
export { STITCH_DEFAULTS, type Stitched, type StitchOptions, stitchWindow } from './crop/stitch.js';
export { parseStitchManifest, type StitchManifest } from './crop/stitch-manifest.js';
export type { MaskCarrier, Polarity, SizeFit, Target, TargetLimits } from './targets/target.js';
export { findTarget, TARGETS } from './targets/target-table.js';
export { cutMaskWindow, cutWindow, type EdgeFill } from './crop/window.js';
