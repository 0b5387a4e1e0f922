import sharp from 'sharp';

/** Largest image that is decoded: 268 megapixels, against decompression bombs. */
export const MAX_PIXELS = 16_384 * 16_384;

// Only loaders of images made of pixels: SVG and PDF can reference other files, and
// everything else is a larger surface than this toolkit needs.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: [
    'VipsForeignLoadPng',
    'VipsForeignLoadJpeg',
    'VipsForeignLoadWebp',
    'VipsForeignLoadTiff',
    'VipsForeignLoadHeif',
    'VipsForeignLoadNsgif',
  ],
});
// Each image is decoded once: a cache of operations would only hold memory.
sharp.cache(false);

export { sharp };
