import { z } from 'zod';
import { invertMask } from '../engine/index.js';
import { stemOf } from '../io/files/output-names.js';
import { assertSameSize, toAlphaPlane } from '../raster/index.js';
import { type SourceFields, sourceFields, type SourceModule } from './source.js';

/** What is transparent in an edited copy of the image. */
export interface AlphaSource extends SourceFields {
  readonly kind: 'alpha';
  readonly path: string;
}

export const alphaSource = {
  schema: ({ path }) =>
    z
      .strictObject({
        kind: z.literal('alpha'),
        path: path.describe('an edited copy of the image: what is transparent in it is selected'),
        ...sourceFields(),
      })
      .transform((source) => [source]),
  label: ({ path }) => stemOf(path),
  files: ({ path }) => [path],
  find: (sources, image, settings) =>
    Promise.all(
      sources.map(async ({ path, invert }) => {
        const { raster, warnings } = await settings.open(path).decoded();
        assertSameSize(path, raster, image.name, await image.size());
        const alpha = toAlphaPlane(raster);
        const opaque = alpha.data.every((value) => value === 255);
        return {
          label: path,
          mask: invert === true ? alpha : invertMask(alpha),
          warnings: [...warnings, ...(opaque ? [`${path} has no transparency: there is nothing to inpaint`] : [])],
          provenance: { transparency: path },
        };
      }),
    ),
} satisfies SourceModule<AlphaSource>;
