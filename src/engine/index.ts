export type { Bounds, Heatmap, Mask, Raster, Size } from '../raster/index.js';
export {
  AUTO_THRESHOLD_METHODS,
  autoThreshold,
  type AutoThresholdMethod,
  type AutoThresholdOptions,
} from './threshold/auto-threshold.js';
export { applyLevels, LEVELS_DEFAULTS, type LevelsOptions } from './tone/apply-levels.js';
export { bleedColors } from './compose/bleed-colors.js';
export { BLEND_MODES, type BlendMode } from './compose/blend-modes.js';
export { CHANNEL_MASK_DEFAULTS, channelMask, type ChannelMaskOptions } from './color/channel-mask.js';
export { CHANNEL_NAMES, CHANNELS, type ChannelName, parseChannel } from './color/channel-names.js';
export { CHROMA_KEY_DEFAULTS, chromaKey, type ChromaKeyOptions, parseColor, type Rgb } from './color/chroma-key.js';
export { closeMask } from './morphology/close-mask.js';
export { combineMasks, COMBINE_MODES, type CombineInput, type CombineMode } from './compose/combine-masks.js';
export {
  ALPHA_RULES,
  type AlphaRule,
  COMPOSITE_DEFAULTS,
  type CompositeOptions,
  compositeRasters,
} from './compose/composite-rasters.js';
export {
  type Component,
  COMPONENT_DEFAULTS,
  type ComponentOptions,
  type Components,
  connectedComponents,
} from './components/connected-components.js';
export {
  type Coverage,
  COVERAGE_ONE,
  type CoverageInput,
  coverageToMask,
  meanCoverage,
  type MeanCoverage,
  openMeanCoverage,
} from './compose/coverage.js';
export { type CoverageTally, openTally } from './compose/tally-coverage.js';
export { dilate } from './morphology/dilate.js';
export { distanceTransform } from './distance/distance-transform.js';
export { erode } from './morphology/erode.js';
export { extractChannel } from './color/extract-channel.js';
export {
  feather,
  FEATHER_DEFAULTS,
  FEATHER_FALLOFFS,
  FEATHER_SIDES,
  type FeatherFalloff,
  type FeatherOptions,
  type FeatherSide,
} from './filters/feather.js';
export { estimateForeground, type ForegroundEstimate } from './matting/estimate-foreground.js';
export { hasUnknown, makeTrimap, TRIMAP, TRIMAP_DEFAULTS, type TrimapOptions } from './matting/make-trimap.js';
export { matte, MATTE_DEFAULTS, type MatteOptions } from './matting/matte.js';
export { fillHoles } from './components/fill-holes.js';
export { gaussianBlur } from './filters/gaussian-blur.js';
export { GRAB_CUT_DEFAULTS, GRAB_CUT_LABELS, grabCut, type GrabCutOptions } from './segmentation/grab-cut.js';
export {
  findInstances,
  findMaskInstances,
  type Instance,
  INSTANCE_DEFAULTS,
  type InstanceOptions,
  type Instances,
  type MaskInstanceOptions,
} from './instances/find-instances.js';
export { MAGIC_WAND_DEFAULTS, magicWand, type MagicWandOptions } from './interaction/magic-wand.js';
export { readScribble } from './interaction/read-scribble.js';
export { createSeedSegmenter, type SeedSegmenter } from './interaction/seeded-segmentation.js';
export {
  assertSeeds,
  MAX_SEED_POINTS,
  type Scribble,
  SCRIBBLE_VALUES,
  type SeedPoint,
  type Seeds,
} from './interaction/seeds.js';
export { instanceMask, keepInstances } from './instances/keep-instances.js';
export { splitOperations } from './instances/split-operations.js';
export {
  INSTANCE_ORDERS,
  type InstanceOrder,
  type InstanceSelector,
  orderInstances,
  selectInstances,
} from './instances/select-instances.js';
export { invertMask } from './tone/invert-mask.js';
export { keepLargest } from './components/keep-largest.js';
export { maskBounds } from './components/mask-bounds.js';
export { maskToAlpha } from './compose/mask-to-alpha.js';
export { type DetectionStats, measureDetection, type Presence, PRESENCES } from './detection/detection-stats.js';
export { normalizeMask, normalizeLut, assertNormalizeLevel } from './tone/normalize-mask.js';
export { openMask } from './morphology/open-mask.js';
export { type Area, type Length, parseArea, parseLength } from './parse-length.js';
export {
  REFINE_DEFAULTS,
  REFINE_MODES,
  refineHeatmap,
  type RefineMode,
  type RefineOptions,
} from './filters/refine-heatmap.js';
export { removeSmallComponents } from './components/remove-small-components.js';
export type { Connectivity } from './components/run-lengths.js';
export {
  hasMatte,
  isEmptyMaskOperations,
  MASK_OPERATION_DEFAULTS,
  applyMaskOperations,
  type MaskOperations,
  type MatteInput,
  trimapOfMask,
} from './apply-mask-operations.js';
export {
  MORPHOLOGY_DEFAULTS,
  type MorphologyOptions,
  STRUCTURING_ELEMENTS,
  type StructuringElement,
} from './morphology/structuring-element.js';
export { thresholdHeatmap } from './threshold/threshold-heatmap.js';
export {
  chooseThreshold,
  type MaskThreshold,
  THRESHOLD_METHODS,
  type ThresholdMethod,
  thresholdMask,
} from './threshold/threshold-mask.js';
