import { MaskwrightError } from '../../../errors.js';

/** Tags that are read, by the names of the TIFF 6.0 specification and its supplements. */
export const TIFF_TAGS = {
  NewSubfileType: 254,
  ImageWidth: 256,
  ImageLength: 257,
  BitsPerSample: 258,
  Compression: 259,
  PhotometricInterpretation: 262,
  FillOrder: 266,
  StripOffsets: 273,
  Orientation: 274,
  SamplesPerPixel: 277,
  RowsPerStrip: 278,
  StripByteCounts: 279,
  XResolution: 282,
  YResolution: 283,
  PlanarConfiguration: 284,
  ResolutionUnit: 296,
  Software: 305,
  Predictor: 317,
  ColorMap: 320,
  TileWidth: 322,
  TileLength: 323,
  TileOffsets: 324,
  TileByteCounts: 325,
  InkSet: 332,
  ExtraSamples: 338,
  SampleFormat: 339,
  YCbCrCoefficients: 529,
  YCbCrSubSampling: 530,
  YCbCrPositioning: 531,
  ReferenceBlackWhite: 532,
  IccProfile: 34_675,
  GdalNoData: 42_113,
} as const;

export type TiffTag = keyof typeof TIFF_TAGS;

/** The first image file directory of a TIFF, BigTIFF or Exif block. */
export interface TiffDirectory {
  readonly littleEndian: boolean;
  /** The numbers of a tag; empty where the tag is absent. Rationals are quotients. */
  readonly values: (tag: TiffTag) => readonly number[];
  /** The bytes of a tag, as stored; undefined where the tag is absent. */
  readonly bytes: (tag: TiffTag) => Uint8Array | undefined;
  /** Directories in the chain, which is the number of pages. */
  readonly pages: number;
}

/** Bytes of one value, by field type. */
const TYPE_BYTES: Readonly<Record<number, number>> = {
  1: 1,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  6: 1,
  7: 1,
  8: 2,
  9: 4,
  10: 8,
  11: 4,
  12: 8,
  13: 4,
  16: 8,
  17: 8,
  18: 8,
};

/** A chain of directories longer than this is taken for endless. */
const MAX_PAGES = 65_536;

export function looksLikeTiff(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 4)).toString('latin1');
  return head === 'II*\0' || head === 'MM\0*' || head === 'II+\0' || head === 'MM\0+';
}

interface Field {
  readonly type: number;
  readonly count: number;
  readonly offset: number;
}

/**
 * Reads the first directory of a TIFF 6.0 or BigTIFF file, in either byte order. Values are read when asked for,
 * so that a damaged tag that nobody needs harms nothing.
 *
 * Throws `INPUT_DAMAGED` where the directory, or a value asked for, lies outside the file.
 */
export function readTiffDirectory(name: string, bytes: Uint8Array): TiffDirectory {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const littleEndian = bytes[0] === 0x49;
  const fail = (why: string): never => {
    throw damagedTiff(name, why);
  };
  const within = (offset: number, length: number): number =>
    Number.isSafeInteger(offset) && offset >= 0 && offset + length <= bytes.length
      ? offset
      : fail(`it points to byte ${offset}, and has ${bytes.length}`);
  const u16 = (at: number): number => view.getUint16(within(at, 2), littleEndian);
  const u32 = (at: number): number => view.getUint32(within(at, 4), littleEndian);
  const u64 = (at: number): number => Number(view.getBigUint64(within(at, 8), littleEndian));
  const big = u16(2) === 43;
  const readOffset = big ? u64 : u32;
  const [countBytes, entryBytes, inlineBytes] = big ? [8, 20, 8] : [2, 12, 4];
  const readCount = (at: number): number => (big ? u64(at) : u16(at));

  const first = readOffset(big ? 8 : 4);
  const fields = new Map<number, Field>();
  const entries = readCount(first);
  within(first, countBytes + entries * entryBytes);
  for (let i = 0; i < entries; i++) {
    const at = first + countBytes + i * entryBytes;
    const type = u16(at + 2);
    const count = readOffset(at + 4);
    const valueAt = at + 4 + inlineBytes;
    const size = (TYPE_BYTES[type] ?? 1) * count;
    fields.set(u16(at), { type, count, offset: size <= inlineBytes ? valueAt : readOffset(valueAt) });
  }

  const readValue = (type: number, at: number): number => {
    switch (type) {
      case 3:
        return view.getUint16(at, littleEndian);
      case 4:
      case 13:
        return view.getUint32(at, littleEndian);
      case 5:
        return view.getUint32(at, littleEndian) / view.getUint32(at + 4, littleEndian);
      case 6:
        return view.getInt8(at);
      case 8:
        return view.getInt16(at, littleEndian);
      case 9:
        return view.getInt32(at, littleEndian);
      case 10:
        return view.getInt32(at, littleEndian) / view.getInt32(at + 4, littleEndian);
      case 11:
        return view.getFloat32(at, littleEndian);
      case 12:
        return view.getFloat64(at, littleEndian);
      case 16:
      case 18:
        return Number(view.getBigUint64(at, littleEndian));
      case 17:
        return Number(view.getBigInt64(at, littleEndian));
      default:
        return view.getUint8(at);
    }
  };

  return {
    littleEndian,
    values: (tag) => {
      const field = fields.get(TIFF_TAGS[tag]);
      if (field === undefined) {
        return [];
      }
      const step = TYPE_BYTES[field.type] ?? fail(`its ${tag} has the unknown type ${field.type}`);
      within(field.offset, step * field.count);
      return Array.from({ length: field.count }, (_, i) => readValue(field.type, field.offset + i * step));
    },
    bytes: (tag) => {
      const field = fields.get(TIFF_TAGS[tag]);
      if (field === undefined) {
        return undefined;
      }
      const length = (TYPE_BYTES[field.type] ?? 1) * field.count;
      return bytes.subarray(within(field.offset, length), field.offset + length);
    },
    get pages() {
      const seen = new Set<number>();
      let next = first;
      while (next !== 0 && !seen.has(next) && seen.size < MAX_PAGES && next + countBytes <= bytes.length) {
        seen.add(next);
        const end = next + countBytes + readCount(next) * entryBytes;
        if (!(end + inlineBytes <= bytes.length)) {
          break;
        }
        next = readOffset(end);
      }
      return seen.size;
    },
  };
}

export function damagedTiff(name: string, why: string): MaskwrightError {
  return new MaskwrightError('INPUT_DAMAGED', `${name} is a damaged TIFF file: ${why}`, {
    hint: 'open and save it again in an image editor, or copy it again from its source',
  });
}
