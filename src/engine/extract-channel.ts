import { createMask, type Mask, type Raster, toAlphaPlane, toEightBit } from '../raster/index.js';
import type { ChannelName } from './channel-names.js';
import { fillLab } from './fill-lab.js';
import { wordsOf } from './pixel-words.js';

/**
 * One channel of a picture as 8-bit values, as it stands: alpha is not multiplied in, nothing is stretched.
 * 16-bit pictures are rounded to 8 bits first.
 *
 * `yuv` is JPEG's YCbCr, `hsv` the hexcone and `lab` CIE L*a*b* under D50 of an sRGB picture (a and b offset
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

/** Pixels at a time: a function that is called often is compiled for good sooner than a loop that it has been in once. */
const PART = 16384;

type Extractor = (data: Uint8Array, channels: number, out: Uint8Array) => void;

const EXTRACTORS: Readonly<Record<Exclude<ChannelName, 'alpha'>, Extractor>> = {
  'rgb.r': samplePlane(0),
  'rgb.g': samplePlane(1),
  'rgb.b': samplePlane(2),
  'yuv.y': yuvPlane([0.299, 0.587, 0.114], 0),
  'yuv.u': yuvPlane([-0.16874, -0.33126, 0.5], 128),
  'yuv.v': yuvPlane([0.5, -0.41869, -0.08131], 128),
  'hsv.h': fillHue,
  'hsv.s': fillSaturation,
  'hsv.v': fillValue,
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
  return (data, channels, out) => {
    const valueOf = (r: number, g: number, b: number): number =>
      ((fromRed[r]! + fromGreen[g]! + fromBlue[b]!) >> 6) + offset;
    const { words, quads } = wordsOf(data, channels, out);
    for (let q = 0, w = 0; q < quads.length; q++, w += 3) {
      const a = words[w]!;
      const b = words[w + 1]!;
      const c = words[w + 2]!;
      quads[q] =
        valueOf(a & 255, (a >> 8) & 255, (a >> 16) & 255) |
        (valueOf(a >>> 24, b & 255, (b >> 8) & 255) << 8) |
        (valueOf((b >> 16) & 255, b >>> 24, c & 255) << 16) |
        (valueOf((c >> 8) & 255, (c >> 16) & 255, c >>> 24) << 24);
    }
    for (let i = quads.length * 4, j = i * channels; i < out.length; i++, j += channels) {
      out[i] = valueOf(data[j]!, data[j + 1]!, data[j + 2]!);
    }
  };
}

function fillValue(data: Uint8Array, channels: number, out: Uint8Array): void {
  for (let i = 0, j = 0; i < out.length; i++, j += channels) {
    const r = data[j]!;
    const g = data[j + 1]!;
    const b = data[j + 2]!;
    out[i] = r > g ? (r > b ? r : b) : g > b ? g : b;
  }
}

function fillSaturation(data: Uint8Array, channels: number, out: Uint8Array): void {
  const table = (saturationTable ??= makeSaturationTable());
  const valueOf = (r: number, g: number, b: number): number => {
    // Signs decide instead of branches, which grain in a picture would make the processor guess wrong.
    const larger = r - ((r - g) & ((r - g) >> 31));
    const smaller = g + ((r - g) & ((r - g) >> 31));
    const high = larger - ((larger - b) & ((larger - b) >> 31));
    const low = b + ((smaller - b) & ((smaller - b) >> 31));
    return table[(high << 8) | low]!;
  };
  const { words, quads } = wordsOf(data, channels, out);
  for (let q = 0, w = 0; q < quads.length; q++, w += 3) {
    const a = words[w]!;
    const b = words[w + 1]!;
    const c = words[w + 2]!;
    quads[q] =
      valueOf(a & 255, (a >> 8) & 255, (a >> 16) & 255) |
      (valueOf(a >>> 24, b & 255, (b >> 8) & 255) << 8) |
      (valueOf((b >> 16) & 255, b >>> 24, c & 255) << 16) |
      (valueOf((c >> 8) & 255, (c >> 16) & 255, c >>> 24) << 24);
  }
  for (let i = quads.length * 4, j = i * channels; i < out.length; i++, j += channels) {
    out[i] = valueOf(data[j]!, data[j + 1]!, data[j + 2]!);
  }
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

function fillHue(data: Uint8Array, channels: number, out: Uint8Array): void {
  const hues = (hueTable ??= makeHueTable());
  const valueOf = (r: number, g: number, b: number): number => {
    // Signs decide instead of branches, which grain in a picture would make the processor guess wrong.
    const rg = r - g;
    const gb = g - b;
    const rb = r - b;
    const larger = r - (rg & (rg >> 31));
    const smaller = g + (rg & (rg >> 31));
    const high = larger - ((larger - b) & ((larger - b) >> 31));
    const low = b + ((smaller - b) & ((smaller - b) >> 31));
    const order = ((rg >> 31) & 4) | ((gb >> 31) & 2) | ((rb >> 31) & 1);
    // From the highest down to the middle one: high - (r + g + b - high - low).
    return hues[(order << 16) | ((high - low) << 8) | (2 * high + low - r - g - b)]!;
  };
  const { words, quads } = wordsOf(data, channels, out);
  for (let q = 0, w = 0; q < quads.length; q++, w += 3) {
    const a = words[w]!;
    const b = words[w + 1]!;
    const c = words[w + 2]!;
    quads[q] =
      valueOf(a & 255, (a >> 8) & 255, (a >> 16) & 255) |
      (valueOf(a >>> 24, b & 255, (b >> 8) & 255) << 8) |
      (valueOf((b >> 16) & 255, b >>> 24, c & 255) << 16) |
      (valueOf((c >> 8) & 255, (c >> 16) & 255, c >>> 24) << 24);
  }
  for (let i = quads.length * 4, j = i * channels; i < out.length; i++, j += channels) {
    out[i] = valueOf(data[j]!, data[j + 1]!, data[j + 2]!);
  }
}

let hueTable: Uint8Array | undefined;

/**
 * The hue by the order of the three colours (red < green: 4, green < blue: 2, red < blue: 1), by how far the lowest
 * is below the highest, and how far the middle one. Single precision throughout, as in Pillow: double precision
 * differs by 1 on some colours.
 */
function makeHueTable(): Uint8Array {
  const table = new Uint8Array(8 << 16);
  for (let order = 0; order < 8; order++) {
    const [redIsHigh, greenIsHigh] = [(order & 5) === 0, (order & 6) === 4];
    for (let span = 1; span < 256; span++) {
      for (let part = 0; part <= span; part++) {
        const middle = Math.fround(part / span);
        // What each colour lies below the highest, over the span: 0, `middle` or 1.
        const sixth = redIsHigh
          ? (order & 2) === 0
            ? Math.fround(1 - middle)
            : Math.fround(middle - 1)
          : greenIsHigh
            ? (order & 1) === 0
              ? Math.fround(2 + middle - 1)
              : Math.fround(2 + 1 - middle)
            : (order & 4) === 0
              ? Math.fround(4 + 1 - middle)
              : Math.fround(4 + middle - 1);
        const turned = sixth / 6 + 1;
        table[(order << 16) | (span << 8) | part] = Math.fround(turned >= 1 ? turned - 1 : turned) * 255;
      }
    }
  }
  return table;
}
