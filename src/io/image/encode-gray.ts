import { addPngChunks, type PngText } from './png-chunks.js';
import { sharp } from './sharp.js';

/** One plane of gray, 8- or 16-bit, as a PNG of that depth. */
export async function encodeGray(
  plane: { readonly width: number; readonly height: number; readonly data: Uint8Array | Uint16Array },
  text: PngText,
): Promise<Uint8Array> {
  const { width, height, data } = plane;
  const png = await sharp(data, { raw: { width, height, channels: 1 } })
    .toColourspace(data instanceof Uint16Array ? 'grey16' : 'b-w')
    .png({ compressionLevel: 6 })
    .toBuffer();
  return Buffer.concat(addPngChunks(png, { text }));
}
