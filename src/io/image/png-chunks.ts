import { crc32, deflateSync, inflateSync } from 'node:zlib';

/** Keyword and value pairs written as PNG text (`iTXt`, UTF-8). */
export type PngText = Readonly<Record<string, string>>;

const SIGNATURE_LENGTH = 8;
/** Signature, then the IHDR chunk: length, type, 13 bytes, CRC. */
const AFTER_HEADER = SIGNATURE_LENGTH + 4 + 4 + 13 + 4;

/**
 * A PNG with an ICC profile and text added right behind its header, in pieces: the pixels are not copied. The profile is
 * stored as it is: pixels are not converted.
 */
export function addPngChunks(
  png: Uint8Array,
  add: { icc?: Uint8Array | undefined; text?: PngText | undefined },
): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  if (add.icc !== undefined) {
    chunks.push(chunk('iCCP', Buffer.concat([Buffer.from('ICC profile\0\0', 'latin1'), deflateSync(add.icc)])));
  }
  for (const [keyword, value] of Object.entries(add.text ?? {})) {
    // iTXt: keyword, not compressed, no language, no translated keyword, then UTF-8.
    chunks.push(
      chunk('iTXt', Buffer.concat([Buffer.from(`${keyword}\0\0\0\0\0`, 'latin1'), Buffer.from(value, 'utf8')])),
    );
  }
  return chunks.length === 0 ? [png] : [png.subarray(0, AFTER_HEADER), ...chunks, png.subarray(AFTER_HEADER)];
}

/** The text of a PNG (`tEXt`, `zTXt`, `iTXt`); empty for anything else. */
export function readPngText(png: Uint8Array): PngText {
  const text: Record<string, string> = {};
  const buffer = Buffer.from(png.buffer, png.byteOffset, png.byteLength);
  let offset = SIGNATURE_LENGTH;
  while (offset + 12 <= buffer.length) {
    const length = buffer.readUInt32BE(offset);
    const type = buffer.toString('latin1', offset + 4, offset + 8);
    const body = buffer.subarray(offset + 8, offset + 8 + length);
    const end = body.indexOf(0);
    const keyword = end < 0 ? '' : body.toString('latin1', 0, end);
    if (type === 'tEXt') {
      text[keyword] = body.toString('latin1', end + 1);
    } else if (type === 'zTXt') {
      text[keyword] = inflateSync(body.subarray(end + 2)).toString('latin1');
    } else if (type === 'iTXt') {
      const compressed = body[end + 1] === 1;
      const value = body.subarray(body.indexOf(0, body.indexOf(0, end + 3) + 1) + 1);
      text[keyword] = (compressed ? inflateSync(value) : value).toString('utf8');
    } else if (type === 'IEND') {
      break;
    }
    offset += 12 + length;
  }
  return text;
}

function chunk(type: string, body: Uint8Array): Uint8Array {
  const out = Buffer.alloc(12 + body.length);
  out.writeUInt32BE(body.length, 0);
  out.write(type, 4, 'latin1');
  out.set(body, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + body.length)), 8 + body.length);
  return out;
}
