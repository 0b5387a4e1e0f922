import { applyLevels, dilate, feather } from '../../engine/index.js';
import { type Bounds, createMask, type Mask, SELECTED_FROM } from '../../raster/index.js';
import { cutMaskWindow } from './window.js';

/** How a stitch mask reaches beyond the selection. */
export interface StitchMaskOptions {
  /** Pixels around the selection that are fully painted too. */
  readonly growPx: number;
  /** Pixels over which the painted image fades into the original, outside of that. */
  readonly featherPx: number;
}

/** What `makeStitchMask` takes for what was left out. */
export const STITCH_MASK_DEFAULTS = { growPx: 0, featherPx: 8 } as const satisfies StitchMaskOptions;

/**
 * The coverage that a painted image is put back with. Everything selected (128 and more) is fully painted:
 * none of the original shows through. The seam fades outside the selection, as Krita's and InvokeAI's masks do.
 * A soft edge of the mask's own stays where it reaches farther.
 */
export function makeStitchMask(mask: Mask, options: Partial<StitchMaskOptions> = {}): Mask {
  const { growPx, featherPx } = { ...STITCH_MASK_DEFAULTS, ...options };
  const raised = applyLevels(mask, { white: SELECTED_FROM });
  return feather(growPx > 0 ? dilate(raised, growPx) : raised, featherPx, { side: 'outward' });
}

/**
 * The part of a stitch mask inside a window. Where the window cuts through a soft edge, the mask is limited so
 * that it ends at the window's border with the falloff of its feather, except at the borders of the image.
 */
export function cutStitchMask(mask: Mask, window: Bounds, featherPx: number = STITCH_MASK_DEFAULTS.featherPx): Mask {
  const cut = cutMaskWindow(mask, window);
  const { width, height } = cut;
  const columns = limits(width, window.x > 0, window.x + width < mask.width, featherPx);
  const rows = limits(height, window.y > 0, window.y + height < mask.height, featherPx);
  const data = cut.data.map((value, i) =>
    value === 255 ? 255 : Math.min(value, columns[i % width]!, rows[Math.floor(i / width)]!),
  );
  return createMask(width, height, data);
}

/** The largest coverage at each distance from the ends that cut through the image. */
function limits(length: number, cutsStart: boolean, cutsEnd: boolean, featherPx: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => {
    const distance = Math.min(cutsStart ? i : Infinity, cutsEnd ? length - 1 - i : Infinity);
    const t = Math.min((distance + 1) / (featherPx + 1), 1);
    return Math.round(255 * t * t * (3 - 2 * t));
  });
}
