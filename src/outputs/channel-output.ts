import { assertSameSize } from '../raster/index.js';
import { z } from 'zod';
import { CHANNEL_MASK_DEFAULTS, channelMask, type ChannelMaskOptions } from '../engine/color/channel-mask.js';
import { type ChannelName, parseChannel } from '../engine/color/channel-names.js';
import { decodeMask } from '../io/image/decode-image.js';
import { drawChannelSheet } from '../render/channel-sheet.js';
import { checked, flag, number, text, whole } from '../sources/schema-fields.js';
import { encodeOutput } from './encode-output.js';
import { type MaskMeasure, measureMask } from './measure-mask.js';
import {
  type ImageNaming,
  type OutputFields,
  outputFields,
  type OutputModule,
  type PlannedFile,
  type RenderedFile,
} from './output.js';
import { outputPath } from './name-output.js';

export interface ChannelReport extends MaskMeasure {
  readonly channel: ChannelName;
  readonly file: string;
}

/** The masks of channels, and the sheet of all channels. */
export interface ChannelsReport {
  readonly masks: readonly ChannelReport[];
  readonly sheet: string | undefined;
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
        channels: z.array(checked(text(), parseChannel)).default([]).describe('lab.l, hsv.s, luma, alpha ...'),
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
  plan: (output, naming) => [
    ...planChannels(output, naming).map(([, file]) => file),
    ...[planSheet(output, naming) ?? []].flat(),
  ],
  render: async (output, task) => {
    const image = await task.image();
    const { raster } = image;
    const { normalize, blackPoint, whitePoint, grayPoint, invert, within } = output;
    const levels = { normalize, blackPoint, whitePoint, grayPoint, invert };
    const limit = within === undefined ? undefined : await decodeMask(within);
    if (limit !== undefined) {
      assertSameSize(within!, limit.mask, image.name, raster);
    }
    const files: RenderedFile[] = [];
    const masks: ChannelReport[] = [];
    for (const [channel, file] of planChannels(output, task.naming)) {
      const mask = channelMask(raster, channel, { ...levels, within: limit?.mask });
      files.push(encodeOutput(file, mask, { provenance: task.provenance({ channel, ...levels }) }));
      masks.push({ channel, ...measureMask(mask), file: file.path });
    }
    const sheet = planSheet(output, task.naming);
    if (sheet !== undefined) {
      files.push(encodeOutput(sheet, () => drawChannelSheet(raster, levels), {}));
    }
    const opaque = raster.channels === 3 && output.channels.includes('alpha');
    return {
      files,
      warnings: [...(limit?.warnings ?? []), ...(opaque ? [`${image.name} has no alpha: it is all white`] : [])],
      report: { masks, sheet: sheet?.path } satisfies ChannelsReport,
    };
  },
} satisfies OutputModule<ChannelOutput>;

/** `{text}` in a name is the channel, or `channels` for the sheet of all. */
function planChannels(output: ChannelOutput, naming: ImageNaming): (readonly [ChannelName, PlannedFile])[] {
  const extra = output.channels.length > 1 || output.sheet;
  return output.channels.map(parseChannel).map((channel) => {
    const kind = output.name.includes('{text}') ? 'channel' : channel;
    return [
      channel,
      { kind: 'channel', path: outputPath(output, naming, { kind, text: channel, extra: extra && kind === channel }) },
    ];
  });
}

function planSheet(output: ChannelOutput, naming: ImageNaming): PlannedFile | undefined {
  const extra = output.channels.length > 0 && !output.name.includes('{text}');
  return output.sheet
    ? { kind: 'sheet', path: outputPath(output, naming, { kind: 'sheet', text: 'channels', extra }) }
    : undefined;
}
