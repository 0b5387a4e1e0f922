import { z } from 'zod';
import { FIT_SIZE_DEFAULTS } from '../../inpaint/targets/fit-size.js';
import type { SizeFit } from '../../inpaint/targets/target.js';
import { findTarget } from '../../inpaint/targets/target-table.js';
import type { Mask } from '../../raster/index.js';
import { checked, flag, text } from '../../sources/schema-fields.js';
import { namesOf } from '../../sources/sources.js';
import { withKinds } from '../encode-output.js';
import { insertPlaceholder } from '../name-output.js';
import { separateColors } from '../separate-colors.js';
import { type ImageNaming, type OutputFields, outputFields, type OutputModule, type RenderedFile } from '../output.js';
import {
  makeTargetFiles,
  plannedTargetFiles,
  type TargetPaths,
  targetPaths,
  type TargetReport,
} from './target-files.js';

/** Exactly the files that a target takes, and the manifest that puts the result back. */
export interface TargetOutput extends OutputFields {
  readonly kind: 'target';
  readonly target: string;
  readonly sizeFit: SizeFit;
  readonly fitTarget: boolean;
  /** A set for each source, or one for all of them combined. */
  readonly masks: 'each' | 'combined';
}

/** How an image is brought to the sizes that a target takes. */
export function targetFields() {
  return {
    sizeFit: z.enum(['pad', 'crop', 'scale']).default(FIT_SIZE_DEFAULTS.fit).describe('how sides become multiples'),
    fitTarget: flag().default(false).describe("meet the target's limits by scaling or padding"),
  };
}

export const targetOutput = {
  needsMask: true,
  schema: (fields) =>
    z
      .strictObject({
        kind: z.literal('target'),
        ...outputFields('{stem}.{kind}.{ext}', fields),
        target: checked(text(), findTarget).describe('invokeai, a1111, comfyui, diffusers, openai ...'),
        ...targetFields(),
        masks: z.enum(['each', 'combined']).default('combined').describe('a set for each source, or one for all'),
      })
      .describe('exactly the files that a target takes, and the manifest that puts the result back'),
  plan: (output, naming) => setsOf(output, naming).flatMap((paths) => plannedTargetFiles(paths)),
  render: async (output, task) => {
    const image = await task.image();
    const choice = { target: findTarget(output.target), fit: output.sizeFit, fitTarget: output.fitTarget };
    const files: RenderedFile[] = [];
    const targets: TargetReport[] = [];
    for (const [index, paths] of setsOf(output, task.naming).entries()) {
      const item = output.masks === 'each' ? (await task.found())[index]! : undefined;
      const mask: Mask = item === undefined ? await task.mask() : await task.operate(item.mask);
      const provenance = item === undefined ? task.provenance() : () => item.provenance;
      const { rest } = separateColors(image.raster, mask, task.decontaminate);
      const made = await makeTargetFiles({ ...image, raster: rest }, mask, choice, {
        input: task.input,
        paths,
        provenance,
      });
      files.push(...withKinds(made.files, plannedTargetFiles(paths)));
      targets.push(made.report);
    }
    return {
      files,
      warnings: targets.flatMap(({ warnings }) => warnings),
      report: output.masks === 'each' ? { targets } : { target: targets[0] },
    };
  },
} satisfies OutputModule<TargetOutput>;

function setsOf(output: TargetOutput, naming: ImageNaming): TargetPaths[] {
  const target = findTarget(output.target);
  if (output.masks === 'combined') {
    return [targetPaths(output, target, naming)];
  }
  const texts = namesOf(naming.sources);
  const named = texts.length > 1 ? { ...output, name: insertPlaceholder(output.name, 'text') } : output;
  return texts.map((text) => targetPaths(named, target, naming, { text }));
}
