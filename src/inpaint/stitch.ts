import {
  type Bounds,
  createRaster,
  type Mask,
  type Raster,
  resizeRaster,
  sampleMaximum,
  toEightBit,
} from '../raster/index.js';
import { cutWindow } from './window.js';

export interface StitchOptions {
  /**
   * Bring the painted picture's colours to the original's first: mean and spread of each channel, measured
   * where nothing was to be painted.
   */
  readonly matchColor?: boolean | undefined;
}

export const STITCH_DEFAULTS = { matchColor: false } as const satisfies StitchOptions;

export interface Stitched {
  readonly raster: Raster;
  /** Pixels that the colour match was measured on; undefined where it was not asked for. */
  readonly matchedOn: number | undefined;
}

/** Fewer untouched pixels than this say nothing about a drift of colours. */
export const MINIMUM_MATCH_PIXELS = 64;

/**
 * Puts a painted window back into its picture. **Where the stitch mask is 0, and outside the window, every
 * sample is the original's.** In between, colours are mixed in proportion to coverage times alpha, so that
 * neither side's hidden colour shows; where both are transparent they are mixed plainly.
 *
 * `painted` may have any size and is resized to the window; `stitchMask` has the window's size. The result
 * has the original's channels and sample type; a painted picture without alpha counts as opaque.
 * Throws `RangeError` where the mask has another size.
 */
export function stitchWindow(
  original: Raster,
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
  const patch = toDepthOf(original, resizeRaster(painted, { width: window.width, height: window.height }));
  const match = options.matchColor === true ? matchColors(cutWindow(original, window), patch, stitchMask) : undefined;
  const data = original.data.slice();
  const result = createRaster(original.width, original.height, original.channels, data);
  mixInto(result, match?.raster ?? patch, window, stitchMask);
  return { raster: result, matchedOn: match?.pixels };
}

function mixInto(result: Raster, patch: Raster, window: Bounds, mask: Mask): void {
  const { data, channels } = result;
  const maximum = sampleMaximum(result);
  const left = Math.max(window.x, 0);
  const right = Math.min(window.x + window.width, result.width);
  const top = Math.max(window.y, 0);
  const bottom = Math.min(window.y + window.height, result.height);
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const inWindow = (y - window.y) * window.width + x - window.x;
      const coverage = mask.data[inWindow]!;
      if (coverage === 0) {
        continue;
      }
      const at = (y * result.width + x) * channels;
      const from = inWindow * patch.channels;
      const alphaBelow = channels === 4 ? data[at + 3]! : maximum;
      const alphaAbove = patch.channels === 4 && channels === 4 ? patch.data[from + 3]! : maximum;
      let below = (255 - coverage) * alphaBelow;
      let above = coverage * alphaAbove;
      if (channels === 4) {
        data[at + 3] = (below + above) / 255 + 0.5;
      }
      if (below + above === 0) {
        below = 255 - coverage;
        above = coverage;
      }
      const sum = below + above;
      for (let c = 0; c < 3; c++) {
        data[at + c] = (data[at + c]! * below + patch.data[from + c]! * above) / sum + 0.5;
      }
    }
  }
}

function matchColors(reference: Raster, patch: Raster, mask: Mask): { raster: Raster; pixels: number } {
  const sums = Array.from({ length: 3 }, () => ({ r: 0, rr: 0, p: 0, pp: 0 }));
  let pixels = 0;
  for (let i = 0; i < mask.data.length; i++) {
    if (mask.data[i] !== 0) continue;
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
    // A flat surrounding says nothing about contrast; beyond a factor of two it is no drift but another picture.
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
