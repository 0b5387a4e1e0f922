export { analyzeLayers, type LayerAnalysis } from './analyze-layers.js';
export { drawDepthHistogram } from './analyze-histogram.js';
export { drawDepth } from './colormap-inferno.js';
export { FILL_METHODS, fillHole, type FillMethod } from './fill-hole.js';
export { buildLayers, type Layer, LAYER_DEFAULTS, type LayerOptions } from './layers-build.js';
export { type DepthRange, depthRange, gradientDepth, normalizeDepth } from './normalize-depth.js';
export { cleanBands, type CleanOptions } from './slice-clean.js';
export { type Bands, bandShares, sliceDepth } from './slice-depth.js';
export { sortDepths, SPLIT_DEFAULTS, SPLIT_KINDS, splitDepth, type SplitMethod } from './split-depth.js';
