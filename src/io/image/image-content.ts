import { createHash } from 'node:crypto';
import { MaskwrightError } from '../../errors.js';
import { type Mask, type Raster, type Size, viewRows } from '../../raster/index.js';
import type { OutputFile } from '../storage/storage.js';
import { decodeRaster } from './decode-image.js';
import { type EncodeOptions, encodeStream } from './encode-image.js';
import { encodePng } from './png/encode-png.js';
import { freeMemory } from './free-memory.js';
import type { RowDrawing } from './row-drawing.js';
import type { PngText } from './png/png-chunks.js';

/** An image, or the function that draws it, as a whole or row by row. */
export type Drawing<Image extends Raster | Mask = Raster | Mask> = Image | (() => Image | RowDrawing);

/** A file's content that is drawn and encoded while it is written: only one image of a run is in memory at a time. */
export function imageContent(drawing: Drawing, options: EncodeOptions): Pick<OutputFile, 'data'> {
  const take = openDrawing(drawing);
  return { data: (last) => encodeStream(take(last), options) };
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
  const take = openDrawing(drawing);
  let expected: (() => string) | undefined;
  return {
    data: (last) => {
      const drawn = take(last);
      const digest = createDigest(drawn);
      if (drawn.kind === 'rows' && (options.format ?? 'png') === 'png') {
        expected = digest.end;
        return encodeStream({ ...drawn, draw: digest.passing(drawn.draw) }, options);
      }
      const whole = drawn.kind === 'rows' ? drawn.draw(0, drawn.height) : drawn;
      digest.add(whole.data);
      expected = digest.end;
      return encodeStream(whole, options);
    },
    verify: async (encoded) => {
      freeMemory('all');
      const decoded = await decodeRaster(encoded, options.format ?? 'png');
      const digest = createDigest(decoded);
      digest.add(decoded.data);
      if (digest.end() !== expected?.()) {
        throw new MaskwrightError('OUTPUT_CHECK', `${name} would not have kept every color; it was not written`, {
          hint: 'this should never happen: please report it with the image',
        });
      }
    },
  };
}

/** What a drawing gives, each time that it is asked for. With `last` nothing of it is kept. */
function openDrawing<Image extends Raster | Mask>(drawing: Drawing<Image>): (last?: boolean) => Image | RowDrawing {
  let kept: Drawing<Image> | undefined = drawing;
  return (last = false) => {
    const taken = kept!;
    if (last) {
      kept = undefined;
    }
    if (typeof taken !== 'function') {
      return taken;
    }
    freeMemory('new');
    return taken();
  };
}

/** A digest of the samples, their number of bits and channels, and the size. */
function createDigest(image: Raster | Mask | RowDrawing) {
  const { width, height } = image;
  const channels = image.kind === 'mask' ? 1 : image.channels;
  const bitDepth = image.kind === 'rows' ? image.bitDepth : image.data.BYTES_PER_ELEMENT * 8;
  const hash = createHash('sha256').update([width, height, channels, bitDepth].join(' '));
  const add = ({ buffer, byteOffset, byteLength }: Uint8Array | Uint16Array): void => {
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  };
  let result: string | undefined;
  return {
    add,
    /** The rows that pass are added, each once, in their order: those that follow on the rows before. */
    passing: (draw: RowDrawing['draw']): RowDrawing['draw'] => {
      let next = 0;
      return (from, to) => {
        const rows = draw(from, to);
        if (from <= next && to > next) {
          add(viewRows(rows, next - from, to - from).data);
          next = to;
        }
        return rows;
      };
    },
    end: (): string => (result ??= hash.digest('hex')),
  };
}
