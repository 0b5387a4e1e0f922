import { colorWarnings } from './color-warning.js';
import { z } from 'zod';
import { CHANNEL_MASK_DEFAULTS, channelMask, type ChannelMaskOptions } from '../engine/color/channel-mask.js';
import { type ChannelName, parseChannel } from '../engine/color/channel-names.js';
import { checked, flag, number, text as textField, whole } from '../sources/schema-fields.js';
import { withKinds } from './encode-output.js';
import { type ImageNaming, type OutputFields, outputFields, type OutputModule, type PlannedFile } from './output.js';
import { outputPath } from './output-path.js';
import { drawChannelSheet } from '../render/channel-sheet.js';
import { MaskwrightError } from '../errors.js';
import { type DecodedImage, decodeImage, decodeMask } from '../io/image/decode-image.js';
import { encodeImage, formatForPath } from '../io/image/encode-image.js';
import { type OutputFile, writeFiles } from '../io/files/write-files.js';
import type { Bounds } from '../raster/index.js';
import { measureMask } from './measure-mask.js';
import { type NamingOptions, outputPath as namedPath, stemOf } from '../io/files/output-names.js';
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
      namedPath(naming, { stem, text: channel, kind: 'channel', ext: 'png' }),
    ]),
    sheet: sheet === true ? namedPath(naming, { stem, text: 'channels', kind: 'sheet', ext: 'png' }) : undefined,
  };
}

/** Channels of the image, each by itself. */
export interface ChannelOutput extends OutputFields, Omit<ChannelMaskOptions, 'within'> {
  readonly kind: 'channel';
  readonly channels: readonly string[];
  readonly sheet: boolean;
  readonly within?: string | undefined;
}

export const channelOutput = {
  needsMask: false,
  schema: (fields) =>
    z
      .strictObject({
        kind: z.literal('channel'),
        ...outputFields('{stem}.{text}.{ext}', fields),
        channels: z.array(checked(textField(), parseChannel)).default([]).describe('lab.l, hsv.s, luma, alpha ...'),
        sheet: flag().default(false).describe('also one image of all channels, to choose by'),
        normalize: z.enum(['clip', 'off']).default(CHANNEL_MASK_DEFAULTS.normalize).describe('clip: black to white'),
        blackPoint: whole(0, 255).default(CHANNEL_MASK_DEFAULTS.blackPoint).describe('the value that becomes black'),
        whitePoint: whole(0, 255).default(CHANNEL_MASK_DEFAULTS.whitePoint).describe('the value that becomes white'),
        grayPoint: number(0.01, 9.99).default(CHANNEL_MASK_DEFAULTS.grayPoint).describe('gamma'),
        invert: flag().default(CHANNEL_MASK_DEFAULTS.invert).describe('invert the mask'),
        within: fields.path.optional().describe('keep only what this mask selects; left out, the alpha of the image'),
      })
      .superRefine(({ channels, sheet }, context) => {
        if (channels.length === 0 && !sheet) {
          context.addIssue({ code: 'custom', path: ['channels'], message: 'missing, and there is no sheet either' });
        }
      })
      .describe('channels of the image as masks: as the command channel'),
  reads: ({ within }) => (within === undefined ? [] : [within]),
  plan: (output, naming) => plannedFiles(pathsOf(output, naming)),
  render: async (output, task) => {
    const image = await task.image();
    const { normalize, blackPoint, whitePoint, grayPoint, invert, within } = output;
    const levels = { normalize, blackPoint, whitePoint, grayPoint, invert };
    const paths = pathsOf(output, task.naming);
    const { files, masks, warnings } = await makeChannels(image, paths, {
      levels,
      within,
      provenance: task.provenance()(),
    });
    return { files: withKinds(files, plannedFiles(paths)), warnings, report: { masks, sheet: paths.sheet } };
  },
} satisfies OutputModule<ChannelOutput>;

function pathsOf(output: ChannelOutput, naming: ImageNaming): ChannelPaths {
  const pathOf = (text: string, kind: string): string => outputPath(output, naming, { kind, text });
  return {
    channels: output.channels.map(parseChannel).map((channel) => [channel, pathOf(channel, 'channel')]),
    sheet: output.sheet ? pathOf('channels', 'sheet') : undefined,
  };
}

function plannedFiles({ channels, sheet }: ChannelPaths): PlannedFile[] {
  return [
    ...channels.map(([, path]) => ({ kind: 'channel', path })),
    ...(sheet === undefined ? [] : [{ kind: 'sheet', path: sheet }]),
  ];
}
