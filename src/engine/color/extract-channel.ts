import { createMask, type Mask, type Raster, toAlphaPlane, toEightBit } from '../../raster/index.js';
import type { ChannelName } from './channel-names.js';
import { fillLab } from './lab.js';
import { wordsOf } from './packed-pixels.js';

/**
 * One channel of an image as 8-bit values, neither multiplied by alpha nor stretched.
 * 16-bit images are rounded to 8 bits first.
 *
 * `yuv` is JPEG's YCbCr, `hsv` the hexcone and `lab` CIE L*a*b* under D50 of an sRGB image (a and b offset
 * by 128), each exactly as Pillow converts it. Without alpha, `alpha` is 255 throughout.
 */
export function extractChannel(raster: Raster, channel: ChannelName): Mask {
  if (channel === 'alpha') {
    return toAlphaPlane(raster);
  }
  const { width, height, channels, data } = toEightBit(raster);
  const out = new Uint8Array(width * height);
  const extract = EXTRACTORS[channel];
  for (let from = 0; from < out.length; from += PART) {
    const to = Math.min(from + PART, out.length);
    extract((data as Uint8Array).subarray(from * channels, to * channels), channels, out.subarray(from, to));
  }
  return createMask(width, height, out);
}

/** Pixels a call: V8 optimizes a function that is called often sooner than one long loop. */
const PART = 16384;

type Extractor = (data: Uint8Array, channels: number, out: Uint8Array) => void;

const EXTRACTORS: Readonly<Record<Exclude<ChannelName, 'alpha'>, Extractor>> = {
  'rgb.r': samplePlane(0),
  'rgb.g': samplePlane(1),
  'rgb.b': samplePlane(2),
  'yuv.y': yuvPlane([0.299, 0.587, 0.114], 0),
  'yuv.u': yuvPlane([-0.16874, -0.33126, 0.5], 128),
  'yuv.v': yuvPlane([0.5, -0.41869, -0.08131], 128),
  'hsv.h': (data, channels, out) => fillHue((hueTable ??= makeHueTable()), data, channels, out),
  'hsv.s': (data, channels, out) => fillByRange((saturationTable ??= makeSaturationTable()), data, channels, out),
  'hsv.v': (data, channels, out) => fillByRange((valueTable ??= makeValueTable()), data, channels, out),
  'lab.l': (data, channels, out) => fillLab('l', data, channels, out),
  'lab.a': (data, channels, out) => fillLab('a', data, channels, out),
  'lab.b': (data, channels, out) => fillLab('b', data, channels, out),
};

function samplePlane(offset: number): Extractor {
  return (data, channels, out) => {
    for (let i = 0, j = offset; i < out.length; i++, j += channels) {
      out[i] = data[j]!;
    }
  };
}

/** Pillow's fixed point: every product is truncated at 6 fractional bits before they are added. */
function yuvPlane(weights: readonly [number, number, number], offset: number): Extractor {
  const [fromRed, fromGreen, fromBlue] = weights.map((weight) =>
    Int32Array.from({ length: 256 }, (_, value) => Math.trunc(weight * value * 64 + 0.5)),
  ) as [Int32Array, Int32Array, Int32Array];
  const shifted = fromBlue.map((value) => value + offset * 64);
  return (data, channels, out) => fillSums(fromRed, fromGreen, shifted, data, channels, out);
}

function fillSums(
  fromRed: Int32Array,
  fromGreen: Int32Array,
  fromBlue: Int32Array,
  data: Uint8Array,
  channels: number,
  out: Uint8Array,
): void {
  const { words, quads } = wordsOf(data, channels, out);
  for (let q = 0, w = 0; q < quads.length; q++, w += 3) {
    const a = words[w]!;
    const b = words[w + 1]!;
    const c = words[w + 2]!;
    quads[q] =
      ((fromRed[a & 255]! + fromGreen[(a >> 8) & 255]! + fromBlue[(a >> 16) & 255]!) >> 6) |
      (((fromRed[a >>> 24]! + fromGreen[b & 255]! + fromBlue[(b >> 8) & 255]!) >> 6) << 8) |
      (((fromRed[(b >> 16) & 255]! + fromGreen[b >>> 24]! + fromBlue[c & 255]!) >> 6) << 16) |
      (((fromRed[(c >> 8) & 255]! + fromGreen[(c >> 16) & 255]! + fromBlue[c >>> 24]!) >> 6) << 24);
  }
  for (let i = quads.length * 4, j = i * channels; i < out.length; i++, j += channels) {
    out[i] = (fromRed[data[j]!]! + fromGreen[data[j + 1]!]! + fromBlue[data[j + 2]!]!) >> 6;
  }
}

/** Saturation and value: what `table` says of the highest and the lowest of the three colors. */
function fillByRange(table: Uint8Array, data: Uint8Array, channels: number, out: Uint8Array): void {
  const { words, quads } = wordsOf(data, channels, out);
  for (let q = 0, w = 0; q < quads.length; q++, w += 3) {
    const a = words[w]!;
    const b = words[w + 1]!;
    const c = words[w + 2]!;
    quads[q] =
      table[rangeOf(a & 255, (a >> 8) & 255, (a >> 16) & 255)]! |
      (table[rangeOf(a >>> 24, b & 255, (b >> 8) & 255)]! << 8) |
      (table[rangeOf((b >> 16) & 255, b >>> 24, c & 255)]! << 16) |
      (table[rangeOf((c >> 8) & 255, (c >> 16) & 255, c >>> 24)]! << 24);
  }
  for (let i = quads.length * 4, j = i * channels; i < out.length; i++, j += channels) {
    out[i] = table[rangeOf(data[j]!, data[j + 1]!, data[j + 2]!)]!;
  }
}

/** The highest of three bytes in the higher byte, the lowest in the lower one. */
function rangeOf(r: number, g: number, b: number): number {
  // Signs decide instead of branches, which grain in an image would make the processor guess wrong.
  const rg = (r - g) & ((r - g) >> 31);
  const larger = r - rg;
  const smaller = g + rg;
  const high = larger - ((larger - b) & ((larger - b) >> 31));
  const low = b + ((smaller - b) & ((smaller - b) >> 31));
  return (high << 8) | low;
}

let saturationTable: Uint8Array | undefined;

/** Of two bytes there are few enough to divide each pair once. */
function makeSaturationTable(): Uint8Array {
  const table = new Uint8Array(65536);
  for (let high = 1; high < 256; high++) {
    for (let low = 0; low < high; low++) {
      table[(high << 8) | low] = Math.fround(Math.fround((high - low) / high) * 255);
    }
  }
  return table;
}

function fillHue(hues: Uint8Array, data: Uint8Array, channels: number, out: Uint8Array): void {
  const { words, quads } = wordsOf(data, channels, out);
  for (let q = 0, w = 0; q < quads.length; q++, w += 3) {
    const a = words[w]!;
    const b = words[w + 1]!;
    const c = words[w + 2]!;
    quads[q] =
      hues[hueIndex(a & 255, (a >> 8) & 255, (a >> 16) & 255)]! |
      (hues[hueIndex(a >>> 24, b & 255, (b >> 8) & 255)]! << 8) |
      (hues[hueIndex((b >> 16) & 255, b >>> 24, c & 255)]! << 16) |
      (hues[hueIndex((c >> 8) & 255, (c >> 16) & 255, c >>> 24)]! << 24);
  }
  for (let i = quads.length * 4, j = i * channels; i < out.length; i++, j += channels) {
    out[i] = hues[hueIndex(data[j]!, data[j + 1]!, data[j + 2]!)]!;
  }
}

/** Hue is the same for colors that differ in brightness: what red and blue are above green is enough. */
function hueIndex(r: number, g: number, b: number): number {
  return ((r - g + 255) << 9) | (b - g + 255);
}

let valueTable: Uint8Array | undefined;

function makeValueTable(): Uint8Array {
  return Uint8Array.from({ length: 65536 }, (_, range) => range >> 8);
}

let hueTable: Uint8Array | undefined;

/**
 * The hue by what red and blue are above green. Single precision throughout, as in Pillow: double precision differs by 1
 * on some colors.
 */
function makeHueTable(): Uint8Array {
  const table = new Uint8Array(511 << 9);
  for (let r = -255; r <= 255; r++) {
    for (let b = Math.max(-255, r - 255); b <= Math.min(255, r + 255); b++) {
      const high = Math.max(r, 0, b);
      const span = high - Math.min(r, 0, b);
      if (span > 0) {
        const [red, green, blue] = [r, 0, b].map((value) => Math.fround((high - value) / span)) as [
          number,
          number,
          number,
        ];
        const sixth =
          r === high
            ? Math.fround(blue - green)
            : high === 0
              ? Math.fround(2 + red - blue)
              : Math.fround(4 + green - red);
        const turned = sixth / 6 + 1;
        table[hueIndex(r, 0, b)] = Math.fround(turned >= 1 ? turned - 1 : turned) * 255;
      }
    }
  }
  return table;
}
