import { extname } from 'node:path';
import { MaskwrightError } from '../../errors.js';
import type { Mask, Raster } from '../../raster/index.js';
import { encodePng } from './png/encode-png.js';
import type { Effort } from './png/choose-compression.js';
import type { PngChunk, PngText } from './png/png-chunks.js';
import { sharp } from './sharp.js';

/** Lossless formats that are written, by file ending. */
export const OUTPUT_FORMATS = { png: 'png', webp: 'webp', tif: 'tiff', tiff: 'tiff' } as const;

/** Formats that images are written in. */
export type OutputFormat = (typeof OUTPUT_FORMATS)[keyof typeof OUTPUT_FORMATS];

export type { Effort } from './png/choose-compression.js';

/** The format, and what goes into the file besides the pixels. */
export interface EncodeOptions {
  readonly format?: OutputFormat;
  /** ICC profile to store; pixels are not converted by it. Only PNG carries it. */
  readonly icc?: Uint8Array | undefined;
  /** Color and density chunks to store, as `readCarriedChunks` found them. Only PNG carries them. */
  readonly carried?: readonly PngChunk[] | undefined;
  /** The file's provenance; only PNG carries it. A function is called while the pixels are being compressed. */
  readonly text?: PngText | (() => PngText) | undefined;
  /** `fast`, `normal` (default) or `small`; for PNG and WebP. */
  readonly effort?: Effort;
}

/**
 * Encodes losslessly, color under transparent pixels included. PNG is compressed by all cores at once: see `encodePng`.
 *
 * Throws `OUTPUT_FORMAT` for 16-bit samples in WebP, which has 8.
 *
 * @example
 * ```ts
 * const png = await encodeImage(mask, { text: { Comment: 'selected pixels are white' } });
 * ```
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
  const pieces: Uint8Array[] = [];
  for await (const piece of encodeStream(image, options)) {
    pieces.push(piece);
  }
  return pieces;
}

/** As `encodeInPieces`, each piece as soon as it is ready: a PNG is never in memory as a whole. */
export async function* encodeStream(
  image: Raster | Mask,
  options: EncodeOptions = {},
): AsyncGenerator<Uint8Array, void> {
  const { format = 'png', ...metadata } = options;
  const channels = image.kind === 'mask' ? 1 : image.channels;
  if (format === 'png') {
    yield* encodePng({ width: image.width, height: image.height, channels, data: image.data }, metadata);
  } else {
    yield await encodeWithSharp(image, channels, format, options.effort);
  }
}

async function encodeWithSharp(
  { width, height, data }: Raster | Mask,
  channels: 1 | 3 | 4,
  format: 'webp' | 'tiff',
  effort: Effort = 'normal',
): Promise<Uint8Array> {
  const wide = data instanceof Uint16Array;
  if (format === 'webp' && wide) {
    throw new MaskwrightError('OUTPUT_FORMAT', 'WebP has 8 bits a channel, the image has 16', {
      hint: 'write a .png or .tif instead',
    });
  }
  const pipeline = sharp(data, { raw: { width, height, channels } });
  const typed = channels === 1 ? pipeline.toColourspace('b-w') : wide ? pipeline.toColourspace('rgb16') : pipeline;
  return format === 'webp'
    ? typed.webp({ lossless: true, exact: true, effort: effort === 'fast' ? 0 : 4 }).toBuffer()
    : typed.tiff({ compression: 'deflate', predictor: 'horizontal' }).toBuffer();
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
