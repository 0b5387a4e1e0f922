import { assertInRange } from '../../errors.js';
import { createMask, type Mask, type Raster, toAlphaPlane } from '../../raster/index.js';
import { byteHistogram } from '../tone/value-histogram.js';
import type { ChannelName } from './channel-names.js';
import { extractChannel } from './extract-channel.js';

/** Operations on a channel, in this order: normalize, levels, invert, restrict. */
export interface ChannelMaskOptions {
  /** `clip` stretches what holds 99.9 % of the pixels to 0..255, `off` takes values as they are. */
  readonly normalize?: 'clip' | 'off' | undefined;
  /** Value that becomes 0, 0..255; swapped with the white point where it is the larger. */
  readonly blackPoint?: number | undefined;
  /** Value that becomes 255, 0..255. */
  readonly whitePoint?: number | undefined;
  /** Gamma, 0.01..9.99: above 1 lightens the middle. */
  readonly grayPoint?: number | undefined;
  readonly invert?: boolean | undefined;
  /** Where the mask may be: everywhere else it becomes 0. Default: the image's own alpha. */
  readonly within?: Mask | undefined;
}

/** Defaults of `ChannelMaskOptions`: those of ImageToMask. */
export const CHANNEL_MASK_DEFAULTS = {
  normalize: 'clip',
  blackPoint: 0,
  whitePoint: 255,
  grayPoint: 1,
  invert: false,
} as const satisfies ChannelMaskOptions;

/**
 * A channel of an image as a mask, as LayerMask's ImageToMask node makes it: extract, normalize, levels,
 * invert, restrict. Exactly that node's values (a and b of Lab within 1 before levels), except that a flat
 * channel stays as it is and that the channel `alpha` is not multiplied by itself.
 *
 * Throws `OPTION_RANGE` for points out of range.
 */
export function channelMask(raster: Raster, channel: ChannelName, options: ChannelMaskOptions = {}): Mask {
  const { normalize, blackPoint, whitePoint, grayPoint, invert } = withDefaults(options);
  assertInRange('the black point', blackPoint, 0, 255);
  assertInRange('the white point', whitePoint, 0, 255);
  assertInRange('the gray point', grayPoint, 0.01, 9.99);
  const plane = extractChannel(raster, channel);
  // Without alpha all is 255: nothing to count, and nothing to look up pixel by pixel.
  const isFlat = channel === 'alpha' && raster.channels === 3;
  const stretch =
    normalize === 'clip' && !isFlat ? stretchTable(byteHistogram(plane.data), plane.data.length) : undefined;
  const levels = levelsLut(blackPoint, whitePoint, grayPoint);
  const table = new Uint8Array(256);
  for (let value = 0; value < 256; value++) {
    const level = levels[stretch?.[value] ?? value]!;
    table[value] = invert ? 255 - level : level;
  }
  if (isFlat) {
    plane.data.fill(table[255]!);
  } else {
    applyInPlace(plane.data, table);
  }
  const within = options.within ?? (raster.channels === 4 && channel !== 'alpha' ? toAlphaPlane(raster) : undefined);
  return within === undefined ? plane : restrict(plane, within);
}

function withDefaults(options: ChannelMaskOptions): Required<Omit<ChannelMaskOptions, 'within'>> {
  return {
    normalize: options.normalize ?? CHANNEL_MASK_DEFAULTS.normalize,
    blackPoint: options.blackPoint ?? CHANNEL_MASK_DEFAULTS.blackPoint,
    whitePoint: options.whitePoint ?? CHANNEL_MASK_DEFAULTS.whitePoint,
    grayPoint: options.grayPoint ?? CHANNEL_MASK_DEFAULTS.grayPoint,
    invert: options.invert ?? CHANNEL_MASK_DEFAULTS.invert,
  };
}

/**
 * The range from the first to the last value that more than 0.05 % of the pixels have, stretched to 0..255.
 * Undefined where there is no such range.
 */
function stretchTable(counts: Uint32Array, total: number): Uint8Array | undefined {
  const enough = total * 0.0005;
  const low = counts.findIndex((count) => count > enough);
  const high = counts.findLastIndex((count) => count > enough);
  if (low === high) {
    return undefined;
  }
  return Uint8Array.from({ length: 256 }, (_, value) => {
    const clipped = Math.min(Math.max(value, low), high);
    return Math.fround(((clipped - low) / (high - low)) * 255);
  });
}

/** In place, for the plane is new: 12 megapixels more memory would take as long as the work. Two pairs at a time. */
function applyInPlace(data: Uint8Array, table: Uint8Array): void {
  const pairTable = new Uint16Array(65536);
  for (let pair = 0; pair < 65536; pair++) {
    pairTable[pair] = table[pair & 255]! | (table[pair >> 8]! << 8);
  }
  const quads = new Int32Array(data.buffer, data.byteOffset, data.length >> 2);
  for (let q = 0; q < quads.length; q++) {
    const four = quads[q]!;
    quads[q] = pairTable[four & 0xffff]! | (pairTable[four >>> 16]! << 16);
  }
  for (let i = quads.length * 4; i < data.length; i++) {
    data[i] = table[data[i]!]!;
  }
}

function levelsLut(blackPoint: number, whitePoint: number, grayPoint: number): Uint8Array {
  if (blackPoint === whitePoint) {
    return new Uint8Array(256).fill(128);
  }
  const black = Math.min(blackPoint, whitePoint);
  const white = Math.max(blackPoint, whitePoint);
  return Uint8Array.from({ length: 256 }, (_, value) => {
    const linear = Math.min(Math.max(255 * ((value - black) / (white - black)), 0), 255);
    return grayPoint === 1 ? linear : Math.min(255 * (linear / 255) ** (1 / grayPoint), 255);
  });
}

/** Pillow's paste on black: `value * within / 255`, rounded by its integer approximation. */
function restrict(mask: Mask, within: Mask): Mask {
  const out = new Uint8Array(mask.data.length);
  for (let i = 0; i < out.length; i++) {
    const t = mask.data[i]! * within.data[i]! + 128;
    out[i] = ((t >> 8) + t) >> 8;
  }
  return createMask(mask.width, mask.height, out);
}
