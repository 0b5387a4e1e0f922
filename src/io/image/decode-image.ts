import { stat } from 'node:fs/promises';
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
  type Size,
  stretchMask,
  MASK_READ_DEFAULTS,
} from '../../raster/index.js';
import { describeInput, readInput, STDIO } from '../files/read-input.js';
import {
  assertHoldsPixels,
  assertReadFormat,
  damagedImage,
  INPUT_FORMATS,
  type InputFormat,
  unreadFormat,
} from './image-format.js';
import { freeMemory } from './free-memory.js';
import type { ImageMetadata } from './image-metadata.js';
import { readCarriedChunks } from './png/png-chunks.js';
import { readDensity } from './read-density.js';
import { MAX_PIXELS, sharp } from './sharp.js';
import { decodeTiff, openTiff } from './tiff/decode-tiff.js';
import { looksLikeTiff } from './tiff/tiff-directory.js';

/** A path, `-` for standard input, or the bytes of an encoded image. */
export type ImageSource = string | Uint8Array;

/** A decoded image, upright, and facts of its file. */
export interface DecodedImage extends ImageMetadata {
  readonly raster: Raster;
  /** How messages and outputs name it: the path, or `standard input`, or `buffer`. */
  readonly name: string;
  readonly format: InputFormat;
  readonly bitDepth: 8 | 16;
  /** The file stores CMYK; it was converted to RGB without its profile. */
  readonly cmyk: boolean;
  /** EXIF orientation 2..8 that was applied, else 1. */
  readonly orientation: number;
  /** Frames in the file; only the first is read. */
  readonly frames: number;
  /** The encoded bytes, for hashing and size checks. */
  readonly bytes: Uint8Array;
  /** An animation cut to its first frame, a CMYK conversion, skipped samples. */
  readonly warnings: readonly string[];
}

/**
 * Decodes PNG, JPEG, WebP, TIFF, AVIF or GIF exactly: straight alpha, EXIF orientation applied, ICC profile kept but
 * not applied, 8- or 16-bit samples as stored, gray and palette as RGB. TIFF samples of other types become 8- or 16-bit
 * as `readTiffPixels` says.
 *
 * `givenName` is how messages name the image, where that is not its path.
 *
 * Throws `INPUT_NOT_FOUND`, `INPUT_IS_FOLDER`, `INPUT_EMPTY`, `INPUT_FORMAT`, `INPUT_TOO_LARGE`
 * (over 268 megapixels) or `INPUT_DAMAGED`.
 */
export async function decodeImage(source: ImageSource, givenName?: string): Promise<DecodedImage> {
  const { samples, byteLength: _, ...image } = await decodeSamples(source, givenName, true);
  return { raster: toRgb(samples), ...image };
}

/** As `decodeImage`, without the encoded bytes: those of a file are not in memory while its pixels are decoded. */
export async function decodeWithoutBytes(
  path: string,
): Promise<Omit<DecodedImage, 'bytes'> & { readonly byteLength: number }> {
  const { samples, bytes: _, ...image } = await decodeSamples(path, undefined, false);
  return { raster: toRgb(samples), ...image };
}

/**
 * The samples of a file that was written here, as `decodeImage` gives them. PNG and WebP are decoded from the disk, so
 * that their encoded bytes are not in memory. Throws as `decodeImage`.
 */
export async function decodeRaster(source: ImageSource, format: InputFormat): Promise<Raster> {
  if (typeof source !== 'string' || format === 'tiff') {
    return (await decodeImage(source)).raster;
  }
  const image = sharp(source, { ignoreIcc: true, limitInputPixels: MAX_PIXELS });
  const decode = async (): Promise<Samples> => decodePixels(image, await image.metadata());
  return toRgb(
    await decode().catch((error: unknown) => {
      throw damagedImage(source, (error as Error).message, error);
    }),
  );
}

/** Formats whose header tells the size of what `decodeImage` gives. */
const SIZED_BY_HEADER: ReadonlySet<string | undefined> = new Set(['png', 'jpeg', 'webp', 'gif']);

/**
 * The size that `decodeImage` would give, from the header alone; undefined where that does not tell, as in TIFF, AVIF and
 * files that are damaged.
 */
export async function readImageSize(source: ImageSource): Promise<Size | undefined> {
  if (source === STDIO) {
    return undefined;
  }
  const { format, autoOrient } = await sharp(source, { limitInputPixels: MAX_PIXELS })
    .metadata()
    .catch(() => ({ format: undefined, autoOrient: undefined }));
  return SIZED_BY_HEADER.has(format) ? autoOrient : undefined;
}

/** Samples as they are stored: one channel or two (with alpha) of gray, or three or four of color. */
interface Samples {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array | Uint16Array;
}

/** Without `keepsBytes`, the bytes of files may be missing from the result. */
async function decodeSamples(
  source: ImageSource,
  givenName: string | undefined,
  keepsBytes: boolean,
): Promise<Omit<DecodedImage, 'raster'> & { samples: Samples; byteLength: number }> {
  const name = givenName ?? (typeof source === 'string' ? describeInput(source) : 'buffer');
  let bytes = typeof source === 'string' ? await readInput(source) : source;
  assertReadFormat(name, bytes);
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
        carried: [],
        density: readDensity(bytes),
        bitDepth: samples.data instanceof Uint16Array ? 16 : 8,
        cmyk: false,
        orientation,
        frames: pages,
        bytes,
        byteLength: bytes.length,
        warnings: [...(pages > 1 ? [framesWarning(name, pages)] : []), ...warnings],
      };
    }
  }
  const options = { ignoreIcc: true, limitInputPixels: MAX_PIXELS };
  let image = sharp(bytes, options);
  const metadata = await image.metadata().catch((error: unknown) => rejectMetadata(name, error));
  const format = assertFormat(name, bytes, metadata);
  if (metadata.width * metadata.height > MAX_PIXELS) {
    throw tooLarge(name, `${metadata.width} x ${metadata.height}`);
  }
  assertHoldsPixels(name, bytes);
  const frames = format === 'png' ? countApngFrames(bytes) : (metadata.pages ?? 1);
  const cmyk = metadata.space === 'cmyk';
  const facts = {
    name,
    format,
    icc: metadata.icc,
    // Chunks are views of the file.
    carried: readCarriedChunks(bytes).map((chunk) => ({ ...chunk, data: chunk.data.slice() })),
    density: readDensity(bytes, metadata.exif),
    cmyk,
    orientation: metadata.orientation ?? 1,
    frames,
    byteLength: bytes.length,
    warnings: [
      ...(frames > 1 ? [framesWarning(name, frames)] : []),
      ...(cmyk ? [`${name} is CMYK; it is converted to RGB`] : []),
    ],
  };
  if (!keepsBytes && (await isLocalFile(source))) {
    bytes = new Uint8Array();
    image = sharp(source, options);
    freeMemory('all');
  }
  const samples = await decodePixels(image, metadata).catch((error: unknown) => {
    const message = (error as Error).message;
    throw /pixel limit/i.test(message)
      ? tooLarge(name, `${metadata.width} x ${metadata.height}`)
      : damagedImage(name, message, error);
  });
  return { samples, bitDepth: samples.data instanceof Uint16Array ? 16 : 8, bytes, ...facts };
}

/** Whether a source can be read again: pipes and objects of S3 cannot. */
async function isLocalFile(source: ImageSource): Promise<boolean> {
  const entry = typeof source === 'string' ? await stat(source).catch(() => undefined) : undefined;
  return entry?.isFile() === true;
}

/** The frames that an animated PNG announces in its acTL chunk, which stands before the pixels. */
function countApngFrames(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 12 <= bytes.length; at += 12 + view.getUint32(at)) {
    const type = Buffer.from(bytes.buffer, bytes.byteOffset + at + 4, 4).toString('latin1');
    if (type === 'acTL' && at + 16 <= bytes.length) {
      return Math.max(1, view.getUint32(at + 8));
    }
    if (type === 'IDAT') {
      break;
    }
  }
  return 1;
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
  /** How messages name a source that is no path. */
  readonly name?: string | undefined;
}

/**
 * Decodes an image as a mask, 255 = selected. Warns where alpha was read without having been asked for, where
 * alpha that varies was not read, and where no value is high enough to select anything.
 * Throws as `decodeImage`.
 */
export async function decodeMask(source: ImageSource, options: DecodeMaskOptions = {}): Promise<DecodedMask> {
  const { samples, name, warnings } = await decodeSamples(source, options.name, false);
  const wanted = options.channel ?? MASK_READ_DEFAULTS.channel;
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

function assertFormat(name: string, bytes: Uint8Array, metadata: Metadata): InputFormat {
  const format = metadata.format === 'heif' ? 'avif' : metadata.format;
  const known = INPUT_FORMATS.find((candidate) => candidate === format);
  if (known === undefined || metadata.compression === 'hevc') {
    throw unreadFormat(name, bytes, metadata.compression === 'hevc' ? 'HEIC' : metadata.format);
  }
  return known;
}

function rejectMetadata(name: string, error: unknown): never {
  const message = (error as Error).message;
  throw /pixel limit|too large|exceeds/i.test(message)
    ? tooLarge(name, 'too many')
    : damagedImage(name, message, error);
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
