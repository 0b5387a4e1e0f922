import { z } from 'zod';
import { encodeOutput } from './encode-output.js';
import { type OutputFields, outputFields, type OutputModule } from './output.js';
import { outputPath } from './name-output.js';

/** The trimap that `matte` solves: 0 background, 128 unknown, 255 selected. */
export interface TrimapOutput extends OutputFields {
  readonly kind: 'trimap';
}

export const trimapOutput = {
  needsMask: true,
  schema: (fields) =>
    z
      .strictObject({ kind: z.literal('trimap'), ...outputFields('{stem}.trimap.{ext}', fields) })
      .describe('the trimap that matte solves: black and white are certain, gray is unknown'),
  plan: (output, naming) => [{ kind: 'trimap', path: outputPath(output, naming, { kind: 'trimap' }) }],
  render: async (_, task, [file]) => ({
    files: [encodeOutput(file!, await task.trimap(), { provenance: task.provenance() })],
    report: { trimap: file!.path },
  }),
} satisfies OutputModule<TrimapOutput>;
