import { z } from 'zod';
import { invertMask } from '../../engine/index.js';
import type { ImageSegmenter } from '../../models/image-segmentation/image-segmenter.js';
import { createMask, resizeMask } from '../../raster/index.js';
import { assertLicense, LICENSE_WAYS } from '../depth/depth-model.js';
import { flag } from '../schema-fields.js';
import { SUBJECT_MODEL_DEFAULT } from './subject-defaults.js';
import { type SourceFields, sourceFields, type SourceModule } from '../source.js';

/** What stands in front, by a model for background removal. The mask is soft, as hair is. */
export interface SubjectSource extends SourceFields {
  readonly kind: 'subject';
  readonly model?: string | undefined;
  readonly acceptLicense?: boolean | undefined;
  /** Another image of the same size that it is found in. */
  readonly image?: string | undefined;
}

export const subjectSource = {
  schema: ({ model, path }) =>
    z
      .strictObject({
        kind: z.literal('subject'),
        model: model.optional().describe('birefnet-lite, ben2, ormbg, modnet, a hub id or a folder'),
        acceptLicense: flag().optional().describe('for models that are not for commercial use'),
        image: path.optional().describe('another image of the same size that it is found in'),
        ...sourceFields(),
      })
      .transform((source) => [source]),
  label: () => 'subject',
  files: ({ image }) => (image === undefined ? [] : [image]),
  find: async (sources, image, { models, signal }) => {
    const { raster } = await image.decoded();
    return Promise.all(
      sources.map(async ({ model = SUBJECT_MODEL_DEFAULT, acceptLicense, invert }) => {
        assertLicense({ model }, { acceptLicense }, LICENSE_WAYS);
        const segmenter: ImageSegmenter = await models.imageSegmenter({ model }, 'background-removal');
        const { fitToSize } = await import('../../io/image/fit-to-size.js');
        const { toSubject } = await import('../../models/image-segmentation/image-segmenter.js');
        const pixels = fitToSize(raster, segmenter.inputSize(raster), segmenter.filter);
        const { width, height, data } = toSubject(await segmenter.segment(pixels, { signal }));
        const small = createMask(
          width,
          height,
          Uint8Array.from(data, (value) => Math.round(255 * value)),
        );
        const mask = resizeMask(small, raster);
        return {
          label: 'subject',
          mask: invert === true ? invertMask(mask) : mask,
          warnings: [],
          provenance: { subject: segmenter.identity, invert },
        };
      }),
    );
  },
} satisfies SourceModule<SubjectSource>;
