export type { Bounds, Heatmap, Mask, Raster, Size } from '../raster/index.js';
export {
  AUTO_THRESHOLD_METHODS,
  autoThreshold,
  type AutoThresholdMethod,
  type AutoThresholdOptions,
} from './auto-threshold.js';
export { applyLevels, LEVELS_DEFAULTS, type LevelsOptions } from './apply-levels.js';
export { bleedColors } from './bleed-colors.js';
export { BLEND_MODES, type BlendMode } from './blend-modes.js';
export { CHANNEL_MASK_DEFAULTS, channelMask, type ChannelMaskOptions } from './channel-mask.js';
export { CHANNEL_NAMES, CHANNELS, type ChannelName, parseChannel } from './channel-names.js';
export { CHROMA_KEY_DEFAULTS, chromaKey, type ChromaKeyOptions, parseColor, type Rgb } from './chroma-key.js';
export { closeMask } from './close-mask.js';
export { combineMasks, COMBINE_MODES, type CombineInput, type CombineMode } from './combine-masks.js';
export {
  ALPHA_RULES,
  type AlphaRule,
  COMPOSITE_DEFAULTS,
  type CompositeOptions,
  compositeRasters,
} from './composite-rasters.js';
export {
  type Component,
  COMPONENT_DEFAULTS,
  type ComponentOptions,
  type Components,
  connectedComponents,
} from './connected-components.js';
export { type Coverage, COVERAGE_ONE, coverageToMask, meanCoverage } from './coverage.js';
export { dilate } from './dilate.js';
export { distanceTransform } from './distance-transform.js';
export { erode } from './erode.js';
export { extractChannel } from './extract-channel.js';
export {
  feather,
  FEATHER_DEFAULTS,
  FEATHER_FALLOFFS,
  FEATHER_SIDES,
  type FeatherFalloff,
  type FeatherOptions,
  type FeatherSide,
} from './feather.js';
export { fillHoles } from './fill-holes.js';
export { gaussianBlur } from './gaussian-blur.js';
export { invertMask } from './invert-mask.js';
export { keepLargest } from './keep-largest.js';
export { maskBounds } from './mask-bounds.js';
export { maskToAlpha } from './mask-to-alpha.js';
export { type Evidence, measureEvidence, type Verdict, VERDICTS } from './measure-evidence.js';
export { normalizeMask, normalizeTable, requireNormalizeLevel } from './normalize-mask.js';
export { openMask } from './open-mask.js';
export { type Area, type Length, parseArea, parseLength } from './parse-length.js';
export { REFINE_DEFAULTS, refineHeatmap, type RefineOptions } from './refine-heatmap.js';
export { removeIslands } from './remove-islands.js';
export type { Connectivity } from './runs.js';
export { isShapeless, SHAPE_DEFAULTS, shapeMask, type ShapeOptions } from './shape-mask.js';
export {
  MORPHOLOGY_DEFAULTS,
  type MorphologyOptions,
  STRUCTURING_ELEMENTS,
  type StructuringElement,
} from './structuring-element.js';
export { thresholdHeatmap } from './threshold-heatmap.js';
export {
  chooseThreshold,
  type MaskThreshold,
  THRESHOLD_METHODS,
  type ThresholdMethod,
  thresholdMask,
} from './threshold-mask.js';
