import { z } from 'zod';
import { assertSameSize, type Mask, multiplyAlpha, type Raster, transferAlpha } from '../../raster/index.js';
import { whole } from '../../sources/schema-fields.js';
import { encodeVerified, metadataWarnings } from '../encode-output.js';
import { separateColors } from '../separate-colors.js';
import { type OutputFields, outputFields, type OutputModule } from '../output.js';
import { outputPath } from '../name-output.js';

/** The image with the selected pixels transparent and every color kept. */
export interface InpaintOutput extends OutputFields {
  readonly kind: 'inpaint';
  /** Percent of visibility left to the selected pixels, 0..99. */
  readonly opacity: number;
  /** An edited copy whose transparency is taken as it is, instead of the mask's. */
  readonly alphaFrom?: string | undefined;
}

export const inpaintOutput = {
  needsMask: true,
  schema: (fields) =>
    z
      .strictObject({
        kind: z.literal('inpaint'),
        ...outputFields('{stem}.inpaint.{ext}', fields),
        opacity: whole(0, 99).default(0).describe('percent of visibility left to the selected pixels'),
        alphaFrom: fields.path
          .optional()
          .describe('an edited copy of the image whose transparency is taken exactly, instead of the mask'),
      })
      .describe('the image with the selected pixels transparent, every color kept'),
  reads: ({ alphaFrom }) => (alphaFrom === undefined ? [] : [alphaFrom]),
  plan: (output, naming) => [{ kind: 'inpaint', path: outputPath(output, naming, { kind: 'inpaint' }) }],
  render: async ({ opacity, alphaFrom }, task, [file]) => {
    const image = await task.image();
    const { raster, name } = image;
    let draw: () => Raster;
    if (alphaFrom === undefined) {
      const mask = await task.mask();
      draw = () => eraseAlpha(separateColors(raster, mask, task.decontaminate).rest, mask, opacity);
    } else {
      const edited = await task.open(alphaFrom);
      assertSameSize(alphaFrom, edited.raster, name, raster);
      draw = () => transferAlpha(raster, edited.raster);
    }
    return {
      files: [encodeVerified(file!, draw, { metadata: image, provenance: task.provenance() })],
      warnings: metadataWarnings(file!, image),
      report: { output: file!.path, ...(task.decontaminate ? { decontaminated: true } : {}) },
    };
  },
} satisfies OutputModule<InpaintOutput>;

/** The image with alpha taken away where the mask selects; `opacity` percent of it stays. */
export function eraseAlpha(raster: Raster, mask: Mask, opacity: number): Raster {
  const kept = new Uint8Array(256);
  for (let value = 0; value < 256; value++) {
    kept[value] = Math.round(255 - value * (1 - opacity / 100));
  }
  return multiplyAlpha(raster, mask, kept);
}
