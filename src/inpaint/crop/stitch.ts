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
  toEightBit,
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
  /** Pixels that the color match was measured on; undefined where it was not asked for. */
  readonly matchedOn: number | undefined;
}

/** Of the window's longer side, around the mask. */
const MATCH_MARGIN = 0.03;

/** Fewer untouched pixels than this say nothing about a drift of colors. */
export const MINIMUM_MATCH_PIXELS = 64;

/**
 * Puts a painted window back into its image. **Where the stitch mask is 0, and outside the window, every
 * sample is the original's.** In between, colors are mixed in proportion to coverage times alpha, so that
 * neither side's hidden color shows; where both are transparent they are mixed plainly.
 *
 * `painted` may have any size and is resized to the window; `stitchMask` has the window's size. The result
 * has the original's channels and sample type; a painted image without alpha counts as opaque.
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

/** Mixes the part of the patch that lies inside the image into it, through the mask. Writes to `result`. */
function mixInto(result: Raster, patch: Raster, window: Bounds, mask: Mask): void {
  const x = Math.max(window.x, 0);
  const y = Math.max(window.y, 0);
  const width = Math.min(window.x + window.width, result.width) - x;
  const height = Math.min(window.y + window.height, result.height) - y;
  if (width <= 0 || height <= 0) {
    return;
  }
  const inPatch = { x: x - window.x, y: y - window.y, width, height };
  const coverage = cropMask(mask, inPatch);
  const mixed = compositeRasters(
    cropRaster(result, { x, y, width, height }),
    withChannels(cropRaster(patch, inPatch), result.channels),
    { mask: coverage, alpha: 'mix' },
  );
  const { channels } = result;
  for (let i = 0; i < coverage.data.length; i++) {
    if (coverage.data[i] !== 0) {
      const to = ((y + Math.floor(i / width)) * result.width + x + (i % width)) * channels;
      for (let c = 0; c < channels; c++) {
        result.data[to + c] = mixed.data[i * channels + c]!;
      }
    }
  }
}

/** Alpha dropped, or full alpha added. */
function withChannels(raster: Raster, channels: 3 | 4): Raster {
  if (raster.channels === channels) {
    return raster;
  }
  const { width, height, data: source } = raster;
  const samples = width * height * channels;
  const data = source instanceof Uint16Array ? new Uint16Array(samples) : new Uint8Array(samples);
  const opaque = sampleMaximum(raster);
  for (let from = 0, to = 0; to < samples; from += raster.channels, to += channels) {
    data[to] = source[from]!;
    data[to + 1] = source[from + 1]!;
    data[to + 2] = source[from + 2]!;
    if (channels === 4) {
      data[to + 3] = opaque;
    }
  }
  return createRaster(width, height, channels, data);
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
