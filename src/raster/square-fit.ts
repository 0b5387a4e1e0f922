import { createHeatmap } from './create.js';
import { samplePlane } from './sample-plane.js';
import type { Bounds, Heatmap, Size } from './types.js';

/** `stretch` fills the square and changes the image's shape; `pad` keeps its shape and leaves the rest black. */
export const FITS = ['stretch', 'pad'] as const;

/** How an image is fitted into the square input of a model. */
export type Fit = (typeof FITS)[number];

/** The default fit. */
export const FIT_DEFAULTS = { fit: 'stretch' } as const satisfies { fit: Fit };

/** Where an image lies in a square of `side` pixels: top left, all of it with `stretch`. */
export function contentInSquare(size: Size, side: number, fit: Fit): Bounds {
  if (fit === 'stretch') {
    return { x: 0, y: 0, width: side, height: side };
  }
  const scale = side / Math.max(size.width, size.height);
  return {
    x: 0,
    y: 0,
    width: Math.max(1, Math.round(size.width * scale)),
    height: Math.max(1, Math.round(size.height * scale)),
  };
}

/**
 * The part of a square's heatmap that shows the image, so that the result covers all of it and nothing else.
 * `content` is where the image lies in the square of `side` pixels; the heatmap may have another resolution.
 */
export function cropToContent(heatmap: Heatmap, content: Bounds, side: number): Heatmap {
  const scale = heatmap.width / side;
  const width = Math.max(1, Math.round(content.width * scale));
  const height = Math.max(1, Math.round(content.height * scale));
  // Where the image ends within a pixel of the heatmap, the samples lie a little closer than its pixels.
  const part = {
    x: content.x * scale,
    y: content.y * scale,
    width: content.width * scale,
    height: content.height * scale,
  };
  if (part.x === 0 && part.y === 0 && part.width === heatmap.width && part.height === heatmap.height) {
    return heatmap;
  }
  return createHeatmap(width, height, samplePlane(heatmap, part, { width, height }));
}
