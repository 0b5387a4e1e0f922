import type { Metadata, Sharp } from 'sharp';
import { MaskwrightError } from '../../errors.js';
import {
  createMask,
  createRaster,
  isFaintMask,
  type Mask,
  type MaskChannel,
  type MaskLevels,
  maskFromRaster,
  measureMaskValues,
  type Raster,
  type RasterMask,
  SELECTED_FROM,
  stretchMask,
} from '../../raster/index.js';
import { describeInput, readInput } from '../files/read-input.js';
import { INPUT_FORMATS, MAX_PIXELS, sharp } from './sharp.js';
import { decodeTiff, openTiff } from './tiff/decode-tiff.js';
import { looksLikeTiff } from './tiff/tiff-directory.js';

/** A path, `-` for standard input, or the bytes of an encoded image. */
export type ImageSource = string | Uint8Array;

/** A decoded image, upright, and what is worth knowing about the file it came from. */
export interface DecodedImage {
  readonly raster: Raster;
  /** How messages and outputs name it: the path, or `standard input`, or `buffer`. */
  readonly name: string;
  readonly format: (typeof INPUT_FORMATS)[number];
  /** The ICC profile, as it stands in the file; pixels are never converted by it. */
  readonly icc: Uint8Array | undefined;
  readonly bitDepth: 8 | 16;
  /** The file stores CMYK; it was converted to RGB without its profile. */
  readonly cmyk: boolean;
  /** EXIF orientation 2..8 that was applied, else 1. */
  readonly orientation: number;
  /** Frames in the file; only the first is read. */
  readonly frames: number;
  /** The encoded bytes, for hashing and size checks. */
  readonly bytes: Uint8Array;
  /** What a user should know: an animation cut to its first frame, a CMYK conversion. */
  readonly warnings: readonly string[];
}

/**
 * Decodes PNG, JPEG, WebP, TIFF, AVIF or GIF exactly: straight alpha, EXIF orientation applied,
 * ICC profile ignored and handed on, 8- or 16-bit samples as in the file, gray and palette as RGB.
 *
 * `givenName` is how messages name it, where that is not its path.
 *
 * Throws `INPUT_NOT_FOUND`, `INPUT_IS_FOLDER`, `INPUT_EMPTY`, `INPUT_FORMAT`, `INPUT_TOO_LARGE`
 * (over 268 megapixels) or `INPUT_DAMAGED`.
 */
export async function decodeImage(source: ImageSource, givenName?: string): Promise<DecodedImage> {
  const { samples, ...image } = await decodeSamples(source, givenName);
  return { raster: toRgb(samples), ...image };
}

/** Samples as they are stored: one channel or two (with alpha) of gray, or three or four of color. */
interface Samples {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array | Uint16Array;
}

async function decodeSamples(
  source: ImageSource,
  givenName?: string,
): Promise<Omit<DecodedImage, 'raster'> & { samples: Samples }> {
  const name = givenName ?? (typeof source === 'string' ? describeInput(source) : 'buffer');
  const bytes = typeof source === 'string' ? await readInput(source) : source;
  if (looksLikeTiff(bytes)) {
    const tiff = openTiff(name, bytes);
    const { width, height } = tiff.layout;
    if (width * height > MAX_PIXELS) {
      throw tooLarge(name, `${width} x ${height}`);
    }
    if (!tiff.readByLibtiff) {
      const { icc, orientation, pages, warnings, ...samples } = decodeTiff(name, bytes, tiff);
      return {
        samples,
        name,
        format: 'tiff',
        icc,
        bitDepth: samples.data instanceof Uint16Array ? 16 : 8,
        cmyk: false,
        orientation,
        frames: pages,
        bytes,
        warnings: [...(pages > 1 ? [framesWarning(name, pages)] : []), ...warnings],
      };
    }
  }
  const image = sharp(bytes, { ignoreIcc: true, limitInputPixels: MAX_PIXELS });
  const metadata = await image.metadata().catch((error: unknown) => rejectFormat(name, bytes, error));
  const format = assertFormat(name, metadata);
  if (metadata.width * metadata.height > MAX_PIXELS) {
    throw tooLarge(name, `${metadata.width} x ${metadata.height}`);
  }
  const samples = await decodePixels(image, metadata).catch((error: unknown) => {
    const message = (error as Error).message;
    throw /pixel limit/i.test(message)
      ? tooLarge(name, `${metadata.width} x ${metadata.height}`)
      : new MaskwrightError('INPUT_DAMAGED', `${name} is damaged or cut off: ${firstLine(message)}`, {
          hint: 'open and save it again in an image editor, or fetch it anew',
          cause: error,
        });
  });
  const frames = metadata.pages ?? 1;
  const cmyk = metadata.space === 'cmyk';
  return {
    samples,
    name,
    format,
    icc: metadata.icc,
    bitDepth: samples.data instanceof Uint16Array ? 16 : 8,
    cmyk,
    orientation: metadata.orientation ?? 1,
    frames,
    bytes,
    warnings: [
      ...(frames > 1 ? [framesWarning(name, frames)] : []),
      ...(cmyk ? [`${name} is CMYK; it is converted to RGB`] : []),
    ],
  };
}

function framesWarning(name: string, frames: number): string {
  return `${name} has ${frames} frames; only the first is used`;
}

/** A mask file and what is worth warning about. */
export interface DecodedMask {
  readonly mask: Mask;
  readonly warnings: readonly string[];
}

/** How `decodeMask` reads a mask file. */
export interface DecodeMaskOptions {
  readonly channel?: MaskChannel | undefined;
  readonly levels?: MaskLevels | undefined;
}

/** What `decodeMask` takes for what was left out. */
export const DECODE_MASK_DEFAULTS = { channel: 'auto', levels: 'as-is' } as const satisfies DecodeMaskOptions;

/**
 * Decodes an image as a mask, 255 = selected. Warns where alpha was read without having been asked for, where
 * alpha that varies was not read, and where no value is high enough to select anything.
 * Throws as `decodeImage`.
 */
export async function decodeMask(source: ImageSource, options: DecodeMaskOptions = {}): Promise<DecodedMask> {
  const { samples, name, warnings } = await decodeSamples(source);
  const wanted = options.channel ?? DECODE_MASK_DEFAULTS.channel;
  const read: RasterMask =
    samples.channels === 1 && wanted !== 'alpha'
      ? { mask: grayMask(samples), channel: 'luma', ignoresAlpha: false }
      : maskFromRaster(toRgb(samples), wanted);
  const values = measureMaskValues(read.mask);
  const stretched = options.levels === 'auto';
  return {
    mask: stretched ? stretchMask(read.mask) : read.mask,
    warnings: [
      ...warnings,
      ...(wanted === 'auto' && read.channel === 'alpha'
        ? [`${name} has one brightness throughout: its alpha is the mask (--mask-channel luma reads the brightness)`]
        : []),
      ...(wanted === 'auto' && read.ignoresAlpha
        ? [`${name} has transparency, which is left out: its brightness is the mask (--mask-channel alpha reads it)`]
        : []),
      ...(!stretched && isFaintMask(values)
        ? [
            `${name} has no value above ${values.peak} of 255, and ${SELECTED_FROM} and more is selected: ` +
              '--mask-levels auto spreads its values over 0 to 255',
          ]
        : []),
    ],
  };
}

async function decodePixels(image: Sharp, metadata: Metadata): Promise<Samples> {
  const wide = metadata.depth === 'ushort';
  const gray = metadata.space === 'b-w' || metadata.space === 'grey16';
  let pipeline = image.autoOrient();
  if (wide) {
    pipeline = pipeline.toColourspace(gray ? 'grey16' : 'rgb16');
  } else if (!gray || metadata.hasAlpha) {
    // A gray image with alpha loses the alpha as 'b-w', so it is widened to sRGB.
    pipeline = pipeline.toColourspace('srgb');
  } else {
    pipeline = pipeline.toColourspace('b-w');
  }
  const { data, info } = await pipeline.raw({ depth: wide ? 'ushort' : 'uchar' }).toBuffer({ resolveWithObject: true });
  return {
    width: info.width,
    height: info.height,
    channels: info.channels,
    data: wide
      ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2)
      : new Uint8Array(data.buffer, data.byteOffset, data.length),
  };
}

/** Gray is its own luma: a mask needs no colors in between. */
function grayMask({ width, height, data }: Samples): Mask {
  if (data instanceof Uint8Array) {
    return createMask(width, height, data);
  }
  const narrowed = new Uint8Array(data.length);
  for (let i = 0; i < narrowed.length; i++) {
    narrowed[i] = (data[i]! + 128) / 257;
  }
  return createMask(width, height, narrowed);
}

function toRgb({ width, height, channels, data: samples }: Samples): Raster {
  if (channels === 3 || channels === 4) {
    return createRaster(width, height, channels, samples);
  }
  const count = width * height;
  const target = channels === 2 ? 4 : 3;
  const data = samples instanceof Uint16Array ? new Uint16Array(count * target) : new Uint8Array(count * target);
  for (let i = 0, j = 0, k = 0; i < count; i++, j += channels, k += target) {
    data[k] = data[k + 1] = data[k + 2] = samples[j]!;
    if (target === 4) {
      data[k + 3] = samples[j + 1]!;
    }
  }
  return createRaster(width, height, target, data);
}

function assertFormat(name: string, metadata: Metadata): DecodedImage['format'] {
  const format = metadata.format === 'heif' ? 'avif' : metadata.format;
  const known = INPUT_FORMATS.find((candidate) => candidate === format);
  if (known === undefined) {
    throw unsupported(name, metadata.format);
  }
  return known;
}

function rejectFormat(name: string, bytes: Uint8Array, error: unknown): never {
  const message = (error as Error).message;
  if (/pixel limit|too large|exceeds/i.test(message)) {
    throw tooLarge(name, 'more');
  }
  const looksRight = signatureOf(bytes);
  if (looksRight !== undefined) {
    throw new MaskwrightError(
      'INPUT_DAMAGED',
      `${name} starts as ${looksRight} but is damaged: ${firstLine(message)}`,
      {
        hint: 'open and save it again in an image editor, or fetch it anew',
        cause: error,
      },
    );
  }
  throw unsupported(
    name,
    /<svg|<\?xml/i.test(Buffer.from(bytes.subarray(0, 512)).toString('latin1')) ? 'SVG' : 'unknown',
  );
}

function signatureOf(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 16)).toString('latin1');
  if (head.startsWith('\x89PNG')) return 'PNG';
  if (head.startsWith('\xff\xd8\xff')) return 'JPEG';
  if (head.startsWith('RIFF') && head.slice(8, 12) === 'WEBP') return 'WebP';
  if (looksLikeTiff(bytes)) return 'TIFF';
  if (head.startsWith('GIF8')) return 'GIF';
  if (head.slice(4, 12) === 'ftypavif') return 'AVIF';
  return undefined;
}

function unsupported(name: string, format: string): MaskwrightError {
  const what =
    format === 'unknown' ? 'is not an image in a format known here' : `is ${format.toUpperCase()}, which is not read`;
  return new MaskwrightError('INPUT_FORMAT', `${name} ${what}`, {
    hint: 'convert it to PNG, JPEG, WebP, TIFF, AVIF or GIF',
  });
}

function tooLarge(name: string, size: string): MaskwrightError {
  return new MaskwrightError(
    'INPUT_TOO_LARGE',
    `${name} is too large: ${size} pixels, the limit is ${MAX_PIXELS} in all`,
    {
      hint: 'scale it down first',
    },
  );
}

function firstLine(message: string): string {
  return (
    message
      .split('\n')
      .find((line) => line.trim() !== '')
      ?.trim() ?? message
  );
}
