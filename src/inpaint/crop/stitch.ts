import { compositeRasters, dilate, thresholdMask } from '../../engine/index.js';
import {
  type Bounds,
  createRaster,
  cropMask,
  cropRaster,
  type Mask,
  type Raster,
  resizeRaster,
  sampleMaximum,
  SELECTED_FROM,
  toEightBit,
  transferAlpha,
} from '../../raster/index.js';
import { cutWindow } from './window.js';

/** How a painted window goes back into its image. */
export interface StitchOptions {
  /**
   * Bring the painted image's colors to the original's first: mean and spread of each channel, measured
   * where nothing was to be painted, a margin around the mask left out (painters get a wider one).
   */
  readonly matchColor?: boolean | undefined;
}

/** What `stitchWindow` takes for what was left out. */
export const STITCH_DEFAULTS = { matchColor: false } as const satisfies StitchOptions;

/** The image with the window painted. */
export interface Stitched {
  readonly raster: Raster;
  /** Pixels of the image that are the painted image's alone: full coverage, opaque. */
  readonly painted: number;
  /** Pixels in which the painted image and the original are mixed. */
  readonly blended: number;
  /** Selected pixels (128 and more of the stitch mask) that the painted image leaves more transparent than not. */
  readonly transparent: number;
  /** Pixels that the color match was measured on; undefined where it was not asked for. */
  readonly matchedOn: number | undefined;
}

/** Of the window's longer side, around the mask. */
const MATCH_MARGIN = 0.03;

/** Fewer untouched pixels than this say nothing about a drift of colors. */
export const MINIMUM_MATCH_PIXELS = 64;

/**
 * Puts a painted window back into its image. **Where the stitch mask is 0, and outside the window, every
 * sample is the original's; where it is 255, every sample is the painted image's.** In between, colors are mixed
 * in proportion to coverage times alpha, so that neither side's hidden color shows; where both are transparent
 * they are mixed plainly.
 *
 * `painted` may have any size and is resized to the window; `stitchMask` has the window's size. The result has
 * the original's channels and sample type. A painted image without alpha counts as opaque. In an original
 * without alpha, what is transparent in the painted image stays as it was.
 * Throws `RangeError` where the mask has another size.
 */
export function stitchWindow(
  original: Raster,
  painted: Raster,
  window: Bounds,
  stitchMask: Mask,
  options: StitchOptions = STITCH_DEFAULTS,
): Stitched {
  const { width, height, channels } = original;
  return stitchInto(createRaster(width, height, channels, original.data.slice()), painted, window, stitchMask, options);
}

/** As `stitchWindow`, in the memory of `image`, which is painted itself: for an image that nothing else needs. */
export function stitchInto(
  image: Raster,
  painted: Raster,
  window: Bounds,
  stitchMask: Mask,
  options: StitchOptions = STITCH_DEFAULTS,
): Stitched {
  if (stitchMask.width !== window.width || stitchMask.height !== window.height) {
    throw new RangeError(
      `stitch mask is ${stitchMask.width} x ${stitchMask.height}, window ${window.width} x ${window.height}`,
    );
  }
  const patch = toDepthOf(image, resizeRaster(painted, { width: window.width, height: window.height }));
  const match = options.matchColor === true ? matchColors(cutWindow(image, window), patch, stitchMask) : undefined;
  const counts = mixInto(image, match?.raster ?? patch, window, stitchMask);
  return { raster: image, ...counts, matchedOn: match?.pixels };
}

/** Mixes the part of the patch that lies inside the image into it, through the mask. Writes to `result`. */
function mixInto(
  result: Raster,
  patch: Raster,
  window: Bounds,
  mask: Mask,
): Pick<Stitched, 'painted' | 'blended' | 'transparent'> {
  const counts = { painted: 0, blended: 0, transparent: 0 };
  const x = Math.max(window.x, 0);
  const y = Math.max(window.y, 0);
  const width = Math.min(window.x + window.width, result.width) - x;
  const height = Math.min(window.y + window.height, result.height) - y;
  if (width <= 0 || height <= 0) {
    return counts;
  }
  const inPatch = { x: x - window.x, y: y - window.y, width, height };
  const coverage = cropMask(mask, inPatch);
  const before = cropRaster(result, { x, y, width, height });
  const inside = cropRaster(patch, inPatch);
  const mixed =
    result.channels === 4
      ? compositeRasters(before, withAlpha(inside), { mask: coverage, alpha: 'mix' })
      : compositeRasters(before, inside, { mask: coverage, alpha: 'over' });
  const { channels } = result;
  const opaque = sampleMaximum(result);
  for (let i = 0; i < coverage.data.length; i++) {
    const share = coverage.data[i]!;
    if (share !== 0) {
      const alpha = inside.channels === 4 ? inside.data[i * 4 + 3]! : opaque;
      const alphaBefore = channels === 4 ? before.data[i * 4 + 3]! : opaque;
      if (share === 255 && (channels === 4 || alpha === opaque)) counts.painted++;
      else counts.blended++;
      if (share >= SELECTED_FROM && 2 * alpha < alphaBefore) counts.transparent++;
      const to = ((y + Math.floor(i / width)) * result.width + x + (i % width)) * channels;
      for (let c = 0; c < channels; c++) {
        result.data[to + c] = mixed.data[i * channels + c]!;
      }
    }
  }
  return counts;
}

/** Full alpha added where there is none. */
function withAlpha(raster: Raster): Raster {
  return raster.channels === 4 ? raster : transferAlpha(raster, raster);
}

function matchColors(reference: Raster, patch: Raster, mask: Mask): { raster: Raster; pixels: number } {
  const sums = Array.from({ length: 3 }, () => ({ r: 0, rr: 0, p: 0, pp: 0 }));
  const painted = dilate(thresholdMask(mask, 1), MATCH_MARGIN * Math.max(mask.width, mask.height));
  let pixels = 0;
  for (let i = 0; i < mask.data.length; i++) {
    if (painted.data[i] !== 0) continue;
    pixels++;
    for (let c = 0; c < 3; c++) {
      const r = reference.data[i * reference.channels + c]!;
      const p = patch.data[i * patch.channels + c]!;
      const sum = sums[c]!;
      sum.r += r;
      sum.rr += r * r;
      sum.p += p;
      sum.pp += p * p;
    }
  }
  if (pixels < MINIMUM_MATCH_PIXELS) {
    return { raster: patch, pixels };
  }
  const maximum = sampleMaximum(patch);
  const data = patch.data.slice();
  for (let c = 0; c < 3; c++) {
    const { r, rr, p, pp } = sums[c]!;
    const spreadR = Math.sqrt(Math.max(rr / pixels - (r / pixels) ** 2, 0));
    const spreadP = Math.sqrt(Math.max(pp / pixels - (p / pixels) ** 2, 0));
    // A flat surrounding says nothing about contrast; beyond a factor of two it is no drift but another image.
    const gain = spreadP < maximum / 255 ? 1 : Math.min(Math.max(spreadR / spreadP, 0.5), 2);
    const offset = r / pixels - (p / pixels) * gain;
    for (let i = c; i < data.length; i += patch.channels) {
      data[i] = Math.min(Math.max(data[i]! * gain + offset, 0), maximum) + 0.5;
    }
  }
  return { raster: createRaster(patch.width, patch.height, patch.channels, data), pixels };
}

function toDepthOf(reference: Raster, raster: Raster): Raster {
  const wide = reference.data instanceof Uint16Array;
  if (wide === raster.data instanceof Uint16Array) {
    return raster;
  }
  if (!wide) {
    return toEightBit(raster);
  }
  const data = new Uint16Array(raster.data.length);
  for (let i = 0; i < data.length; i++) {
    data[i] = raster.data[i]! * 257;
  }
  return createRaster(raster.width, raster.height, raster.channels, data);
}
