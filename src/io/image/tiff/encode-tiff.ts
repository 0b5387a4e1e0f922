import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { MaskwrightError } from '../../../errors.js';
import type { Density } from '../read-density.js';
import { TIFF_TAGS, type TiffTag } from './tiff-directory.js';

/** Interleaved samples: gray, gray and alpha, RGB or RGBA, with straight alpha. */
export interface TiffImage {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
  readonly data: Uint8Array | Uint16Array;
}

export interface TiffOptions {
  /** ICC profile to store. Pixels are not converted by it. */
  readonly icc?: Uint8Array | undefined;
  /** Stored where it is known. TIFF readers take a missing one for unknown. */
  readonly density?: Density | undefined;
  readonly software?: string | undefined;
  /** zlib's level. */
  readonly level?: number;
}

const STRIP_BYTES = 262_144;
const [ASCII, SHORT, LONG, RATIONAL, UNDEFINED] = [2, 3, 4, 5, 7] as const;
const BYTES = { [ASCII]: 1, [SHORT]: 2, [LONG]: 4, [RATIONAL]: 8, [UNDEFINED]: 1 } as const;
const deflateAsync = promisify(deflate);

interface Field {
  readonly tag: number;
  readonly type: keyof typeof BYTES;
  readonly count: number;
  readonly bytes: Uint8Array;
}

/**
 * Encodes a little-endian TIFF 6.0 file: strips compressed by Deflate with horizontal prediction, all of them at the
 * same time in zlib's threads. Alpha is declared unassociated.
 *
 * Throws `OUTPUT_FORMAT` for an image that does not fit in the four gigabytes of a TIFF.
 */
export async function encodeTiff(image: TiffImage, options: TiffOptions = {}): Promise<Uint8Array[]> {
  const { width, height, channels, data } = image;
  const rowBytes = width * channels * data.BYTES_PER_ELEMENT;
  if (rowBytes * height > 2 ** 32 - 2 ** 20) {
    throw new MaskwrightError('OUTPUT_FORMAT', `TIFF holds 4 GiB, the image has ${rowBytes * height} bytes`, {
      hint: 'write a .png instead',
    });
  }
  const rowsPerStrip = Math.max(1, Math.min(height, Math.floor(STRIP_BYTES / rowBytes)));
  const strips = await Promise.all(
    Array.from({ length: Math.ceil(height / rowsPerStrip) }, (_, i) =>
      deflateAsync(predict(image, i * rowsPerStrip, Math.min(height, (i + 1) * rowsPerStrip)), {
        level: options.level ?? 6,
      }),
    ),
  );
  const offsets: number[] = [];
  let end = 8;
  for (const strip of strips) {
    offsets.push(end);
    end += strip.length;
  }
  const padding = new Uint8Array(end % 2);
  const directoryAt = end + padding.length;
  const bits = data.BYTES_PER_ELEMENT * 8;
  const hasAlpha = channels === 2 || channels === 4;
  const fields = [
    field('ImageWidth', LONG, [width]),
    field('ImageLength', LONG, [height]),
    field(
      'BitsPerSample',
      SHORT,
      Array.from({ length: channels }, () => bits),
    ),
    field('Compression', SHORT, [8]),
    field('PhotometricInterpretation', SHORT, [channels < 3 ? 1 : 2]),
    field('StripOffsets', LONG, offsets),
    field('Orientation', SHORT, [1]),
    field('SamplesPerPixel', SHORT, [channels]),
    field('RowsPerStrip', LONG, [rowsPerStrip]),
    field(
      'StripByteCounts',
      LONG,
      strips.map((strip) => strip.length),
    ),
    ...(options.density === undefined
      ? []
      : [
          field('XResolution', RATIONAL, [options.density.x]),
          field('YResolution', RATIONAL, [options.density.y]),
          field('ResolutionUnit', SHORT, [2]),
        ]),
    field('PlanarConfiguration', SHORT, [1]),
    ...(options.software === undefined ? [] : [rawField('Software', ASCII, Buffer.from(`${options.software}\0`))]),
    field('Predictor', SHORT, [2]),
    ...(hasAlpha ? [field('ExtraSamples', SHORT, [2])] : []),
    ...(options.icc === undefined ? [] : [rawField('IccProfile', UNDEFINED, options.icc)]),
  ].sort((a, b) => a.tag - b.tag);
  return [header(directoryAt), ...strips, padding, ...encodeDirectory(fields, directoryAt)];
}

/** The rows of a strip as little-endian bytes, each sample less its left neighbor (TIFF 6.0, section 14). */
function predict({ width, channels, data }: TiffImage, from: number, to: number): Uint8Array {
  const perRow = width * channels;
  const out = data.slice(from * perRow, to * perRow);
  for (let row = 0; row < to - from; row++) {
    for (let i = (row + 1) * perRow - 1; i >= row * perRow + channels; i--) {
      out[i] = out[i]! - out[i - channels]!;
    }
  }
  const bytes = Buffer.from(out.buffer, out.byteOffset, out.byteLength);
  return out instanceof Uint16Array && IS_BIG_ENDIAN ? bytes.swap16() : bytes;
}

const IS_BIG_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 0;

function header(directoryAt: number): Uint8Array {
  const bytes = Buffer.from('II*\0\0\0\0\0', 'latin1');
  bytes.writeUInt32LE(directoryAt, 4);
  return bytes;
}

function field(tag: TiffTag, type: typeof SHORT | typeof LONG | typeof RATIONAL, values: readonly number[]): Field {
  const bytes = Buffer.alloc(values.length * BYTES[type]);
  values.forEach((value, i) => {
    if (type === SHORT) {
      bytes.writeUInt16LE(value, i * 2);
    } else if (type === LONG) {
      bytes.writeUInt32LE(value, i * 4);
    } else {
      // Densities of images are whole, or thousandths of it matter to nobody.
      bytes.writeUInt32LE(Math.round(value * 1000), i * 8);
      bytes.writeUInt32LE(1000, i * 8 + 4);
    }
  });
  return { tag: TIFF_TAGS[tag], type, count: values.length, bytes };
}

function rawField(tag: TiffTag, type: typeof ASCII | typeof UNDEFINED, bytes: Uint8Array): Field {
  return { tag: TIFF_TAGS[tag], type, count: bytes.length, bytes };
}

/** Entries of 12 bytes, then the values that are longer than 4. */
function encodeDirectory(fields: readonly Field[], at: number): Uint8Array[] {
  const entries = Buffer.alloc(2 + fields.length * 12 + 4);
  entries.writeUInt16LE(fields.length, 0);
  const values: Uint8Array[] = [];
  let valueAt = at + entries.length;
  fields.forEach(({ tag, type, count, bytes }, i) => {
    const entry = 2 + i * 12;
    entries.writeUInt16LE(tag, entry);
    entries.writeUInt16LE(type, entry + 2);
    entries.writeUInt32LE(count, entry + 4);
    if (bytes.length <= 4) {
      entries.set(bytes, entry + 8);
    } else {
      entries.writeUInt32LE(valueAt, entry + 8);
      values.push(bytes, new Uint8Array(bytes.length % 2));
      valueAt += bytes.length + (bytes.length % 2);
    }
  });
  return [entries, ...values];
}
