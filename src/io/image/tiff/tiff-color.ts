import { MaskwrightError } from '../../../errors.js';
import { readTiffBlocks, readTiffSamples, type SampleArray } from './tiff-samples.js';
import type { TiffDirectory } from './tiff-directory.js';
import { notReadTiff, PHOTOMETRIC, type TiffLayout } from './tiff-layout.js';

/** Pixels of gray (1 channel), gray and alpha (2), RGB (3) or RGBA (4), straight alpha, and what was decided. */
export interface TiffPixels {
  readonly channels: 1 | 2 | 3 | 4;
  readonly data: Uint8Array | Uint16Array;
  readonly warnings: readonly string[];
}

const ASSOCIATED = 1;
const UNASSOCIATED = 2;

/**
 * The image of a TIFF as 8- or 16-bit gray or RGB. Extra samples are skipped, but for an alpha that the file declares
 * to be one; color multiplied by it is divided again, rounded.
 *
 * Unsigned samples of 16 bits and fewer have the white that their bits say. Wider, signed and float samples say
 * nothing of their white: see `whiteOf`.
 *
 * Throws `INPUT_FORMAT` for values that cannot be placed between black and white, and as `readTiffSamples`.
 */
export function readTiffPixels(
  name: string,
  bytes: Uint8Array,
  directory: TiffDirectory,
  layout: TiffLayout,
): TiffPixels {
  const { photometric, colorSamples, extraSamples, samplesPerPixel } = layout;
  if (photometric === PHOTOMETRIC.yCbCr && (layout.subsampling[0] !== 1 || layout.subsampling[1] !== 1)) {
    return { channels: 3, data: readSubsampled(name, bytes, directory, layout), warnings: [] };
  }
  const alpha = extraSamples.findIndex((kind) => kind === ASSOCIATED || kind === UNASSOCIATED);
  const keep = alpha === 0 ? colorSamples + 1 : alpha > 0 ? samplesPerPixel : colorSamples;
  const stored = readTiffSamples(name, bytes, directory, layout, keep);
  const samples = alpha > 0 ? pickChannels(stored, keep, colorSamples, colorSamples + alpha) : stored;
  const skipped = extraSamples.length - (alpha >= 0 ? 1 : 0);
  const warnings =
    skipped > 0
      ? [
          `${name} has ${skipped} extra sample${skipped === 1 ? '' : 's'} a pixel, no alpha, which ${skipped === 1 ? 'is' : 'are'} skipped`,
        ]
      : [];
  const hasAlpha = alpha >= 0;
  if (photometric === PHOTOMETRIC.palette) {
    const data = applyColorMap(name, samples, directory, layout, hasAlpha);
    return { channels: hasAlpha ? 4 : 3, data, warnings };
  }
  const { data, warning } = toUnsigned(name, samples, layout);
  const channels = (colorSamples + (hasAlpha ? 1 : 0)) as TiffPixels['channels'];
  if (photometric === PHOTOMETRIC.whiteIsZero) {
    invertGray(data, channels);
  }
  if (photometric === PHOTOMETRIC.yCbCr) {
    toRgbInPlace(name, data, channels, directory);
  }
  if (hasAlpha && extraSamples[alpha] === ASSOCIATED) {
    divideByAlpha(data, channels);
  }
  return { channels, data, warnings: [...warnings, ...(warning === undefined ? [] : [warning])] };
}

function pickChannels(samples: SampleArray, stride: number, color: number, alpha: number): SampleArray {
  const count = samples.length / stride;
  const out = samples.slice(0, count * (color + 1));
  for (let i = 0, from = 0, to = 0; i < count; i++, from += stride) {
    for (let c = 0; c < color; c++) {
      out[to++] = samples[from + c]!;
    }
    out[to++] = samples[from + alpha]!;
  }
  return out;
}

/** Values that may lie outside of 0 to 1 by rounding: half a step of 8 bits. */
const TOLERANCE = 1 / 512;

/**
 * Which value is white, where the sample type does not say: 1 for floats up to 1; 255 and 65535 for whole numbers up
 * to them, and 255 for floats that nearly reach it; the type's largest value for integers beyond.
 * Undefined where none of this fits.
 */
function whiteOf(samples: SampleArray, { format, bits }: TiffLayout): number | undefined {
  let min = Infinity;
  let max = -Infinity;
  let whole = true;
  for (const value of samples) {
    // NaN fails every comparison.
    if (!(value >= -TOLERANCE)) {
      return undefined;
    }
    if (value < min) min = value;
    if (value > max) max = value;
    whole &&= Number.isInteger(value);
  }
  if (format === 'float') {
    if (max <= 1 + TOLERANCE) return 1;
    if (min < 0) return undefined;
    if (max <= 255 && (whole || max > 128)) return 255;
    return whole && max <= 65_535 ? 65_535 : undefined;
  }
  const typeMax = format === 'int' ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;
  if (max === typeMax) return typeMax;
  return max <= 255 ? 255 : max <= 65_535 ? 65_535 : typeMax;
}

/** Samples as 8- or 16-bit unsigned numbers from black to white, rounded. */
function toUnsigned(
  name: string,
  samples: SampleArray,
  layout: TiffLayout,
): { data: Uint8Array | Uint16Array; warning?: string | undefined } {
  const { bits, format } = layout;
  if (format === 'uint' && bits <= 16) {
    const white = 2 ** bits - 1;
    if (bits === 8 || bits === 16) {
      return { data: samples as Uint8Array | Uint16Array };
    }
    return { data: scale(samples, white, bits < 8 ? 255 : 65_535) };
  }
  const type = `${bits}-bit ${format === 'uint' ? 'unsigned' : format === 'int' ? 'signed' : 'float'} samples`;
  const white = whiteOf(samples, layout);
  if (white === undefined) {
    let min = Infinity;
    let max = -Infinity;
    let hasNaN = false;
    for (const value of samples) {
      min = Math.min(min, Number.isNaN(value) ? min : value);
      max = Math.max(max, Number.isNaN(value) ? max : value);
      hasNaN ||= Number.isNaN(value);
    }
    throw new MaskwrightError(
      'INPUT_FORMAT',
      `${name} has ${type} from ${format4(min)} to ${format4(max)}${hasNaN ? ', and NaN' : ''}: what is white is unknown`,
      { hint: 'save it with 8- or 16-bit integers, or as float from 0 to 1' },
    );
  }
  return {
    data: scale(samples, white, white === 255 && isWhole(samples) ? 255 : 65_535),
    // A white of 1, or of all that the type holds, is no guess.
    warning:
      white === 255 || white === 65_535 ? `${name} has ${type}, read as 0 (black) to ${white} (white)` : undefined,
  };
}

function isWhole(samples: SampleArray): boolean {
  return !(samples instanceof Float32Array || samples instanceof Float64Array) || samples.every(Number.isInteger);
}

function scale(samples: SampleArray, white: number, range: 255 | 65_535): Uint8Array | Uint16Array {
  const data = range === 255 ? new Uint8Array(samples.length) : new Uint16Array(samples.length);
  const factor = range / white;
  for (let i = 0; i < data.length; i++) {
    data[i] = Math.min(range, Math.max(0, samples[i]! * factor)) + 0.5;
  }
  return data;
}

function invertGray(data: Uint8Array | Uint16Array, channels: number): void {
  const max = data instanceof Uint8Array ? 255 : 65_535;
  for (let i = 0; i < data.length; i += channels) {
    data[i] = max - data[i]!;
  }
}

function divideByAlpha(data: Uint8Array | Uint16Array, channels: number): void {
  const max = data instanceof Uint8Array ? 255 : 65_535;
  for (let i = channels - 1; i < data.length; i += channels) {
    const alpha = data[i]!;
    if (alpha !== 0 && alpha !== max) {
      for (let c = i - channels + 1; c < i; c++) {
        data[c] = Math.min(max, (data[c]! * max) / alpha + 0.5);
      }
    }
  }
}

/** Palette entries are 16-bit, all reds first; those of some old files are 8-bit. */
function applyColorMap(
  name: string,
  samples: SampleArray,
  directory: TiffDirectory,
  { bits, format }: TiffLayout,
  hasAlpha: boolean,
): Uint8Array {
  const map = directory.values('ColorMap');
  const size = 2 ** bits;
  if (format !== 'uint' || bits > 16 || map.length < 3 * size) {
    throw notReadTiff(name, `has a palette of ${map.length / 3} colors for ${bits}-bit samples`, 'save it as RGB');
  }
  const shift = map.some((value) => value > 255) ? 8 : 0;
  const stride = hasAlpha ? 2 : 1;
  const channels = hasAlpha ? 4 : 3;
  const out = new Uint8Array((samples.length / stride) * channels);
  for (let i = 0, to = 0; i < samples.length; i += stride, to += channels) {
    const index = samples[i]!;
    out[to] = map[index]! >> shift;
    out[to + 1] = map[size + index]! >> shift;
    out[to + 2] = map[2 * size + index]! >> shift;
    if (hasAlpha) {
      out[to + 3] = (samples[i + 1]! * 255) / (size - 1) + 0.5;
    }
  }
  return out;
}

type ToRgb = (y: number, cb: number, cr: number, out: Uint8Array | Uint16Array, at: number) => void;

/** YCbCr to RGB, TIFF 6.0 section 21, by the file's coefficients and reference black and white. */
function yCbCrConversion(directory: TiffDirectory): ToRgb {
  const [red = 0.299, green = 0.587, blue = 0.114] = directory.values('YCbCrCoefficients');
  const [yBlack = 0, yWhite = 255, cbBlack = 128, cbWhite = 255, crBlack = 128, crWhite = 255] =
    directory.values('ReferenceBlackWhite');
  const clamp = (value: number): number => Math.min(255, Math.max(0, value)) + 0.5;
  return (y, cb, cr, out, at) => {
    const luma = ((y - yBlack) * 255) / (yWhite - yBlack);
    const r = luma + (((cr - crBlack) * 127) / (crWhite - crBlack)) * (2 - 2 * red);
    const b = luma + (((cb - cbBlack) * 127) / (cbWhite - cbBlack)) * (2 - 2 * blue);
    out[at] = clamp(r);
    out[at + 1] = clamp((luma - red * r - blue * b) / green);
    out[at + 2] = clamp(b);
  };
}

function toRgbInPlace(name: string, data: Uint8Array | Uint16Array, channels: number, directory: TiffDirectory): void {
  if (data instanceof Uint16Array) {
    throw notReadTiff(name, 'is YCbCr with more than 8 bits', 'save it as RGB');
  }
  const convert = yCbCrConversion(directory);
  for (let i = 0; i < data.length; i += channels) {
    convert(data[i]!, data[i + 1]!, data[i + 2]!, data, i);
  }
}

/** Units of h x v samples of Y, then one of Cb and one of Cr. Chroma is repeated, as libtiff does. */
function readSubsampled(name: string, bytes: Uint8Array, directory: TiffDirectory, layout: TiffLayout): Uint8Array {
  const { width, height, blockWidth, subsampling, bits, format, planar, predictor, extraSamples } = layout;
  const [h, v] = subsampling;
  const isKnown = [1, 2, 4].includes(h) && [1, 2, 4].includes(v);
  if (!isKnown || bits !== 8 || format !== 'uint' || planar || predictor !== 1 || extraSamples.length > 0) {
    throw notReadTiff(name, `is YCbCr subsampled ${h} x ${v} in an unusual layout`, 'save it as RGB');
  }
  const convert = yCbCrConversion(directory);
  const unit = h * v + 2;
  const across = Math.ceil(blockWidth / h);
  const out = new Uint8Array(width * height * 3);
  for (const { data, x, y, rows } of readTiffBlocks(name, bytes, directory, layout, across * unit, 1, v)) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < Math.min(blockWidth, width - x); column++) {
        const at = (Math.floor(row / v) * across + Math.floor(column / h)) * unit;
        const luma = data[at + (row % v) * h + (column % h)]!;
        convert(luma, data[at + h * v]!, data[at + h * v + 1]!, out, ((y + row) * width + x + column) * 3);
      }
    }
  }
  return out;
}

function format4(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : String(value);
}
