import { Buffer } from 'node:buffer';

const ICC_FLAG = 0x20;
const ALPHA_FLAG = 0x10;

/**
 * A lossless WebP file with an ICC profile added, by the WebP container specification: the simple file (`VP8L` alone)
 * becomes an extended one (`VP8X`, `ICCP`, `VP8L`). The compressed pixels are not touched.
 */
export function addWebpProfile(
  webp: Uint8Array,
  icc: Uint8Array,
  { width, height, hasAlpha }: { readonly width: number; readonly height: number; readonly hasAlpha: boolean },
): Uint8Array {
  const file = Buffer.from(webp.buffer, webp.byteOffset, webp.byteLength);
  if (file.toString('latin1', 12, 16) !== 'VP8L') {
    throw new TypeError('not a simple lossless WebP file');
  }
  const extended = Buffer.alloc(10);
  extended.writeUInt8(ICC_FLAG | (hasAlpha ? ALPHA_FLAG : 0), 0);
  extended.writeUIntLE(width - 1, 4, 3);
  extended.writeUIntLE(height - 1, 7, 3);
  const pixels = file.subarray(20, 20 + file.readUInt32LE(16));
  const chunks = [...chunk('VP8X', extended), ...chunk('ICCP', icc), ...chunk('VP8L', pixels)];
  const size = chunks.reduce((sum, { length }) => sum + length, 4);
  const header = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1');
  header.writeUInt32LE(size, 4);
  return Buffer.concat([header, ...chunks]);
}

function chunk(type: string, data: Uint8Array): Uint8Array[] {
  const head = Buffer.alloc(8);
  head.write(type, 'latin1');
  head.writeUInt32LE(data.length, 4);
  return [head, data, new Uint8Array(data.length % 2)];
}
