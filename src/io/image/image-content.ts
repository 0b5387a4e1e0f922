import { createHash } from 'node:crypto';
import { MaskwrightError } from '../../errors.js';
import type { Mask, Raster, Size } from '../../raster/index.js';
import type { OutputFile } from '../storage/storage.js';
import { decodeRaster } from './decode-image.js';
import { type EncodeOptions, encodeStream } from './encode-image.js';
import { encodePng } from './png/encode-png.js';
import { freeMemory } from './free-memory.js';
import type { PngText } from './png/png-chunks.js';

/** An image, or the function that draws it. */
export type Drawing<Image extends Raster | Mask = Raster | Mask> = Image | (() => Image);

/** A file's content that is drawn and encoded while it is written: only one image of a run is in memory at a time. */
export function imageContent(drawing: Drawing, options: EncodeOptions): Pick<OutputFile, 'data'> {
  return { data: () => encodeStream(draw(drawing), options) };
}

/** As `imageContent`: one plane of gray, 8- or 16-bit, as a PNG of that depth. */
export function grayContent(
  plane: Size & { readonly data: Uint8Array | Uint16Array },
  text: PngText,
): Pick<OutputFile, 'data'> {
  return { data: () => encodePng({ ...plane, channels: 1 }, { text }) };
}

/**
 * As `imageContent`, and the check that the file can be decoded to the very samples that were drawn. Of these only a
 * digest is kept, so that the image is not in memory twice.
 *
 * `verify` throws `OUTPUT_CHECK`; `name` is what the file will be called.
 */
export function verifiedContent(
  drawing: Drawing<Raster>,
  options: EncodeOptions,
  name: string,
): Required<Pick<OutputFile, 'data' | 'verify'>> {
  let expected: string | undefined;
  let drawn: Drawing<Raster> | undefined = drawing;
  return {
    data: () => {
      const raster = draw(drawn!);
      expected = digestOf(raster);
      return encodeStream(raster, options);
    },
    verify: async (encoded) => {
      // The file is encoded once: an image that was not drawn for it is not needed any more.
      drawn = undefined;
      freeMemory();
      if (digestOf(await decodeRaster(encoded, options.format ?? 'png')) !== expected) {
        throw new MaskwrightError('OUTPUT_CHECK', `${name} would not have kept every color; it was not written`, {
          hint: 'this should never happen: please report it with the image',
        });
      }
    },
  };
}

function draw<Image extends Raster | Mask>(drawing: Drawing<Image>): Image {
  if (typeof drawing !== 'function') {
    return drawing;
  }
  freeMemory();
  return drawing();
}

/** Of the samples, their number of bits and channels, and the size. */
function digestOf({ width, height, channels, data }: Raster): string {
  const layout = [width, height, channels, data.BYTES_PER_ELEMENT].join(' ');
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return `${layout} ${createHash('sha256').update(bytes).digest('hex')}`;
}
