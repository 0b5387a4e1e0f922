import { z } from 'zod';
import {
  type DepthEnd,
  type DepthSelection,
  describeDepthEnd,
  parseDepthEnd,
  selectDepth,
} from '../depth/select-depth.js';
import { invertMask } from '../engine/index.js';
import { stemOf } from '../io/files/output-names.js';
import { resizeMask } from '../raster/index.js';
import { type DepthFileFields, depthFileFields, readOptionsOf } from './depth/depth-file-fields.js';
import { checked, text } from './schema-fields.js';
import { type FoundMask, type SourceFields, sourceFields, type SourceImage, type SourceModule } from './source.js';

/** What lies between two depths of a depth map of the image. */
export interface DepthRangeSource extends SourceFields, DepthSelection, DepthFileFields {
  readonly kind: 'depth';
  readonly path: string;
  /** A depth split plan, saved by the `depth` command, whose splits have names. */
  readonly splitPlan?: string | undefined;
}

export const depthSource = {
  schema: ({ path }) =>
    z
      .strictObject({
        kind: z.literal('depth'),
        path: path.describe('a depth map; {stem} stands for the name of each image'),
        near: checked(text(), parseDepthEnd).optional().describe('2.5 (as in the file), 20% (of the pixels), a split'),
        far: checked(text(), parseDepthEnd).optional().describe('the far end, in the same ways'),
        ...depthFileFields(),
        splitPlan: path.optional().describe('a depth split plan, whose splits have names'),
        ...sourceFields(),
      })
      .transform((source) => [{ ...source, near: endOf(source.near), far: endOf(source.far) }]),
  label: labelOf,
  files: ({ path, splitPlan }) => (splitPlan === undefined ? [path] : [path, splitPlan]),
  find: (sources, image) => Promise.all(sources.map((source) => findOne(source, image))),
} satisfies SourceModule<DepthRangeSource>;

/** Throws what `findDepth` and `selectDepth` throw. */
async function findOne(source: DepthRangeSource, image: SourceImage): Promise<FoundMask> {
  const { near, far, splitPlan } = source;
  const [{ findDepth }, { readDepthSplitPlan }] = await Promise.all([
    import('./depth/find-depth.js'),
    import('./depth/depth-split-plan.js'),
  ]);
  const splits = splitPlan === undefined ? undefined : (await readDepthSplitPlan(splitPlan)).splits;
  const { depth, provenance, warnings } = await findDepth(image, {
    kind: 'file',
    path: source.path,
    ...readOptionsOf(source),
  });
  const selected = resizeMask(selectDepth(depth, { near, far }, splits), await image.size());
  return {
    label: labelOf(source),
    mask: source.invert === true ? invertMask(selected) : selected,
    warnings,
    provenance: {
      ...provenance,
      near: near && describeDepthEnd(near),
      far: far && describeDepthEnd(far),
      invert: source.invert,
    },
  };
}

function labelOf({ path, near, far }: DepthRangeSource): string {
  return `${stemOf(path)} ${[near, far].map((end) => (end === undefined ? '' : describeDepthEnd(end))).join('-')}`;
}

function endOf(text: string | undefined): DepthEnd | undefined {
  return text === undefined ? undefined : parseDepthEnd(text);
}
