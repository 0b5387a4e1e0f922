import { createMask, type Mask, type Raster, toAlphaPlane, toEightBit } from '../raster/index.js';
import type { ChannelName } from './channel-names.js';
import { fillLab } from './fill-lab.js';

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
  EXTRACTORS[channel](data as Uint8Array, channels, out);
  return createMask(width, height, out);
}

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
    for (let i = 0, j = 0; i < out.length; i++, j += channels) {
      out[i] = ((fromRed[data[j]!]! + fromGreen[data[j + 1]!]! + fromBlue[data[j + 2]!]!) >> 6) + offset;
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
  // Of two bytes there are few enough to divide each pair once.
  const table = new Uint8Array(65536);
  for (let high = 1; high < 256; high++) {
    for (let low = 0; low < high; low++) {
      table[(high << 8) | low] = Math.fround(Math.fround((high - low) / high) * 255);
    }
  }
  for (let i = 0, j = 0; i < out.length; i++, j += channels) {
    const r = data[j]!;
    const g = data[j + 1]!;
    const b = data[j + 2]!;
    const high = r > g ? (r > b ? r : b) : g > b ? g : b;
    const low = r < g ? (r < b ? r : b) : g < b ? g : b;
    out[i] = table[(high << 8) | low]!;
  }
}

function fillHue(data: Uint8Array, channels: number, out: Uint8Array): void {
  const hues = (hueTable ??= makeHueTable());
  for (let i = 0, j = 0; i < out.length; i++, j += channels) {
    const r = data[j]!;
    const g = data[j + 1]!;
    const b = data[j + 2]!;
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
    out[i] = hues[(order << 16) | ((high - low) << 8) | (2 * high + low - r - g - b)]!;
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
