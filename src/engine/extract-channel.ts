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

/** Single precision throughout, as in Pillow: double precision differs by 1 on some colours. */
function fillHue(data: Uint8Array, channels: number, out: Uint8Array): void {
  const quotients = new Float32Array(65536);
  for (let span = 1; span < 256; span++) {
    for (let part = 0; part <= span; part++) {
      quotients[(span << 8) | part] = part / span;
    }
  }
  for (let i = 0, j = 0; i < out.length; i++, j += channels) {
    const r = data[j]!;
    const g = data[j + 1]!;
    const b = data[j + 2]!;
    const high = r > g ? (r > b ? r : b) : g > b ? g : b;
    const low = r < g ? (r < b ? r : b) : g < b ? g : b;
    if (high === low) {
      continue;
    }
    const row = (high - low) << 8;
    const rc = quotients[row | (high - r)]!;
    const gc = quotients[row | (high - g)]!;
    const bc = quotients[row | (high - b)]!;
    const sixth = r === high ? Math.fround(bc - gc) : g === high ? Math.fround(2 + rc - bc) : Math.fround(4 + gc - rc);
    const turned = sixth / 6 + 1;
    out[i] = Math.fround(turned >= 1 ? turned - 1 : turned) * 255;
  }
}
