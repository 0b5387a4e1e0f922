import { z } from 'zod';
import { invertMask, thresholdHeatmap } from '../../engine/index.js';
import type { ImageSegmenter } from '../../models/image-segmentation/image-segmenter.js';
import { assertLicense, LICENSE_WAYS } from '../depth/depth-model.js';
import { PROMPT_DEFAULTS } from '../detection/prompt-settings.js';
import { flag, text } from '../schema-fields.js';
import { type SourceFields, sourceFields, type SourceModule } from '../source.js';
import { labelsOfParts, modelOfParts } from './part-names.js';

/** Parts of people by a model that labels pixels: hair, face, clothes; several together are one selection. */
export interface PartSource extends SourceFields {
  readonly kind: 'part';
  readonly parts: readonly string[];
  readonly model?: string | undefined;
  readonly acceptLicense?: boolean | undefined;
  /** Another image of the same size that it is found in. */
  readonly image?: string | undefined;
}

/** The probability from which a pixel belongs to the parts: their label is the largest. */
const THRESHOLD = 0.5;

export const partSource = {
  schema: ({ model, path }) =>
    z
      .strictObject({
        kind: z.literal('part'),
        parts: z.array(text()).min(1).describe('hair, face, eyes, lips, skin, clothes, or labels of the model'),
        model: model
          .optional()
          .describe('face-parsing, clothes, a hub id or a folder; chosen by the parts where left out'),
        acceptLicense: flag().optional().describe('for models that are not for commercial use'),
        image: path.optional().describe('another image of the same size that it is found in'),
        ...sourceFields(),
      })
      .transform((source) => [source]),
  label: ({ parts }) => parts.join('+'),
  files: ({ image }) => (image === undefined ? [] : [image]),
  find: async (sources, image, settings) => {
    const { raster } = await image.decoded();
    const { refine = PROMPT_DEFAULTS.refine } = settings.prompt;
    return Promise.all(
      sources.map(async ({ parts, model = modelOfParts(parts), acceptLicense, invert }) => {
        assertLicense({ model }, { acceptLicense }, LICENSE_WAYS);
        const segmenter: ImageSegmenter = await settings.models.imageSegmenter({ model }, 'image-segmentation');
        const wanted = labelsOfParts(parts, segmenter.labels, model);
        const { fitToSize } = await import('../../io/image/fit-to-size.js');
        const { toPart } = await import('../../models/image-segmentation/image-segmenter.js');
        const { enlargeHeatmap } = await import('../detection/enlarge-heatmap.js');
        const pixels = fitToSize(raster, segmenter.inputSize(raster), segmenter.filter);
        const planes = await segmenter.segment(pixels, { signal: settings.signal });
        const heatmap = enlargeHeatmap(toPart(planes, wanted), raster, refine, THRESHOLD);
        const mask = thresholdHeatmap(heatmap, THRESHOLD);
        return {
          label: parts.join('+'),
          mask: invert === true ? invertMask(mask) : mask,
          heatmap,
          warnings: [],
          provenance: { parts, model: segmenter.identity, refine, invert },
        };
      }),
    );
  },
} satisfies SourceModule<PartSource>;
