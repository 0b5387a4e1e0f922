import { crc32, deflateSync, inflateSync } from 'node:zlib';
import { MaskwrightError } from '../../../errors.js';

/** Keyword and value pairs written as PNG text (`iTXt`, UTF-8). Keywords are 1 to 79 Latin-1 characters. */
export type PngText = Readonly<Record<string, string>>;

/** Chunks that say how samples are to be shown, and the density of pixels. They are copied from file to file as they are. */
export const CARRIED_CHUNKS = ['cICP', 'sRGB', 'gAMA', 'cHRM', 'mDCV', 'cLLI', 'pHYs'] as const;

/** One chunk: its type and its data. */
export interface PngChunk {
  readonly type: (typeof CARRIED_CHUNKS)[number];
  readonly data: Uint8Array;
}

/** What a PNG holds besides its pixels. None of it changes them. */
export interface PngMetadata {
  /** ICC profile to store. */
  readonly icc?: Uint8Array | undefined;
  /** Color and density chunks of the file that the image came from, or made by `densityChunk`. */
  readonly carried?: readonly PngChunk[] | undefined;
  readonly text?: PngText | undefined;
}

export const PNG_SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** Number of bytes around a chunk's data: length, type and CRC. */
const CHUNK_OVERHEAD = 12;

/** A chunk of a PNG, its data in parts. */
export function pngChunk(type: string, parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const chunk = new Uint8Array(CHUNK_OVERHEAD + length);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, length);
  chunk.set(Buffer.from(type, 'latin1'), 4);
  let offset = 8;
  for (const part of parts) {
    chunk.set(part, offset);
    offset += part.length;
  }
  view.setUint32(offset, crc32(chunk.subarray(4, offset)));
  return chunk;
}

/**
 * The chunks of metadata, to stand between IHDR and IDAT.
 * Throws `OPTION_RANGE` for a text keyword that PNG does not allow.
 */
export function metadataChunks({ icc, carried = [], text = {} }: PngMetadata): Uint8Array[] {
  return [
    // Of a profile and sRGB only one may stand in a file: the profile says more.
    ...carried
      .filter(({ type }) => icc === undefined || type !== 'sRGB')
      .map(({ type, data }) => pngChunk(type, [data])),
    ...(icc === undefined ? [] : [pngChunk('iCCP', [Buffer.from('ICC profile\0\0', 'latin1'), deflateSync(icc)])]),
    ...Object.entries(text).map(([keyword, value]) => textChunk(keyword, value)),
  ];
}

/** The density of an image in dots per inch, as a chunk (`pHYs`, in whole pixels per meter). */
export function densityChunk(dpiX: number, dpiY = dpiX): PngChunk {
  const data = Buffer.alloc(9);
  data.writeUInt32BE(Math.round(dpiX / 0.0254), 0);
  data.writeUInt32BE(Math.round(dpiY / 0.0254), 4);
  data[8] = 1;
  return { type: 'pHYs', data };
}

/** The color and density chunks of a PNG; none for anything else. */
export function readCarriedChunks(png: Uint8Array): PngChunk[] {
  const chunks: PngChunk[] = [];
  for (const { type, data } of readChunks(png)) {
    const carried = CARRIED_CHUNKS.find((known) => known === type);
    if (carried !== undefined) {
      chunks.push({ type: carried, data });
    }
  }
  return chunks;
}

/** The palette of a PNG, red, green and blue of each entry; undefined where there is none. */
export function readPngPalette(png: Uint8Array): Uint8Array | undefined {
  for (const { type, data } of readChunks(png)) {
    if (type === 'PLTE') {
      return data;
    }
    if (type === 'IDAT') {
      return undefined;
    }
  }
  return undefined;
}

/** The text of a PNG (`tEXt`, `zTXt`, `iTXt`); empty for anything else. */
export function readPngText(png: Uint8Array): PngText {
  const text: Record<string, string> = {};
  for (const { type, data } of readChunks(png)) {
    const end = data.indexOf(0);
    const keyword = end < 0 ? '' : data.toString('latin1', 0, end);
    if (type === 'tEXt') {
      text[keyword] = data.toString('latin1', end + 1);
    } else if (type === 'zTXt') {
      text[keyword] = inflateSync(data.subarray(end + 2)).toString('latin1');
    } else if (type === 'iTXt') {
      const compressed = data[end + 1] === 1;
      const value = data.subarray(data.indexOf(0, data.indexOf(0, end + 3) + 1) + 1);
      text[keyword] = (compressed ? inflateSync(value) : value).toString('utf8');
    }
  }
  return text;
}

function* readChunks(png: Uint8Array): Generator<{ type: string; data: Buffer }, void> {
  const buffer = Buffer.from(png.buffer, png.byteOffset, png.byteLength);
  if (!buffer.subarray(0, PNG_SIGNATURE.length).equals(PNG_SIGNATURE)) {
    return;
  }
  let offset = PNG_SIGNATURE.length;
  while (offset + CHUNK_OVERHEAD <= buffer.length) {
    const length = buffer.readUInt32BE(offset);
    const type = buffer.toString('latin1', offset + 4, offset + 8);
    if (type === 'IEND') {
      return;
    }
    yield { type, data: buffer.subarray(offset + 8, offset + 8 + length) };
    offset += CHUNK_OVERHEAD + length;
  }
}

/** iTXt: keyword, not compressed, no language, no translated keyword, then UTF-8. */
function textChunk(keyword: string, value: string): Uint8Array {
  // PNG specification, section 11.3.3.1: printable Latin-1, no spaces at the ends and none in a row.
  if (!/^[\x21-\x7e\xa1-\xff]+(?: [\x21-\x7e\xa1-\xff]+)*$/.test(keyword) || keyword.length > 79) {
    throw new MaskwrightError('OPTION_RANGE', `the text keyword ${JSON.stringify(keyword)} cannot stand in a PNG`, {
      hint: 'use 1 to 79 printable Latin-1 characters, single spaces only between words',
    });
  }
  return pngChunk('iTXt', [
    Buffer.from(`${keyword}\0\0\0\0\0`, 'latin1'),
    Buffer.from(value.replaceAll('\0', '\u{fffd}'), 'utf8'),
  ]);
}
