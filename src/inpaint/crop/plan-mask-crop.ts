import { dilate, maskBounds } from '../../engine/index.js';
import { type Bounds, type Mask, resizeMask, type Size } from '../../raster/index.js';
import type { SizePlan } from '../targets/fit-size.js';
import { planCrop, type PlanCropOptions } from './plan-crop.js';
import { cutStitchMask, makeStitchMask, type StitchMaskOptions } from './stitch-mask.js';
import { cutMaskWindow } from './window.js';

/** The window around a selection, and the two masks of it. */
export interface MaskCrop extends SizePlan {
  /** What is painted, at the size of the image: the selection, grown. Made when it is asked for. */
  readonly sampler: () => Mask;
  /** What is painted, as the painter gets it: the window's part, at the crop's size. */
  readonly samplerWindow: Mask;
  /** What the painted window is put back through; of the window's size. */
  readonly stitchWindow: Mask;
}

/** How `planMaskCrop` chooses the window and makes the masks. */
export interface MaskCropOptions extends PlanCropOptions, StitchMaskOptions {
  /** Pixels by which the mask that is painted through is larger than the selection. */
  readonly samplerGrowPx: number;
}

/**
 * The crop around what a mask selects (128 and more; fainter pixels move nothing). The window holds the seam of
 * the stitch mask as well. Undefined where nothing is selected.
 *
 * Throws as `planCrop`.
 */
export function planMaskCrop(mask: Mask, image: Size, options: MaskCropOptions): MaskCrop | undefined {
  const selection = maskBounds(mask);
  if (selection === undefined) {
    return undefined;
  }
  const { samplerGrowPx, growPx, featherPx } = options;
  const painted = expandBounds(selection, Math.max(samplerGrowPx, growPx), image);
  const seam = expandBounds(selection, growPx + featherPx, image);
  const plan = planCrop(painted, image, { ...options, contain: seam });
  const grow = (part: Mask): Mask => (samplerGrowPx > 0 ? dilate(part, samplerGrowPx) : part);
  // Nothing farther away has an effect inside the window: masks of the whole image would take its memory and time.
  const { window } = plan;
  const near = expandBounds(window, Math.max(samplerGrowPx, growPx + featherPx) + 1, image);
  const nearMask = cutMaskWindow(mask, near);
  const nearWindow = { ...window, x: window.x - near.x, y: window.y - near.y };
  return {
    ...plan,
    sampler: () => grow(mask),
    samplerWindow: resizeMask(cutMaskWindow(grow(nearMask), nearWindow), plan.size),
    stitchWindow: cutStitchMask(makeStitchMask(nearMask, { growPx, featherPx }), nearWindow, featherPx),
  };
}

/** The rectangle enlarged on all sides, and cut off at the borders of the image. */
function expandBounds({ x, y, width, height }: Bounds, byPx: number, image: Size): Bounds {
  const by = Math.ceil(byPx);
  const left = Math.max(x - by, 0);
  const top = Math.max(y - by, 0);
  return {
    x: left,
    y: top,
    width: Math.min(x + width + by, image.width) - left,
    height: Math.min(y + height + by, image.height) - top,
  };
}
