import { colorWarnings } from './color-warning.js';
import { channelMask, type ChannelMaskOptions } from '../engine/color/channel-mask.js';
import type { ChannelName } from '../engine/color/channel-names.js';
import { drawChannelSheet } from '../render/channel-sheet.js';
import { MaskwrightError } from '../errors.js';
import { type DecodedImage, decodeImage, decodeMask } from '../io/image/decode-image.js';
import { encodeImage, formatForPath } from '../io/image/encode-image.js';
import { type OutputFile, writeFiles } from '../io/files/write-files.js';
import type { Bounds } from '../raster/index.js';
import { measureMask } from './mask-output.js';
import { type NamingOptions, outputPath, stemOf } from '../io/files/output-names.js';
import { type Provenance, provenanceText } from '../io/image/provenance.js';

export interface ChannelJobOptions {
  readonly channels: readonly ChannelName[];
  readonly levels: Omit<ChannelMaskOptions, 'within'>;
  /** A mask file: only what it selects is kept. Default: the image's own alpha. */
  readonly within?: string | undefined;
  /** Also a contact sheet of all channels. */
  readonly sheet?: boolean | undefined;
  readonly naming: NamingOptions;
  readonly provenance: Provenance;
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

/** Where an image's channels are written, and their contact sheet. */
export interface ChannelPaths {
  readonly channels: readonly (readonly [ChannelName, string])[];
  readonly sheet: string | undefined;
}

/** Writes channels of an image as masks, white = selected, and a contact sheet of all where it is asked for. */
export async function channelJob(input: string, options: ChannelJobOptions): Promise<ChannelResult> {
  const inputs = [input, ...(options.within === undefined ? [] : [options.within])];
  const image = await decodeImage(input);
  const paths = channelPaths(stemOf(input), options);
  const { files, masks, warnings } = await makeChannels(image, paths, options);
  await writeFiles(files, { inputs });
  return {
    input,
    masks,
    ...(paths.sheet === undefined ? {} : { sheet: paths.sheet }),
    warnings: [...image.warnings, ...colorWarnings(image), ...warnings],
  };
}

/** The channels of an image, encoded. Throws `SIZE_MISMATCH` and what reading a mask throws. */
export async function makeChannels(
  image: Pick<DecodedImage, 'raster' | 'name'>,
  { channels, sheet }: ChannelPaths,
  options: Pick<ChannelJobOptions, 'levels' | 'within' | 'provenance'>,
): Promise<{ readonly files: OutputFile[]; readonly masks: ChannelReport[]; readonly warnings: string[] }> {
  const { raster } = image;
  const within = options.within === undefined ? undefined : await decodeMask(options.within);
  if (within !== undefined && (within.mask.width !== raster.width || within.mask.height !== raster.height)) {
    throw new MaskwrightError(
      'SIZE_MISMATCH',
      `the mask ${options.within} is ${within.mask.width} x ${within.mask.height}, the image ${image.name} is ${raster.width} x ${raster.height}`,
      { hint: 'use a mask of the same size' },
    );
  }
  const masks: ChannelReport[] = [];
  const files: OutputFile[] = [];
  for (const [channel, file] of channels) {
    const mask = channelMask(raster, channel, { ...options.levels, within: within?.mask });
    const text = provenanceText({ ...options.provenance, channel, ...options.levels });
    files.push({ path: file, data: await encodeImage(mask, { format: formatForPath(file), text }) });
    masks.push({ channel, ...measureMask(mask), file });
  }
  if (sheet !== undefined) {
    const drawn = drawChannelSheet(raster, options.levels);
    files.push({ path: sheet, data: await encodeImage(drawn, { format: formatForPath(sheet) }) });
  }
  const opaque = raster.channels === 3 && channels.some(([channel]) => channel === 'alpha');
  return {
    files,
    masks,
    warnings: [...(within?.warnings ?? []), ...(opaque ? [`${image.name} has no alpha: it is all white`] : [])],
  };
}

/** The files that `channelJob` will write. */
export function channelOutputs(input: string, options: ChannelJobOptions): string[] {
  const { channels, sheet } = channelPaths(stemOf(input), options);
  return [...channels.map(([, path]) => path), ...(sheet === undefined ? [] : [sheet])];
}

/** `{text}` in a name is the channel, or `channels` for the sheet of all. */
export function channelPaths(
  stem: string,
  { channels, naming, sheet }: Pick<ChannelJobOptions, 'channels' | 'naming' | 'sheet'>,
): ChannelPaths {
  return {
    channels: channels.map((channel) => [
      channel,
      outputPath(naming, { stem, text: channel, kind: 'channel', ext: 'png' }),
    ]),
    sheet: sheet === true ? outputPath(naming, { stem, text: 'channels', kind: 'sheet', ext: 'png' }) : undefined,
  };
}
