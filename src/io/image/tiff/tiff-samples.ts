import { endianness } from 'node:os';
import { MaskwrightError } from '../../../errors.js';
import { decompressTiffBlock } from './tiff-compression.js';
import { damagedTiff, type TiffDirectory } from './tiff-directory.js';
import { notReadTiff, type TiffLayout } from './tiff-layout.js';

/** Samples as numbers, exactly as stored; halves are widened to float. */
export type SampleArray =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** More is refused: two gigabytes in memory. */
const MAX_BYTES = 2 ** 31;

/** No method packs tighter; a file that promises more is cut off. */
const MAX_RATIO = 2048;

const BIG_ENDIAN_HOST = endianness() === 'BE';

/**
 * All samples of a TIFF image, interleaved by pixel, rows from the top, as stored (not turned by Orientation). Reads
 * strips and tiles, chunky and planar, any byte order, horizontal and floating point prediction.
 *
 * `keep` is how many samples of each pixel are wanted, from the first.
 *
 * Throws `INPUT_TOO_LARGE`, `INPUT_FORMAT` or `INPUT_DAMAGED`.
 */
export function readTiffSamples(
  name: string,
  bytes: Uint8Array,
  directory: TiffDirectory,
  layout: TiffLayout,
  keep: number = layout.samplesPerPixel,
): SampleArray {
  const { width, height, bits, planar, samplesPerPixel, blockWidth, blockHeight } = layout;
  const samples = width * height * keep;
  if (samples * Math.max(1, bits / 8) > MAX_BYTES) {
    throw new MaskwrightError(
      'INPUT_TOO_LARGE',
      `${name} is too large: ${width} x ${height} pixels of ${keep} samples`,
      {
        hint: 'scale it down first',
      },
    );
  }
  const blockSamples = planar ? 1 : samplesPerPixel;
  const rowBytes = Math.ceil((blockWidth * blockSamples * bits) / 8);
  const blocks = readTiffBlocks(name, bytes, directory, layout, rowBytes, planar ? keep : 1);
  // Created behind the checks of the first block: a small file cannot ask for much memory.
  let out: SampleArray | undefined;
  for (const { data, plane, x, y, rows } of blocks) {
    out ??= createSamples(layout, samples);
    const values = toNumbers(name, data, layout, blockSamples, rows);
    const columns = Math.min(blockWidth, width - x);
    const copied = planar ? 1 : keep;
    for (let row = 0; row < Math.min(rows, blockHeight); row++) {
      let from = row * blockWidth * blockSamples;
      let to = ((y + row) * width + x) * keep + plane;
      if (copied === keep && blockSamples === keep) {
        out.set(values.subarray(from, from + columns * keep), to);
        continue;
      }
      for (let column = 0; column < columns; column++, from += blockSamples, to += keep) {
        for (let c = 0; c < copied; c++) {
          out[to + c] = values[from + c]!;
        }
      }
    }
  }
  return out ?? createSamples(layout, samples);
}

/** A strip or tile, decompressed. */
export interface TiffBlock {
  readonly data: Uint8Array;
  readonly plane: number;
  readonly x: number;
  readonly y: number;
  /** Rows of the image in it. */
  readonly rows: number;
}

/** The strips or tiles of an image, one after the other, of the first `planes` planes. */
export function* readTiffBlocks(
  name: string,
  bytes: Uint8Array,
  directory: TiffDirectory,
  layout: TiffLayout,
  rowBytes: number,
  planes: number,
  rowGroup = 1,
): Generator<TiffBlock> {
  const { width, height, blockWidth, blockHeight, tiled, compression } = layout;
  const offsets = directory.values(tiled ? 'TileOffsets' : 'StripOffsets');
  const counts = directory.values(tiled ? 'TileByteCounts' : 'StripByteCounts');
  const across = Math.ceil(width / blockWidth);
  const down = Math.ceil(height / blockHeight);
  if (offsets.length < across * down * planes) {
    throw damagedTiff(name, `it has ${offsets.length} of ${across * down * planes} strips or tiles`);
  }
  const promised = Math.ceil(height / rowGroup) * rowBytes * across * planes;
  if (promised > bytes.length * MAX_RATIO) {
    throw damagedTiff(name, `${width} x ${height} pixels cannot be in ${bytes.length} bytes`);
  }
  for (let plane = 0, i = 0; plane < planes; plane++) {
    for (let row = 0; row < down; row++) {
      for (let column = 0; column < across; column++, i++) {
        const y = row * blockHeight;
        const rows = Math.min(blockHeight, height - y);
        const stored = tiled ? blockHeight : rows;
        const length = Math.ceil(stored / rowGroup) * rowBytes;
        const needed = Math.ceil(rows / rowGroup) * rowBytes;
        const offset = offsets[i]!;
        // Old writers leave the count out where nothing is compressed.
        const count = counts[i] ?? (compression === 1 ? length : bytes.length - offset);
        if (offset + (compression === 1 ? Math.min(count, needed) : 1) > bytes.length) {
          throw damagedTiff(name, `the data of row ${y} lies behind its end: it is cut off`);
        }
        let data: Uint8Array;
        try {
          const source = bytes.subarray(offset, offset + count);
          data = decompressTiffBlock(compression, layout.reversedBits ? reverseBits(source) : source, length);
        } catch (error) {
          throw damagedTiff(name, (error as Error).message);
        }
        if (data.length < needed) {
          throw damagedTiff(name, `the data of row ${y} has ${data.length} of ${needed} bytes: it is cut off`);
        }
        yield { data, plane, x: column * blockWidth, y, rows };
      }
    }
  }
}

function createSamples({ format, bits }: TiffLayout, length: number): SampleArray {
  if (format === 'float') {
    return bits === 64 ? new Float64Array(length) : new Float32Array(length);
  }
  if (format === 'int') {
    return bits === 8 ? new Int8Array(length) : bits === 16 ? new Int16Array(length) : new Int32Array(length);
  }
  return bits <= 8 ? new Uint8Array(length) : bits <= 16 ? new Uint16Array(length) : new Uint32Array(length);
}

/** A block's bytes as numbers, its prediction undone. */
function toNumbers(
  name: string,
  data: Uint8Array,
  layout: TiffLayout,
  blockSamples: number,
  rows: number,
): SampleArray {
  const { bits, format, predictor, blockWidth } = layout;
  const perRow = blockWidth * blockSamples;
  const count = perRow * rows;
  const bytes = bits >> 3;
  if (predictor === 3) {
    if (format !== 'float') {
      throw notReadTiff(name, `has ${bits}-bit ${format} samples with floating point prediction`, 'save it anew');
    }
    return reinterpret(undoFloatPrediction(data, perRow, rows, bytes, blockSamples), count, layout);
  }
  if (predictor !== 1 && predictor !== 2) {
    throw notReadTiff(name, `uses predictor ${predictor}`, 'save it without prediction');
  }
  if (bits === 8 || bits === 16 || bits === 32 || bits === 64) {
    // A copy: it is aligned, and free to be changed.
    const copy = Uint8Array.prototype.slice.call(data, 0, count * bytes);
    const buffer = Buffer.from(copy.buffer);
    if (layout.littleEndian === BIG_ENDIAN_HOST && bits > 8) {
      if (bits === 16) buffer.swap16();
      else if (bits === 32) buffer.swap32();
      else buffer.swap64();
    }
    if (predictor === 2) {
      accumulate(copy, bits, perRow, rows, blockSamples);
    }
    return reinterpret(copy, count, layout);
  }
  if (predictor === 2) {
    throw notReadTiff(name, `has ${bits}-bit samples with prediction`, 'save it without prediction');
  }
  return unpackBits(data, layout, perRow, rows);
}

/** Bytes in the order of this machine, as the numbers they stand for. */
function reinterpret(bytes: Uint8Array, count: number, { bits, format }: TiffLayout): SampleArray {
  const { buffer } = bytes;
  if (format === 'float') {
    return bits === 64
      ? new Float64Array(buffer, 0, count)
      : bits === 32
        ? new Float32Array(buffer, 0, count)
        : Float32Array.from(new Uint16Array(buffer, 0, count), halfToFloat);
  }
  if (format === 'int') {
    return bits === 8
      ? new Int8Array(buffer, 0, count)
      : bits === 16
        ? new Int16Array(buffer, 0, count)
        : new Int32Array(buffer, 0, count);
  }
  return bits === 8
    ? new Uint8Array(buffer, 0, count)
    : bits === 16
      ? new Uint16Array(buffer, 0, count)
      : new Uint32Array(buffer, 0, count);
}

/** Undoes horizontal differencing, TIFF 6.0 section 14: each sample was stored less its left neighbor. */
function accumulate(bytes: Uint8Array, bits: number, perRow: number, rows: number, stride: number): void {
  if (bits === 64) {
    const values = new BigUint64Array(bytes.buffer);
    for (let row = 0; row < rows; row++) {
      for (let i = row * perRow + stride; i < (row + 1) * perRow; i++) {
        values[i] = values[i]! + values[i - stride]!;
      }
    }
    return;
  }
  const values = bits === 8 ? bytes : bits === 16 ? new Uint16Array(bytes.buffer) : new Uint32Array(bytes.buffer);
  for (let row = 0; row < rows; row++) {
    for (let i = row * perRow + stride; i < (row + 1) * perRow; i++) {
      values[i] = values[i]! + values[i - stride]!;
    }
  }
}

/**
 * Undoes floating point prediction, Adobe Photoshop TIFF Technical Note 3: the bytes of a row lie sorted by
 * significance, most significant first, and were stored less their left neighbors.
 */
function undoFloatPrediction(
  data: Uint8Array,
  perRow: number,
  rows: number,
  bytes: number,
  stride: number,
): Uint8Array {
  const rowBytes = perRow * bytes;
  const out = new Uint8Array(rowBytes * rows);
  const line = new Uint8Array(rowBytes);
  for (let row = 0; row < rows; row++) {
    line.set(data.subarray(row * rowBytes, (row + 1) * rowBytes));
    for (let i = stride; i < rowBytes; i++) {
      line[i] = line[i]! + line[i - stride]!;
    }
    for (let i = 0; i < perRow; i++) {
      for (let byte = 0; byte < bytes; byte++) {
        const place = BIG_ENDIAN_HOST ? byte : bytes - 1 - byte;
        out[row * rowBytes + i * bytes + place] = line[byte * perRow + i]!;
      }
    }
  }
  return out;
}

/** Unsigned samples of any other number of bits, most significant first; rows begin on whole bytes. */
function unpackBits(data: Uint8Array, layout: TiffLayout, perRow: number, rows: number): SampleArray {
  const { bits, littleEndian } = layout;
  const out = createSamples(layout, perRow * rows);
  const rowBytes = Math.ceil((perRow * bits) / 8);
  if (bits === 24 && littleEndian) {
    for (let i = 0, at = 0; i < out.length; i++, at += 3) {
      out[i] = data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16);
    }
    return out;
  }
  for (let row = 0, i = 0; row < rows; row++) {
    let at = row * rowBytes;
    let buffer = 0;
    let held = 0;
    for (let column = 0; column < perRow; column++, i++) {
      // Up to 31 + 8 bits: too many for bitwise operators, exact as a number.
      while (held < bits) {
        buffer = buffer * 256 + data[at++]!;
        held += 8;
      }
      const rest = 2 ** (held - bits);
      const value = Math.floor(buffer / rest);
      out[i] = value;
      buffer -= value * rest;
      held -= bits;
    }
  }
  return out;
}

function reverseBits(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => {
    let reversed = 0;
    for (let bit = 0; bit < 8; bit++) {
      reversed |= ((byte >> bit) & 1) << (7 - bit);
    }
    return reversed;
  });
}

/** IEEE 754 binary16. */
export function halfToFloat(half: number): number {
  const sign = half & 0x80_00 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 0x3_ff;
  if (exponent === 0) {
    return sign * fraction * 2 ** -24;
  }
  if (exponent === 31) {
    return fraction === 0 ? sign * Infinity : Number.NaN;
  }
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
