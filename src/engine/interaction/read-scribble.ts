import { createMask, type Raster, sampleMaximum } from '../../raster/index.js';
import { type Scribble, SCRIBBLE_VALUES } from './seeds.js';

/** How much a channel exceeds the others in a stroke, as a share of its range. */
const MIN_SATURATION = 0.35;
/** Strokes are opaque at least by this share; fainter edges of a brush say nothing. */
const MIN_ALPHA = 0.5;

/**
 * Reads strokes from a drawing: green pixels are inside the thing, red ones outside, all others say nothing. Green and
 * red are where that channel exceeds both others by at least 35 % of the range; transparent pixels are ignored. So
 * strokes may be on a transparent layer, on white, or on a gray copy of the image.
 */
export function readScribble(drawing: Raster): Scribble {
  const { width, height, channels, data } = drawing;
  const maximum = sampleMaximum(drawing);
  const { data: out } = createMask(width, height);
  for (let i = 0, p = 0; i < out.length; i++, p += channels) {
    if (channels === 4 && data[p + 3]! < MIN_ALPHA * maximum) {
      continue;
    }
    const [r, g, b] = [data[p]!, data[p + 1]!, data[p + 2]!];
    const margin = MIN_SATURATION * maximum;
    if (g - Math.max(r, b) >= margin) {
      out[i] = SCRIBBLE_VALUES.include;
    } else if (r - Math.max(g, b) >= margin) {
      out[i] = SCRIBBLE_VALUES.exclude;
    }
  }
  return { width, height, data: out };
}
