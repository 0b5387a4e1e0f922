import { colorWarnings } from './color-warning.js';
import { channelMask, type ChannelMaskOptions } from '../engine/channel-mask.js';
import type { ChannelName } from '../engine/channel-names.js';
import { drawChannelSheet } from '../engine/draw-channel-sheet.js';
import { MaskwrightError } from '../errors.js';
import { decodeImage, decodeMask } from '../io/decode-image.js';
import { encodeImage } from '../io/encode-image.js';
import { writeFiles } from '../io/write-files.js';
import type { Bounds } from '../raster/index.js';
import { measureMask } from './mask-job.js';
import { type NamingOptions, outputPath, stemOf } from './output-names.js';
import { type Story, storyText } from './story.js';

export interface ChannelJobOptions {
  readonly channels: readonly ChannelName[];
  readonly levels: Omit<ChannelMaskOptions, 'within'>;
  /** A mask file: only what it selects is kept. Default: the picture's own alpha. */
  readonly within?: string | undefined;
  /** Also a contact sheet of all channels. */
  readonly sheet?: boolean | undefined;
  readonly naming: NamingOptions;
  readonly story: Story;
}

export interface ChannelReport {
  readonly channel: ChannelName;
  /** Share of the pixels with 128 and more, 0..1. */
  readonly share: number;
  readonly bounds: Bounds | undefined;
  readonly file: string;
}

export interface ChannelResult {
  readonly input: string;
  readonly masks: readonly ChannelReport[];
  readonly sheet?: string;
  readonly warnings: readonly string[];
}

/** Writes channels of a picture as masks, white = selected, and a contact sheet of all where it is asked for. */
export async function channelJob(input: string, options: ChannelJobOptions): Promise<ChannelResult> {
  const image = await decodeImage(input);
  const { raster } = image;
  const within = options.within === undefined ? undefined : await decodeMask(options.within);
  if (within !== undefined && (within.mask.width !== raster.width || within.mask.height !== raster.height)) {
    throw new MaskwrightError(
      'SIZE_MISMATCH',
      `the mask ${options.within} is ${within.mask.width} x ${within.mask.height}, the picture ${image.name} is ${raster.width} x ${raster.height}`,
      { hint: 'use a mask of the same size' },
    );
  }
  const { channels, sheet } = pathsOf(input, options);
  const masks: ChannelReport[] = [];
  const files: { path: string; data: Uint8Array }[] = [];
  for (const [channel, file] of channels) {
    const mask = channelMask(raster, channel, { ...options.levels, within: within?.mask });
    const text = storyText({ ...options.story, channel, ...options.levels });
    files.push({ path: file, data: await encodeImage(mask, { text }) });
    masks.push({ channel, ...measureMask(mask), file });
  }
  if (sheet !== undefined) {
    files.push({ path: sheet, data: await encodeImage(drawChannelSheet(raster, options.levels)) });
  }
  await writeFiles(files, { inputs: [input, ...(options.within === undefined ? [] : [options.within])] });
  return {
    input,
    masks,
    ...(sheet === undefined ? {} : { sheet }),
    warnings: [
      ...image.warnings,
      ...colorWarnings(image),
      ...(within?.warnings ?? []),
      ...(raster.channels === 3 && options.channels.includes('alpha')
        ? [`${image.name} has no alpha: it is all white`]
        : []),
    ],
  };
}

/** The files that `channelJob` will write. */
export function channelOutputs(input: string, options: ChannelJobOptions): string[] {
  const { channels, sheet } = pathsOf(input, options);
  return [...channels.map(([, path]) => path), ...(sheet === undefined ? [] : [sheet])];
}

function pathsOf(
  input: string,
  { channels, naming, sheet }: ChannelJobOptions,
): { channels: (readonly [ChannelName, string])[]; sheet: string | undefined } {
  const stem = stemOf(input);
  return {
    channels: channels.map((channel) => [
      channel,
      outputPath(naming, { stem, text: channel, kind: 'channel', ext: 'png' }),
    ]),
    sheet: sheet === true ? outputPath(naming, { stem, text: 'channels', kind: 'sheet', ext: 'png' }) : undefined,
  };
}
