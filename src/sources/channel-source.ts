import { z } from 'zod';
import { MaskwrightError } from '../errors.js';
import { channelMask, type ChannelMaskOptions } from '../engine/color/channel-mask.js';
import { type ChannelName, parseChannel } from '../engine/color/channel-names.js';
import { invertMask } from '../engine/index.js';
import { checked, text } from './schema-fields.js';
import { type SourceFields, sourceFields, type SourceModule } from './source.js';

/** A channel of the image itself. */
export interface ChannelSource extends SourceFields {
  readonly kind: 'channel';
  readonly channel: ChannelName;
  readonly normalize?: ChannelMaskOptions['normalize'];
  /** Another image of the same size whose channel it is. */
  readonly image?: string | undefined;
}

export const channelSource = {
  schema: ({ path }) =>
    z
      .strictObject({
        kind: z.literal('channel'),
        channel: checked(text(), parseChannel).describe('a channel of the image: hsv.s, lab.a, luma, alpha'),
        normalize: z.enum(['clip', 'off']).optional().describe('clip: stretch it from black to white'),
        image: path.optional().describe('another image of the same size whose channel it is'),
        ...sourceFields(),
      })
      .transform((source) => [{ ...source, channel: parseChannel(source.channel) }]),
  label: ({ channel }) => channel,
  files: ({ image }) => (image === undefined ? [] : [image]),
  find: async (sources, image) => {
    const { raster } = await image.decoded();
    return sources.map(({ channel, normalize, invert }) => {
      if (channel === 'alpha' && invert === true && raster.channels === 3) {
        throw new MaskwrightError('INPUT_FORMAT', `${image.name} has no transparency, which is to be the selection`, {
          hint: 'select by words (-p hair), by a mask file (-m mask.png), or by hand (--point, --box)',
        });
      }
      const mask = channelMask(raster, channel, { normalize });
      return {
        label: channel,
        mask: invert === true ? invertMask(mask) : mask,
        warnings: [],
        provenance: { channel, normalize, invert },
      };
    });
  },
} satisfies SourceModule<ChannelSource>;
