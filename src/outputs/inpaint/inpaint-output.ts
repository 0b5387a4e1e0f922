import { z } from 'zod';
import type { DecodedImage } from '../../io/image/decode-image.js';
import type { Drawing } from '../../io/image/image-content.js';
import { drawByRows } from '../../io/image/row-drawing.js';
import { assertSameSize, type Mask, multiplyAlpha, type Raster, transferAlpha, viewRows } from '../../raster/index.js';
import { whole } from '../../sources/schema-fields.js';
import { encodeVerified, metadataWarnings } from '../encode-output.js';
import { separateColors } from '../separate-colors.js';
import { type ImageTask, type OutputFields, outputFields, type OutputModule } from '../output.js';
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
    const { raster } = image;
    const draw =
      alphaFrom === undefined ? await drawErased(raster, task, opacity) : await drawWithAlphaOf(image, alphaFrom, task);
    return {
      files: [encodeVerified(file!, draw, { metadata: image, provenance: task.provenance() })],
      warnings: metadataWarnings(file!, image),
      report: { output: file!.path, ...(task.decontaminate ? { decontaminated: true } : {}) },
    };
  },
} satisfies OutputModule<InpaintOutput>;

async function drawWithAlphaOf(
  { raster, name }: DecodedImage,
  path: string,
  task: ImageTask,
): Promise<Drawing<Raster>> {
  const { raster: edited } = await task.open(path);
  assertSameSize(path, edited, name, raster);
  return () => drawByRows(raster, (from, to) => transferAlpha(viewRows(raster, from, to), viewRows(edited, from, to)));
}

async function drawErased(raster: Raster, task: ImageTask, opacity: number): Promise<Drawing<Raster>> {
  const mask = await task.mask();
  const { decontaminate } = task;
  return () => {
    const { rest } = separateColors(raster, mask, decontaminate);
    return drawByRows(raster, (from, to) => eraseAlpha(viewRows(rest, from, to), viewRows(mask, from, to), opacity));
  };
}

/** The image with alpha taken away where the mask selects; `opacity` percent of it stays. */
export function eraseAlpha(raster: Raster, mask: Mask, opacity: number): Raster {
  const kept = new Uint8Array(256);
  for (let value = 0; value < 256; value++) {
    kept[value] = Math.round(255 - value * (1 - opacity / 100));
  }
  return multiplyAlpha(raster, mask, kept);
}
