import { extname } from 'node:path';
import { MaskwrightError } from '../../errors.js';
import type { Mask, Raster } from '../../raster/index.js';
import { addPngChunks, type PngText } from './png-chunks.js';
import { sharp } from './sharp.js';

/** Lossless formats that are written, by file ending. */
export const OUTPUT_FORMATS = { png: 'png', webp: 'webp', tif: 'tiff', tiff: 'tiff' } as const;

/** Formats that images are written in. */
export type OutputFormat = (typeof OUTPUT_FORMATS)[keyof typeof OUTPUT_FORMATS];

/** `fast` files are larger and sooner written, `small` ones take twice as long as `normal` ones. */
export type Effort = 'fast' | 'normal' | 'small';

/** zlib's level for images: from 3 to 6 all is the same, 7 saves a tenth, 9 nothing more. */
const IMAGE_LEVEL = { fast: 0, normal: 5, small: 7 } as const satisfies Record<Effort, number>;

/** The format, and what goes into the file beside the pixels. */
export interface EncodeOptions {
  readonly format?: OutputFormat;
  /** ICC profile to store; pixels are not converted by it. Only PNG carries it. */
  readonly icc?: Uint8Array | undefined;
  /** The file's provenance; only PNG carries it. A function is asked while the pixels are being compressed. */
  readonly text?: PngText | (() => PngText) | undefined;
  readonly effort?: Effort;
}

/**
 * Encodes losslessly, color under transparent pixels included. Images are compressed with adaptive
 * filters, masks (8-bit gray) without unless they are gradients: measured best for each. With `fast` images
 * are not compressed at all.
 *
 * Throws `OUTPUT_FORMAT` for 16-bit samples in WebP, which has 8.
 */
export async function encodeImage(image: Raster | Mask, options: EncodeOptions = {}): Promise<Uint8Array> {
  const pieces = await encodeInPieces(image, options);
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
}

/** As `encodeImage`, in pieces that make up the file: one copy of a large file less in memory. */
export async function encodeInPieces(
  image: Raster | Mask,
  options: EncodeOptions = {},
): Promise<readonly Uint8Array[]> {
  const { format = 'png', icc, text, effort = 'normal' } = options;
  const fast = effort === 'fast';
  const channels = image.kind === 'mask' ? 1 : image.channels;
  const wide = image.data instanceof Uint16Array;
  const samples = image.data;
  let pipeline = sharp(samples, { raw: { width: image.width, height: image.height, channels } });
  if (channels === 1) {
    pipeline = pipeline.toColourspace('b-w');
  } else if (wide) {
    pipeline = pipeline.toColourspace('rgb16');
  }
  if (format === 'webp') {
    if (wide) {
      throw new MaskwrightError('OUTPUT_FORMAT', 'WebP has 8 bits a channel, the image has 16', {
        hint: 'write a .png or .tif instead',
      });
    }
    return [await pipeline.webp({ lossless: true, exact: true, effort: fast ? 0 : 4 }).toBuffer()];
  }
  if (format === 'tiff') {
    return [await pipeline.tiff({ compression: 'deflate', predictor: 'horizontal' }).toBuffer()];
  }
  const settings =
    image.kind === 'mask'
      ? { compressionLevel: fast ? 1 : 6, adaptiveFiltering: !fast && isGradient(image) }
      : { compressionLevel: IMAGE_LEVEL[effort], adaptiveFiltering: !fast };
  const compressing = pipeline.png(settings).toBuffer();
  const told = typeof text === 'function' ? text() : text;
  return addPngChunks(await compressing, { icc, text: told });
}

/** Whether more than a few neighbors differ, looked at in every 16th row: filters pay only there. */
function isGradient({ width, height, data }: Mask): boolean {
  let changes = 0;
  let pairs = 0;
  for (let row = 0; row < height; row += 16) {
    for (let i = row * width + 1; i < (row + 1) * width; i++) {
      changes += data[i] === data[i - 1] ? 0 : 1;
    }
    pairs += width - 1;
  }
  return changes > 0.15 * pairs;
}

/** The format that a file name asks for. Throws `OUTPUT_FORMAT` where it is none of those written. */
export function formatForPath(path: string): OutputFormat {
  const ending = extname(path).slice(1).toLowerCase();
  const format = Object.hasOwn(OUTPUT_FORMATS, ending)
    ? OUTPUT_FORMATS[ending as keyof typeof OUTPUT_FORMATS]
    : undefined;
  if (format === undefined) {
    throw new MaskwrightError(
      'OUTPUT_FORMAT',
      `${path} ends in ${ending === '' ? 'no format' : `.${ending}`}, which is not written here`,
      {
        hint: 'use .png, .webp (lossless) or .tif: formats that lose nothing',
      },
    );
  }
  return format;
}
