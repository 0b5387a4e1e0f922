import { encodePng } from './png/encode-png.js';
import type { PngText } from './png/png-chunks.js';

/** One plane of gray, 8- or 16-bit, as a PNG of that depth. */
export async function encodeGray(
  plane: { readonly width: number; readonly height: number; readonly data: Uint8Array | Uint16Array },
  text: PngText,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of encodePng({ ...plane, channels: 1 }, { text })) {
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
