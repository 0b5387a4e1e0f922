import { extname } from 'node:path';
import { MaskwrightError } from '../../errors.js';
import type { Mask, Raster } from '../../raster/index.js';
import { encodePng } from './png/encode-png.js';
import type { Effort } from './png/choose-compression.js';
import type { PngText } from './png/png-chunks.js';
import type { PngRows } from './png/png-pixels.js';
import { carriedChunks, type ImageMetadata } from './image-metadata.js';
import type { RowDrawing } from './row-drawing.js';
import { sharp } from './sharp.js';
import { encodeTiff } from './tiff/encode-tiff.js';
import { addWebpProfile } from './webp-profile.js';

/** Lossless formats that are written, by file ending. */
export const OUTPUT_FORMATS = { png: 'png', webp: 'webp', tif: 'tiff', tiff: 'tiff' } as const;

/** Formats that images are written in. */
export type OutputFormat = (typeof OUTPUT_FORMATS)[keyof typeof OUTPUT_FORMATS];

export type { Effort } from './png/choose-compression.js';

/** The format, and what goes into the file besides the pixels: of metadata, what the format can hold. */
export interface EncodeOptions extends Partial<ImageMetadata> {
  readonly format?: OutputFormat;
  /** The file's provenance; only PNG carries it. A function is called while the pixels are being compressed. */
  readonly text?: PngText | (() => PngText) | undefined;
  /** `fast`, `normal` (default) or `small`. */
  readonly effort?: Effort | undefined;
}

/** The largest width and height of WebP, by its specification. */
const WEBP_MAX = 16_383;

/** zlib's levels for TIFF. */
const TIFF_LEVELS = { fast: 1, normal: 6, small: 9 } as const satisfies Record<Effort, number>;

/**
 * Encodes losslessly, color under transparent pixels included. PNG is compressed by all cores at once: see `encodePng`.
 *
 * ICC profiles go into every format, densities into PNG and TIFF, color chunks into PNG.
 *
 * Throws `OUTPUT_FORMAT` for what WebP cannot hold: 16-bit samples, and more than 16383 pixels a side.
 *
 * @example
 * import { encodeImage, type Mask } from 'maskwright';
 *
 * const toPng = (mask: Mask): Promise<Uint8Array> =>
 *   encodeImage(mask, { text: { Comment: 'selected pixels are white' } });
 */
export async function encodeImage(image: Raster | Mask, options: EncodeOptions = {}): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of encodeStream(image, options)) {
    pieces.push(piece);
  }
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
}

/** As `encodeImage`, in pieces, each as soon as it is ready: a PNG is never in memory as a whole, nor is what is drawn by rows for it. */
export async function* encodeStream(
  image: Raster | Mask | RowDrawing,
  options: EncodeOptions = {},
): AsyncGenerator<Uint8Array, void> {
  const { format = 'png', effort = 'normal', text, icc, density } = options;
  if (format === 'png') {
    const png = { icc, carried: carriedChunks(options), text, effort };
    yield* encodePng(image.kind === 'rows' ? rowsOf(image) : pixelsOf(image), png);
    return;
  }
  const pixels = pixelsOf(image.kind === 'rows' ? image.draw(0, image.height) : image);
  if (format === 'tiff') {
    yield* await encodeTiff(pixels, { icc, density, level: TIFF_LEVELS[effort] });
  } else {
    yield await encodeWebp(pixels, icc, effort);
  }
}

function pixelsOf(image: Raster | Mask) {
  const { width, height, data } = image;
  return { width, height, channels: image.kind === 'mask' ? 1 : image.channels, data } as const;
}

function rowsOf({ width, height, channels, bitDepth, draw }: RowDrawing): PngRows {
  return { width, height, channels, bitDepth, rows: (from, to) => draw(from, to).data };
}

async function encodeWebp(
  { width, height, channels, data }: Pick<Raster, 'width' | 'height' | 'data'> & { readonly channels: 1 | 3 | 4 },
  icc: Uint8Array | undefined,
  effort: Effort,
): Promise<Uint8Array> {
  const excess =
    data instanceof Uint16Array
      ? 'WebP has 8 bits a channel, the image has 16'
      : Math.max(width, height) > WEBP_MAX
        ? `WebP holds ${WEBP_MAX} pixels a side, the image is ${width} x ${height}`
        : undefined;
  if (excess !== undefined) {
    throw new MaskwrightError('OUTPUT_FORMAT', excess, { hint: 'write a .png or .tif instead' });
  }
  const pipeline = sharp(data, { raw: { width, height, channels } });
  const typed = channels === 1 ? pipeline.toColourspace('b-w') : pipeline;
  const webp = await typed.webp({ lossless: true, exact: true, effort: effort === 'fast' ? 0 : 4 }).toBuffer();
  return icc === undefined ? webp : addWebpProfile(webp, icc, { width, height, hasAlpha: channels === 4 });
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
