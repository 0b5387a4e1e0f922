import { MaskwrightError } from '../../errors.js';
import { createDepthMap, type DepthMap } from '../../raster/index.js';
import type { DecodedDepth, DecodeDepthOptions } from './decoded-depth.js';
import { chooseExrChannel, noChannel } from './exr-channels.js';
import type { ExrDecoder } from './exr-decoder.js';
import { type ExrPart, readExrParts } from './exr-parts.js';

/** The largest half float: what cannot be larger is background. */
const HALF_MAXIMUM = 65_504;

/**
 * The depth of an EXR file, at its display window: what the data window lacks of it is NaN (background), what exceeds
 * it is cut off. Half floats of 65504 become infinite: renderers write them where there is nothing. See
 * `chooseExrChannel` for the channel. The decoder stays open: it can take the next file.
 *
 * Throws `INPUT_FORMAT`, `INPUT_TOO_LARGE`, `INPUT_DAMAGED` or `DEPTH_CHANNEL`.
 */
export async function decodeExrDepth(
  name: string,
  bytes: Uint8Array,
  options: DecodeDepthOptions,
  decoder: ExrDecoder,
): Promise<DecodedDepth> {
  const parts = readExrParts(name, bytes);
  const { part, partIndex, channels, others } = chooseExrChannel(name, parts, options);
  const planes = await decoder.decode(
    name,
    { bytes, part: partIndex, parts: parts.map((each) => each.name), channels: channels.map((each) => each.name) },
    part.dataWindow.width * part.dataWindow.height,
  );
  const plane = planes[0]!;
  if (!planes.every((other) => isEqual(plane, other))) {
    throw noChannel(`${name} is a color image: ${channels.map((each) => each.name).join(', ')} differ`, parts);
  }
  if (channels[0]!.pixelType === 'half') {
    for (let i = 0; i < plane.length; i++) {
      if (Math.abs(plane[i]!) >= HALF_MAXIMUM) {
        plane[i] = Infinity;
      }
    }
  }
  const { width, height } = part.displayWindow;
  const channel = channels[0]!.name;
  const title = parts.length > 1 && part.name !== undefined ? `${channel} of part ${part.name}` : channel;
  return {
    map: createDepthMap(width, height, placeInFrame(plane, part), {
      depthOrder: options.depthOrder ?? 'near-is-small',
      unit: 'distance',
    }),
    name,
    format: 'exr',
    channel,
    part: parts.length > 1 ? part.name : undefined,
    warnings: [
      ...windowWarnings(name, part),
      ...(others.length > 0 ? [`${name} has several depth channels: ${title} is used, not ${others.join(', ')}`] : []),
    ],
  };
}

/** Bit patterns, so that NaN equals NaN. */
function isEqual(a: Float32Array, b: Float32Array): boolean {
  return a === b || Buffer.compare(new Uint8Array(a.buffer), new Uint8Array(b.buffer)) === 0;
}

/** The pixels of the data window in those of the display window. */
function placeInFrame(plane: Float32Array, { dataWindow, displayWindow }: ExrPart): DepthMap['data'] {
  const { width, height } = displayWindow;
  const left = dataWindow.x - displayWindow.x;
  const top = dataWindow.y - displayWindow.y;
  if (left === 0 && top === 0 && width === dataWindow.width && height === dataWindow.height) {
    return plane;
  }
  const data = new Float32Array(width * height).fill(Number.NaN);
  const from = Math.max(0, -left);
  const to = Math.max(from, Math.min(dataWindow.width, width - left));
  for (let y = Math.max(0, -top); y < Math.min(dataWindow.height, height - top); y++) {
    const row = plane.subarray(y * dataWindow.width + from, y * dataWindow.width + to);
    if (row.length > 0) {
      data.set(row, (y + top) * width + Math.max(0, left));
    }
  }
  return data;
}

function windowWarnings(name: string, { dataWindow: data, displayWindow: frame }: ExrPart): string[] {
  const [right, bottom] = [frame.x + frame.width, frame.y + frame.height];
  const isDisjoint =
    data.x >= right || data.y >= bottom || data.x + data.width <= frame.x || data.y + data.height <= frame.y;
  if (isDisjoint) {
    throw new MaskwrightError('INPUT_DAMAGED', `${name} has no pixel inside its display window`, {
      hint: 'save it with a display window around the image',
    });
  }
  const isInside =
    data.x >= frame.x && data.y >= frame.y && data.x + data.width <= right && data.y + data.height <= bottom;
  const covers =
    data.x <= frame.x && data.y <= frame.y && data.x + data.width >= right && data.y + data.height >= bottom;
  const size = `${data.width} x ${data.height} pixels for a frame of ${frame.width} x ${frame.height}`;
  return [
    ...(covers ? [] : [`${name} holds ${size}: the rest of the frame is background`]),
    ...(isInside ? [] : [`${name} holds ${size}: what lies outside of the frame is cut off`]),
  ];
}
