import { MaskwrightError } from '../../errors.js';
import { createDepthMap } from '../../raster/index.js';
import { describeInput, readInput } from '../files/read-input.js';
import { assertHoldsPixels, damagedImage, signatureOf, unreadFormat } from '../image/image-format.js';
import { MAX_PIXELS, sharp } from '../image/sharp.js';
import { decodeTiffValues, openTiff } from '../image/tiff/decode-tiff.js';
import { looksLikeTiff } from '../image/tiff/tiff-directory.js';
import type { DecodedDepth, DecodeDepthOptions } from './decoded-depth.js';
import { decodeExrDepth } from './decode-exr-depth.js';
import { openExrDecoder } from './exr-decoder.js';
import { looksLikeExr } from './exr-parts.js';
import { looksLikePfm, readPfm } from './pfm.js';

export type { DecodedDepth, DecodeDepthOptions } from './decoded-depth.js';

/**
 * Decodes a depth map: EXR, PFM, PNG (8- or 16-bit) or TIFF (integers and floats of any size), values as stored,
 * upright by its EXIF or TIFF orientation. Small values are near in EXR, TIFF and PFM, large ones in PNG, unless
 * `depthOrder` says otherwise. The value that a TIFF declares as no-data (GDAL) becomes NaN: background.
 *
 * Throws what `readInput` throws, `INPUT_FORMAT`, `INPUT_TOO_LARGE`, `INPUT_DAMAGED`, or `DEPTH_CHANNEL`
 * where no EXR channel is depth.
 *
 * @example
 * import { decodeDepth } from 'maskwright';
 *
 * const { map } = await decodeDepth('render.exr', { part: 'depth' });
 */
export async function decodeDepth(path: string, options: DecodeDepthOptions = {}): Promise<DecodedDepth> {
  const bytes = await readInput(path);
  const name = describeInput(path);
  if (looksLikeExr(bytes)) {
    const decoder = openExrDecoder();
    try {
      return await decodeExrDepth(name, bytes, options, decoder);
    } finally {
      await decoder.close();
    }
  }
  const named = options.channel ?? options.part;
  if (named !== undefined) {
    throw new MaskwrightError(
      'USAGE',
      `${name} is not an EXR file: it has no channel or part ${JSON.stringify(named)}`,
    );
  }
  if (looksLikePfm(bytes)) {
    const { width, height, data } = readPfm(name, bytes);
    const map = createDepthMap(width, height, data, {
      depthOrder: options.depthOrder ?? 'near-is-small',
      unit: 'distance',
    });
    return { map, name, format: 'pfm', warnings: [] };
  }
  return looksLikeTiff(bytes) ? decodeTiffDepth(name, bytes, options) : decodePngDepth(name, bytes, options);
}

/** Libtiff is asked only where the compression is one that is not decoded here: JPEG and fax. */
async function decodeTiffDepth(name: string, bytes: Uint8Array, options: DecodeDepthOptions): Promise<DecodedDepth> {
  const tiff = openTiff(name, bytes);
  const { layout } = tiff;
  assertPixelLimit(name, layout.width, layout.height);
  const { width, height, data } = tiff.isDecodable
    ? decodeTiffValues(name, bytes, tiff)
    : await decodeWithSharp(name, bytes);
  return {
    map: createDepthMap(width, height, data, { depthOrder: options.depthOrder ?? 'near-is-small', unit: 'distance' }),
    name,
    format: 'tiff',
    warnings: imageWarnings(name, layout.bits, layout.colorSamples),
  };
}

async function decodePngDepth(name: string, bytes: Uint8Array, options: DecodeDepthOptions): Promise<DecodedDepth> {
  const metadata = await sharp(bytes, { limitInputPixels: MAX_PIXELS })
    .metadata()
    .catch(() => undefined);
  if (metadata?.format !== 'png') {
    const format = signatureOf(bytes);
    if (format === undefined || format === 'PNG') {
      throw format === undefined ? unreadFormat(name, bytes) : damagedImage(name, 'its header cannot be read');
    }
    throw new MaskwrightError('INPUT_FORMAT', `${name} is ${format}, which is no depth map`, {
      hint: 'depth maps are read from EXR, PFM, 16-bit PNG and TIFF',
    });
  }
  assertPixelLimit(name, metadata.width, metadata.height);
  assertHoldsPixels(name, bytes);
  const { width, height, data } = await decodeWithSharp(name, bytes);
  return {
    map: createDepthMap(width, height, data, { depthOrder: options.depthOrder ?? 'near-is-large', unit: 'relative' }),
    name,
    format: 'png',
    warnings: imageWarnings(name, metadata.depth === 'ushort' ? 16 : 8, metadata.channels),
  };
}

/** The first channel of an 8- or 16-bit image, upright. */
async function decodeWithSharp(
  name: string,
  bytes: Uint8Array,
): Promise<{ readonly width: number; readonly height: number; readonly data: Float32Array }> {
  const image = sharp(bytes, { ignoreIcc: true, limitInputPixels: MAX_PIXELS });
  try {
    const { depth, space } = await image.metadata();
    const wide = depth === 'ushort';
    const isGray = space === 'b-w' || space === 'grey16';
    const { data, info } = await image
      .autoOrient()
      .toColourspace(wide ? (isGray ? 'grey16' : 'rgb16') : isGray ? 'b-w' : 'srgb')
      .raw({ depth: wide ? 'ushort' : 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    const samples = wide ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2) : data;
    const values = new Float32Array(width * height);
    for (let i = 0; i < values.length; i++) {
      values[i] = samples[i * channels]!;
    }
    return { width, height, data: values };
  } catch (error) {
    throw damagedImage(name, (error as Error).message, error);
  }
}

function imageWarnings(name: string, bits: number, channels: number): string[] {
  return [
    ...(bits > 8 ? [] : [`${name} has ${bits} bits: at most ${2 ** bits} depths, which show as bands`]),
    ...(channels >= 3 ? [`${name} is a color image: its first channel is taken for depth`] : []),
  ];
}

function assertPixelLimit(name: string, width: number, height: number): void {
  if (width * height > MAX_PIXELS) {
    throw new MaskwrightError(
      'INPUT_TOO_LARGE',
      `${name} is too large: ${width} x ${height} pixels, the limit is ${MAX_PIXELS} in all`,
      { hint: 'scale it down first' },
    );
  }
}
