export * from './types.js';
export * from './create.js';
export * from './convert.js';
export * from './crop.js';
export * from './resample.js';
export * from './resize-as-pillow.js';
export * from './resize-raster.js';
export * from './square-fit.js';
