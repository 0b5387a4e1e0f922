import { MaskwrightError } from '../../errors.js';
import { type Bounds, createDepthMap, type DepthMap, type DepthOrder } from '../../raster/index.js';
import { type ExrDecoder, openExrDecoder } from './exr-decoder.js';
import { type ExrChannel, looksLikeExr, readExrHeader } from './exr-header.js';
import { looksLikePfm, readPfm } from './pfm.js';
import { describeInput, readInput } from '../files/read-input.js';
import { MAX_PIXELS, sharp } from '../image/sharp.js';

/** What a file of depths does not say about itself. */
export interface DecodeDepthOptions {
  /** The EXR channel to read, by its full name. Default: the one that looks like depth. */
  readonly channel?: string | undefined;
  /** Which values are near. Default: by the format. */
  readonly depthOrder?: DepthOrder | undefined;
}

/** A depth map, and what was read from its file. */
export interface DecodedDepth {
  readonly map: DepthMap;
  readonly name: string;
  readonly format: 'exr' | 'pfm' | 'png' | 'tiff';
  /** The EXR channel that was read. */
  readonly channel?: string | undefined;
  /** Where the map lies in its image; EXR files may store a part of the frame only. */
  readonly window: { readonly at: Pick<Bounds, 'x' | 'y'>; readonly width: number; readonly height: number };
  readonly warnings: readonly string[];
}

/** The largest half float: what cannot be said larger is background. */
const HALF_MAXIMUM = 65504;

/**
 * Decodes a depth map: EXR, PFM, PNG (8- or 16-bit) or TIFF (float too), values as they stand in the file.
 * Small values are near in EXR, TIFF and PFM, large ones in PNG, unless told otherwise.
 *
 * Of an EXR file, the channel `Z`, then `*.Z`, `depth.V`, `Y`, then `R` where R, G and B are alike is read.
 * Half floats of 65504 become infinite: renderers write it for nothing there.
 *
 * Throws what `readInput` throws, `INPUT_FORMAT`, `INPUT_TOO_LARGE`, `INPUT_DAMAGED`, or `DEPTH_CHANNEL`
 * where no channel is depth.
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
  if (options.channel !== undefined) {
    throw new MaskwrightError('USAGE', `${name} is not an EXR file: it has no channels to choose from`);
  }
  if (looksLikePfm(bytes)) {
    const { width, height, data } = readPfm(name, bytes);
    const map = createDepthMap(width, height, data, {
      depthOrder: options.depthOrder ?? 'near-is-small',
      unit: 'distance',
    });
    return { map, name, format: 'pfm', window: wholeOf(map), warnings: [] };
  }
  return decodeWithSharp(name, bytes, options);
}

/** As `decodeDepth`, of an EXR file's bytes. The decoder stays open: it can take the next file. */
export async function decodeExrDepth(
  name: string,
  bytes: Uint8Array,
  options: DecodeDepthOptions,
  decoder: ExrDecoder,
): Promise<DecodedDepth> {
  const header = readExrHeader(name, bytes);
  const { x, y, width, height } = header.dataWindow;
  const chosen = chooseChannel(name, header.channels, options.channel);
  const names = chosen === 'grey' ? ['R', 'G', 'B'] : [chosen.name];
  const decoded = await decoder.decode(name, { bytes, channels: names }, width * height);
  const data = chosen === 'grey' ? assertGray(name, decoded, header.channels) : decoded;
  const channel = chosen === 'grey' ? header.channels.find((candidate) => candidate.name === 'R')! : chosen;
  if (channel.pixelType === 'half') {
    for (let i = 0; i < data.length; i++) {
      if (Math.abs(data[i]!) >= HALF_MAXIMUM) {
        data[i] = Infinity;
      }
    }
  }
  const frame = header.displayWindow;
  const isWhole = frame.x === x && frame.y === y && frame.width === width && frame.height === height;
  return {
    map: createDepthMap(width, height, data, { depthOrder: options.depthOrder ?? 'near-is-small', unit: 'distance' }),
    name,
    format: 'exr',
    channel: channel.name,
    window: { at: { x: x - frame.x, y: y - frame.y }, width: frame.width, height: frame.height },
    warnings: [
      ...(isWhole
        ? []
        : [
            `${name} holds ${width} x ${height} pixels of a frame of ${frame.width} x ${frame.height}: only those are used`,
          ]),
      ...(header.parts > 1 ? [`${name} has ${header.parts} parts; only the first is used`] : []),
    ],
  };
}

/** The channel that is depth; `gray` where it has to be found out whether R, G and B are alike. */
function chooseChannel(name: string, channels: readonly ExrChannel[], wanted: string | undefined): ExrChannel | 'grey' {
  const byName = (pattern: RegExp): ExrChannel | undefined => channels.find((channel) => pattern.test(channel.name));
  if (wanted !== undefined) {
    const exact =
      channels.find((channel) => channel.name === wanted) ??
      channels.find((channel) => channel.name.toLowerCase() === wanted.toLowerCase());
    if (exact === undefined) {
      throw noChannel(`${name} has no channel ${JSON.stringify(wanted)}`, channels);
    }
    return exact;
  }
  const depth = byName(/^Z$/) ?? byName(/\.Z$/i) ?? byName(/(^|\.)depth\.V$/i) ?? byName(/^Y$/);
  if (depth !== undefined) {
    return depth;
  }
  if (['R', 'G', 'B'].every((part) => channels.some((channel) => channel.name === part))) {
    return 'grey';
  }
  throw noChannel(`${name} has no channel that looks like depth`, channels);
}

function assertGray(name: string, interleaved: Float32Array, channels: readonly ExrChannel[]): Float32Array {
  const data = new Float32Array(interleaved.length / 3);
  for (let i = 0, j = 0; i < data.length; i++, j += 3) {
    const value = interleaved[j]!;
    if (!Object.is(value, interleaved[j + 1]!) || !Object.is(value, interleaved[j + 2]!)) {
      throw noChannel(`${name} is a color image: R, G and B differ`, channels);
    }
    data[i] = value;
  }
  return data;
}

function noChannel(message: string, channels: readonly ExrChannel[]): MaskwrightError {
  const names = channels.map((channel) => channel.name);
  return new MaskwrightError('DEPTH_CHANNEL', `${message}; it has ${names.join(', ')}`, {
    hint: `choose one: --channel ${names[0]}`,
  });
}

async function decodeWithSharp(name: string, bytes: Uint8Array, options: DecodeDepthOptions): Promise<DecodedDepth> {
  const image = sharp(bytes, { ignoreIcc: true, limitInputPixels: MAX_PIXELS });
  const metadata = await image.metadata().catch(() => undefined);
  const format = metadata?.format;
  if (format !== 'png' && format !== 'tiff') {
    throw new MaskwrightError(
      'INPUT_FORMAT',
      `${name} is ${format === undefined ? 'not an image in a format known here' : format.toUpperCase()}, which is no depth map`,
      { hint: 'depth maps are read from EXR, PFM, 16-bit PNG and TIFF' },
    );
  }
  const { depth: kind, space, channels } = metadata!;
  const isFloat = kind === 'float' || kind === 'double';
  const isGray = space === 'b-w' || space === 'grey16';
  // Float samples survive in no color space but their own.
  const colorSpace = isFloat ? space : kind === 'ushort' ? (isGray ? 'grey16' : 'rgb16') : isGray ? 'b-w' : 'srgb';
  const { data, info } = await image
    .toColourspace(colorSpace)
    .extractChannel(0)
    .raw({ depth: isFloat ? 'float' : kind === 'ushort' ? 'ushort' : 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch((error: unknown) => {
      throw new MaskwrightError(
        'INPUT_DAMAGED',
        `${name} is damaged or cut off: ${(error as Error).message.split('\n')[0]}`,
        {
          cause: error,
        },
      );
    });
  const count = info.width * info.height;
  const samples = isFloat
    ? new Float32Array(data.buffer, data.byteOffset, count)
    : Float32Array.from(
        kind === 'ushort' ? new Uint16Array(data.buffer, data.byteOffset, count) : data.subarray(0, count),
      );
  const map = createDepthMap(info.width, info.height, samples, {
    depthOrder: options.depthOrder ?? (format === 'png' ? 'near-is-large' : 'near-is-small'),
    unit: format === 'png' ? 'relative' : 'distance',
  });
  return {
    map,
    name,
    format,
    window: wholeOf(map),
    warnings: [
      ...(isFloat || kind === 'ushort' ? [] : [`${name} has 8 bits: at most 256 depths, which show as bands`]),
      ...(channels >= 3 ? [`${name} is a color image: its first channel is taken for depth`] : []),
    ],
  };
}

function wholeOf({ width, height }: DepthMap): DecodedDepth['window'] {
  return { at: { x: 0, y: 0 }, width, height };
}
