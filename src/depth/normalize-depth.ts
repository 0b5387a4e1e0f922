import { createDepthMap, type DepthMap } from '../raster/index.js';

/** Smallest and largest depth of what is not background, in the map's own unit. */
export interface DepthRange {
  readonly min: number;
  readonly max: number;
}

/** Renderers write 1e10, 1e30 or the largest float where there is nothing; no real scene reaches this far. */
export const BACKGROUND_FROM = 1e10;

/**
 * The range of finite depths; undefined where there are none. NaN, infinities and magnitudes of 1e10 and
 * more are background.
 */
export function depthRange(depth: DepthMap): DepthRange | undefined {
  let min = Infinity;
  let max = -Infinity;
  const { data } = depth;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    // NaN fails every comparison. Most values are no new extreme, and need no other check.
    if (value < min && value > -BACKGROUND_FROM && value < BACKGROUND_FROM) min = value;
    if (value > max && value > -BACKGROUND_FROM && value < BACKGROUND_FROM) max = value;
  }
  return min <= max ? { min, max } : undefined;
}

/**
 * Depth as the layers use it: 0 = farthest, 1 = nearest, linear in the map's values. Background is 0, and so
 * is everything in a map of one depth. Values outside `range` (of a whole sequence, say) are clamped.
 */
export function normalizeDepth(depth: DepthMap, range: DepthRange | undefined = depthRange(depth)): DepthMap {
  const { data: source, depthOrder } = depth;
  const nearIsLarge = depthOrder === 'near-is-large';
  const data = new Float32Array(source.length);
  if (range !== undefined && range.max > range.min) {
    const far = nearIsLarge ? range.min : range.max;
    const span = nearIsLarge ? range.max - range.min : range.min - range.max;
    for (let i = 0; i < data.length; i++) {
      const value = source[i]!;
      const position = (value - far) / span;
      // Between the ends of the range nothing is background. Never the negative zero, whose bits would sort last.
      if (position > 0 && position < 1) {
        data[i] = position;
      } else if (position >= 1 && value > -BACKGROUND_FROM && value < BACKGROUND_FROM) {
        data[i] = 1;
      }
    }
  }
  return createDepthMap(depth.width, depth.height, data, { depthOrder: 'near-is-large', unit: 'relative' });
}

/**
 * A depth that needs no network: the top row farthest (0), the bottom row nearest (1). For scripts and tests,
 * and for images of open ground.
 */
export function gradientDepth(width: number, height: number): DepthMap {
  const data = new Float32Array(width * height);
  for (let y = 1; y < height; y++) {
    data.fill(y / (height - 1), y * width, (y + 1) * width);
  }
  return createDepthMap(width, height, data, { depthOrder: 'near-is-large', unit: 'relative' });
}
