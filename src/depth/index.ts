export { analyzeLayers, type LayerAnalysis } from './layers/analyze-layers.js';
export { FILL_METHODS, fillOccluded, type FillMethod } from './layers/fill-occluded.js';
export { buildLayers, type Layer, LAYER_DEFAULTS, type LayerOptions } from './layers/layers-build.js';
export { type DepthRange, depthRange, gradientDepth, normalizeDepth } from './normalize-depth.js';
export { cleanBands, type CleanOptions } from './layers/slice-clean.js';
export { type Bands, bandShares, sliceDepth } from './layers/slice-depth.js';
export { sortDepths, SPLIT_DEFAULTS, SPLIT_KINDS, splitDepth, type SplitMethod } from './layers/split-depth.js';
