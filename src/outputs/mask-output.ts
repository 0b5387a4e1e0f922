import { z } from 'zod';
import { MaskwrightError } from '../errors.js';
import { maskForTarget } from '../inpaint/targets/mask-for-target.js';
import { findTarget } from '../inpaint/targets/target-table.js';
import type { Mask, Raster } from '../raster/index.js';
import { checked, text } from '../sources/schema-fields.js';
import { encodeOutput } from './encode-output.js';
import { type OutputFields, outputFields, type OutputModule } from './output.js';
import { outputPath } from './name-output.js';

/** The mask, white = selected. */
export interface MaskOutput extends OutputFields {
  readonly kind: 'mask';
  /** The target whose convention it is written in. */
  readonly target?: string | undefined;
}

export const maskOutput = {
  needsMask: true,
  schema: (fields) =>
    z
      .strictObject({
        kind: z.literal('mask'),
        ...outputFields('{stem}.mask.{ext}', fields),
        target: checked(text(), findTarget).optional().describe('the target whose convention it is written in'),
      })
      .describe('the mask, white = selected'),
  plan: (output, naming) => [{ kind: 'mask', path: outputPath(output, naming, { kind: 'mask' }) }],
  render: async (output, task, [file]) => {
    const mask = await task.mask();
    const drawn = output.target === undefined ? mask : maskAlone(mask, output.target);
    return {
      files: [encodeOutput(file!, drawn, { provenance: task.provenance() })],
      report: { mask: file!.path },
    };
  },
} satisfies OutputModule<MaskOutput>;

/** A mask without its image. Throws `USAGE` for a target that takes no mask of its own. */
function maskAlone(mask: Mask, name: string): Mask | Raster {
  const target = findTarget(name);
  const { file } = maskForTarget(mask, target);
  if (file === undefined) {
    throw new MaskwrightError(
      'USAGE',
      `${target.title} reads the mask from the image's transparency: it takes no mask file`,
      { hint: 'name the image: --image photo.png' },
    );
  }
  return file;
}
