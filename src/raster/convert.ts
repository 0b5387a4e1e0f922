import { createMask, createRaster } from './create.js';
import { heatmapBands } from './crop.js';
import type { Heatmap, Mask, Raster } from './types.js';

/** Largest sample value of a raster: 255, or 65535 for 16-bit samples. */
export function sampleMaximum(raster: Raster): 255 | 65535 {
  return raster.data instanceof Uint16Array ? 65535 : 255;
}

/** The raster with 8-bit samples, 16-bit ones rounded (`v / 257`). Returns `raster` itself when it is 8-bit. */
export function toEightBit(raster: Raster): Raster {
  if (raster.data instanceof Uint8Array) {
    return raster;
  }
  const data = new Uint8Array(raster.data.length);
  for (let i = 0; i < data.length; i++) {
    data[i] = (raster.data[i]! + 128) / 257;
  }
  return createRaster(raster.width, raster.height, raster.channels, data);
}

/**
 * Luma as a mask, by ITU-R BT.601 in the integer form Pillow uses for `convert('L')`:
 * `(19595 R + 38470 G + 7471 B + 32768) >> 16`. Alpha is ignored.
 */
export function toLuma(raster: Raster): Mask {
  const { data, channels } = toEightBit(raster);
  const luma = new Uint8Array(raster.width * raster.height);
  for (let i = 0, j = 0; i < luma.length; i++, j += channels) {
    luma[i] = (19595 * data[j]! + 38470 * data[j + 1]! + 7471 * data[j + 2]! + 32768) >> 16;
  }
  return createMask(raster.width, raster.height, luma);
}

/** The alpha plane as 8-bit coverage; all 255 where the raster has no alpha. */
export function toAlphaPlane(raster: Raster): Mask {
  const { data, channels } = toEightBit(raster);
  const alpha = new Uint8Array(raster.width * raster.height);
  if (channels === 3) {
    alpha.fill(255);
  } else {
    for (let i = 0, j = 3; i < alpha.length; i++, j += 4) {
      alpha[i] = data[j]!;
    }
  }
  return createMask(raster.width, raster.height, alpha);
}

/** RGB without alpha: composited over an opaque color (default white), straight alpha, rounded. */
export function flatten(raster: Raster, background: readonly [number, number, number] = [255, 255, 255]): Raster {
  if (raster.channels === 3) {
    return raster;
  }
  const maximum = sampleMaximum(raster);
  const scale = maximum / 255;
  const count = raster.width * raster.height;
  const source = raster.data;
  const data = maximum === 255 ? new Uint8Array(count * 3) : new Uint16Array(count * 3);
  for (let i = 0, j = 0, k = 0; i < count; i++, j += 4, k += 3) {
    const alpha = source[j + 3]!;
    for (let c = 0; c < 3; c++) {
      data[k + c] = (source[j + c]! * alpha + background[c]! * scale * (maximum - alpha)) / maximum + 0.5;
    }
  }
  return createRaster(raster.width, raster.height, 3, data);
}

/** Probability 0..1 to coverage 0..255, rounded. */
export function heatmapToMask(heatmap: Heatmap): Mask {
  const { width, height } = heatmap;
  const data = new Uint8Array(width * height);
  for (const { begin, values } of heatmapBands(heatmap)) {
    const part = data.subarray(begin, begin + values.length);
    for (let at = 0; at < values.length; at += width) {
      roundRow(values, at, at + width, part);
    }
  }
  return createMask(width, height, data);
}

/** A function for each row: V8 compiles it sooner than a loop that is entered once (decision 021). */
function roundRow(values: Float32Array, begin: number, end: number, out: Uint8Array): void {
  for (let i = begin; i < end; i++) {
    out[i] = values[i]! * 255 + 0.5;
  }
}

/** Coverage 0..255 as an image: white where selected. */
export function maskToRaster(mask: Mask): Raster {
  const data = new Uint8Array(mask.data.length * 3);
  for (let i = 0, j = 0; i < mask.data.length; i++, j += 3) {
    data[j] = data[j + 1] = data[j + 2] = mask.data[i]!;
  }
  return createRaster(mask.width, mask.height, 3, data);
}

const IDENTITY = Uint8Array.from({ length: 256 }, (_, value) => value);

/**
 * The image with its alpha multiplied by `coverage` (255 keeps it, 0 makes it transparent), rounded.
 * Color samples are untouched, under full transparency too. An image without alpha counts as opaque.
 * With a lookup table, `table[value]` takes the place of each value of the coverage.
 */
export function multiplyAlpha(raster: Raster, coverage: Mask, table: Uint8Array = IDENTITY): Raster {
  const { width, height, channels, data: source } = raster;
  const count = width * height;
  const data = source instanceof Uint8Array ? new Uint8Array(count * 4) : new Uint16Array(count * 4);
  const { data: values } = coverage;
  if (channels === 3) {
    // An opaque image has one product for each factor.
    const alphas = new Uint16Array(table.length);
    for (let value = 0; value < alphas.length; value++) {
      alphas[value] = (sampleMaximum(raster) * table[value]!) / 255;
    }
    if (source instanceof Uint8Array) {
      addAlphaBytes(source, values, alphas, new Int32Array(data.buffer));
    } else {
      addAlpha(source, values, alphas, data);
    }
  } else {
    scaleAlpha(source, values, table, data);
  }
  return createRaster(width, height, 4, data);
}

function addAlpha(source: Raster['data'], values: Uint8Array, alphas: Uint16Array, out: Raster['data']): void {
  for (let i = 0, j = 0, k = 0; i < values.length; i++, j += 3, k += 4) {
    out[k] = source[j]!;
    out[k + 1] = source[j + 1]!;
    out[k + 2] = source[j + 2]!;
    out[k + 3] = alphas[values[i]!]!;
  }
}

/** `addAlpha` of bytes: a pixel is one word, red its lowest byte. */
function addAlphaBytes(source: Uint8Array, values: Uint8Array, alphas: Uint16Array, out: Int32Array): void {
  for (let i = 0, j = 0; i < values.length; i++, j += 3) {
    out[i] = source[j]! | (source[j + 1]! << 8) | (source[j + 2]! << 16) | (alphas[values[i]!]! << 24);
  }
}

function scaleAlpha(source: Raster['data'], values: Uint8Array, table: Uint8Array, out: Raster['data']): void {
  for (let i = 0, k = 0; i < values.length; i++, k += 4) {
    out[k] = source[k]!;
    out[k + 1] = source[k + 1]!;
    out[k + 2] = source[k + 2]!;
    out[k + 3] = (source[k + 3]! * table[values[i]!]! + 127) / 255;
  }
}

/** The colors of one image under the alpha of another of the same size, whatever their bit depths. */
export function transferAlpha(colors: Raster, alpha: Raster): Raster {
  const count = colors.width * colors.height;
  const maximum = sampleMaximum(colors);
  const scale = maximum / sampleMaximum(alpha);
  const data = maximum === 255 ? new Uint8Array(count * 4) : new Uint16Array(count * 4);
  for (let i = 0, j = 0, k = 0, a = 3; i < count; i++, j += colors.channels, k += 4, a += 4) {
    data[k] = colors.data[j]!;
    data[k + 1] = colors.data[j + 1]!;
    data[k + 2] = colors.data[j + 2]!;
    data[k + 3] = alpha.channels === 4 ? alpha.data[a]! * scale + 0.5 : maximum;
  }
  return createRaster(colors.width, colors.height, 4, data);
}
