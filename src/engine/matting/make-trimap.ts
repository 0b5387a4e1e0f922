import { createMask, type Mask } from '../../raster/index.js';
import { dilate } from '../morphology/dilate.js';
import { erode } from '../morphology/erode.js';
import { type Length, parseLength } from '../parse-length.js';

/** Values of a trimap: certainly not selected, unknown, certainly selected. */
export const TRIMAP = { background: 0, unknown: 128, foreground: 255 } as const;

/** Values up to this count as background, from the other end on as foreground. */
export const TRIMAP_MARGIN = 8;

/** Whether a trimap has pixels that are neither background nor foreground. */
export function hasUnknown({ data }: Mask): boolean {
  return data.some((value) => value >= TRIMAP_MARGIN && value <= 255 - TRIMAP_MARGIN);
}

/** How wide the band of unknown pixels is. */
export interface TrimapOptions {
  /** How far the unknown band reaches to either side of the selection's edge: pixels, or `%` of the diagonal. */
  readonly width?: Length | undefined;
}

/** Defaults of `makeTrimap`. */
export const TRIMAP_DEFAULTS = { width: '0.8%' } as const satisfies TrimapOptions;

/**
 * Divides a mask into certain and unknown pixels: a pixel is unknown where the edge of the selection is within `width`,
 * or where the mask itself is soft (1 to 254).
 *
 * @returns a mask of the three values of `TRIMAP`
 * @example
 * import { makeTrimap, type Mask, matte, type Raster } from 'maskwright/engine';
 *
 * const alphaOf = (image: Raster, mask: Mask): Mask => matte(image, makeTrimap(mask, { width: 12 }));
 */
export function makeTrimap(mask: Mask, options: TrimapOptions = {}): Mask {
  const widthPx = Math.max(Math.round(parseLength(options.width ?? TRIMAP_DEFAULTS.width, mask)), 1);
  const selected = createMask(
    mask.width,
    mask.height,
    mask.data.map((value) => (value === 255 ? 255 : 0)),
  );
  const touched = createMask(
    mask.width,
    mask.height,
    mask.data.map((value) => (value === 0 ? 0 : 255)),
  );
  const inside = erode(selected, widthPx).data;
  const outside = dilate(touched, widthPx).data;
  const out = new Uint8Array(mask.data.length);
  for (let i = 0; i < out.length; i++) {
    out[i] = outside[i] === 0 ? TRIMAP.background : inside[i] === 0 ? TRIMAP.unknown : TRIMAP.foreground;
  }
  return createMask(mask.width, mask.height, out);
}
