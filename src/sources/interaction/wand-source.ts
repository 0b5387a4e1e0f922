import { z } from 'zod';
import { invertMask, MAGIC_WAND_DEFAULTS, magicWand } from '../../engine/index.js';
import { checked, flag, number, text } from '../schema-fields.js';
import { parsePoint } from './parse-seeds.js';
import { type SourceFields, sourceFields, type SourceModule } from '../source.js';

/** The pixels whose color is that of a point. */
export interface WandSource extends SourceFields {
  readonly kind: 'wand';
  /** `x,y`, in pixels or percent of the image. */
  readonly point: string;
  readonly tolerance?: number | undefined;
  readonly contiguous?: boolean | undefined;
  /** Another image of the same size that it is found in. */
  readonly image?: string | undefined;
}

export const wandSource = {
  schema: ({ path }) =>
    z
      .strictObject({
        kind: z.literal('wand'),
        point: checked(text(), parsePoint).describe('x,y of a pixel of the color, in pixels or percent'),
        tolerance: number(0, 100)
          .default(MAGIC_WAND_DEFAULTS.tolerance)
          .describe('largest difference of a channel, in percent'),
        contiguous: flag()
          .default(MAGIC_WAND_DEFAULTS.contiguous)
          .describe('only pixels that are connected with the point'),
        image: path.optional().describe('another image of the same size that it is found in'),
        ...sourceFields(),
      })
      .transform((source) => [source]),
  label: () => 'wand',
  files: ({ image }) => (image === undefined ? [] : [image]),
  find: async (sources, image) => {
    const { raster } = await image.decoded();
    return sources.map(({ point, tolerance, contiguous, invert }) => {
      const mask = magicWand(raster, parsePoint(point)(raster), { tolerance, contiguous });
      return {
        label: 'wand',
        mask: invert === true ? invertMask(mask) : mask,
        warnings: [],
        provenance: { point, tolerance, contiguous, invert },
      };
    });
  },
} satisfies SourceModule<WandSource>;
