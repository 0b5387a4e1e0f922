import { inflateSync } from 'node:zlib';

/** Compression methods that are decoded here, by their number in the Compression tag. */
const DECODERS: Readonly<Record<number, (bytes: Uint8Array, length: number) => Uint8Array>> = {
  1: (bytes) => bytes,
  5: decodeLzw,
  8: decodeDeflate,
  32_773: decodePackBits,
  32_946: decodeDeflate,
};

/** Names of the registered methods, for messages. */
const NAMES: Readonly<Record<number, string>> = {
  1: 'no compression',
  2: 'CCITT RLE',
  3: 'CCITT fax group 3',
  4: 'CCITT fax group 4',
  5: 'LZW',
  6: 'old-style JPEG',
  7: 'JPEG',
  8: 'Deflate',
  32_773: 'PackBits',
  32_946: 'Deflate',
  33_003: 'JPEG 2000',
  33_005: 'JPEG 2000',
  34_661: 'JBIG',
  34_712: 'JPEG 2000',
  34_887: 'LERC',
  34_892: 'lossy JPEG (DNG)',
  34_925: 'LZMA',
  34_933: 'PNG',
  34_934: 'JPEG XR',
  50_000: 'ZSTD',
  50_001: 'WebP',
  50_002: 'JPEG XL',
  52_546: 'JPEG XL',
};

export function tiffCompressionName(method: number): string {
  return NAMES[method] ?? `method ${method}`;
}

export function isTiffCompressionDecoded(method: number): boolean {
  return Object.hasOwn(DECODERS, method);
}

/**
 * The bytes of one strip or tile. `length` is how many it should have: no more are made, so that a small file cannot
 * fill the memory. Fewer come back where the data ends too soon. Throws where the data is not of the method.
 */
export function decompressTiffBlock(method: number, bytes: Uint8Array, length: number): Uint8Array {
  return DECODERS[method]!(bytes, length).subarray(0, length);
}

/** Deflate in a zlib wrapper. A row of padding behind the image is cut off rather than refused. */
function decodeDeflate(bytes: Uint8Array, length: number): Uint8Array {
  return inflateSync(bytes, { maxOutputLength: length + 1_048_576 });
}

/** PackBits, TIFF 6.0 section 9: a count, then literal bytes or one byte to repeat. */
function decodePackBits(bytes: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  let to = 0;
  for (let at = 0; at + 1 < bytes.length && to < length;) {
    const count = (bytes[at++]! << 24) >> 24;
    if (count >= 0) {
      const literal = bytes.subarray(at, Math.min(at + count + 1, at + length - to));
      out.set(literal, to);
      to += literal.length;
      at += count + 1;
    } else if (count !== -128) {
      const end = Math.min(to + 1 - count, length);
      out.fill(bytes[at++]!, to, end);
      to = end;
    }
  }
  return out.subarray(0, to);
}

const CLEAR = 256;
const END = 257;
const MAX_CODES = 4096;

/**
 * LZW, TIFF 6.0 section 13: codes of 9 to 12 bits, most significant bit first, widened one code early. The variant of
 * old programs, least significant bit first, is recognized by its first bytes.
 */
function decodeLzw(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes[0] === 0 && (bytes[1]! & 1) === 1) {
    throw new Error('it uses the LZW variant of before TIFF 6.0, which is not read');
  }
  const out = new Uint8Array(length);
  // A code stands for the bytes of out[start .. start + size).
  const starts = new Uint32Array(MAX_CODES);
  const sizes = new Uint32Array(MAX_CODES);
  let next = END + 1;
  let width = 9;
  let buffer = 0;
  let bits = 0;
  let at = 0;
  let to = 0;
  let previousStart = -1;
  let previousSize = 0;
  while (to < length) {
    while (bits < width && at < bytes.length) {
      buffer = ((buffer << 8) | bytes[at++]!) & 0xff_ff_ff;
      bits += 8;
    }
    if (bits < width) {
      break;
    }
    const code = (buffer >> (bits - width)) & ((1 << width) - 1);
    bits -= width;
    if (code === END) {
      break;
    }
    if (code === CLEAR) {
      next = END + 1;
      width = 9;
      previousStart = -1;
      continue;
    }
    const start = to;
    if (code < CLEAR) {
      out[to++] = code;
    } else if (previousStart >= 0 && code < next) {
      for (let i = starts[code]!, end = Math.min(i + sizes[code]!, i + length - start); i < end; i++) {
        out[to++] = out[i]!;
      }
    } else if (previousStart >= 0 && code === next) {
      for (let i = 0; i < previousSize && to < length; i++) {
        out[to++] = out[previousStart + i]!;
      }
      if (to < length) {
        out[to++] = out[previousStart]!;
      }
    } else {
      throw new Error(`its LZW data has the code ${code} too early`);
    }
    if (previousStart >= 0 && next < MAX_CODES) {
      // The new entry is the previous string and the first byte of this one, which follows it in the output.
      starts[next] = previousStart;
      sizes[next] = previousSize + 1;
      next++;
      if (next + 1 >= 1 << width && width < 12) {
        width++;
      }
    }
    previousStart = start;
    previousSize = to - start;
  }
  return out.subarray(0, to);
}
