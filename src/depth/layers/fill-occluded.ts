import { type Mask, type Raster, sampleMaximum } from '../../raster/index.js';
import { featureTransform } from '../../engine/distance/feature-transform.js';
import { pushPull } from './fill-push-pull.js';

/**
 * `push-pull`: smooth, from averages of the layer at ever coarser sizes. `bleed`: each pixel gets the color
 * of the layer's nearest pixel.
 */
export type FillMethod = (typeof FILL_METHODS)[number];

/** Every `FillMethod`. */
export const FILL_METHODS = ['bleed', 'push-pull'] as const;

/**
 * The image with colors, fully opaque, where `occlusion` is not 0, taken from the pixels that `known` marks
 * (not 0; none of them in the occlusion). Everything else is untouched. Returns `image` itself where there is
 * nothing to take colors from, or no occlusion.
 */
export function fillOccluded(image: Raster, occlusion: Mask, known: Uint8Array, method: FillMethod): Raster {
  if (!occlusion.data.includes(255) || !known.includes(1)) {
    return image;
  }
  const data = image.data.slice();
  if (method === 'bleed') {
    bleed(data, occlusion, known);
  } else {
    pushPull(data, occlusion, known);
  }
  const maximum = sampleMaximum(image);
  for (let i = 0, a = 3; i < occlusion.data.length; i++, a += 4) {
    if (occlusion.data[i] !== 0) {
      data[a] = maximum;
    }
  }
  return { ...image, data };
}

function bleed(data: Uint8Array | Uint16Array, occlusion: Mask, known: Uint8Array): void {
  const nearest = featureTransform(known, occlusion.width, occlusion.height);
  for (let i = 0; i < nearest.length; i++) {
    if (occlusion.data[i] !== 0) {
      const from = nearest[i]! * 4;
      data[i * 4] = data[from]!;
      data[i * 4 + 1] = data[from + 1]!;
      data[i * 4 + 2] = data[from + 2]!;
    }
  }
}
