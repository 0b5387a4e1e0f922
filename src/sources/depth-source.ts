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
import { checked, text } from './schema-fields.js';
import { type FoundMask, type SourceFields, sourceFields, type SourceImage, type SourceModule } from './source.js';

/** What lies between two depths of a depth map of the image. */
export interface DepthRangeSource extends SourceFields, DepthSelection {
  readonly kind: 'depth';
  readonly path: string;
  /** Which channel of an EXR file; the one that looks like depth where left out. */
  readonly channel?: string | undefined;
  /** Which values of the file are near; by its format where left out. */
  readonly depthNear?: 'small' | 'large' | undefined;
  /** A split plan of the `depth` command, whose splits have names. */
  readonly recipe?: string | undefined;
}

export const depthSource = {
  schema: ({ path }) =>
    z
      .strictObject({
        kind: z.literal('depth'),
        path: path.describe('a depth map; {stem} stands for the name of each image'),
        near: checked(text(), parseDepthEnd).optional().describe('2.5 (as in the file), 20% (of the pixels), a split'),
        far: checked(text(), parseDepthEnd).optional().describe('the far end, in the same ways'),
        channel: text().optional().describe('which channel of an EXR file'),
        depthNear: z.enum(['small', 'large']).optional().describe('which values of the file are near'),
        recipe: path.optional().describe('a split plan of the depth command, whose splits have names'),
        ...sourceFields(),
      })
      .transform((source) => [{ ...source, near: endOf(source.near), far: endOf(source.far) }]),
  label: labelOf,
  files: ({ path, recipe }) => (recipe === undefined ? [path] : [path, recipe]),
  find: (sources, image) => Promise.all(sources.map((source) => findOne(source, image))),
} satisfies SourceModule<DepthRangeSource>;

/** Throws what `findDepth` and `selectDepth` throw. */
async function findOne(source: DepthRangeSource, image: SourceImage): Promise<FoundMask> {
  const { near, far, recipe } = source;
  const [{ findDepth }, { readDepthSplitPlan }] = await Promise.all([
    import('./depth/find-depth.js'),
    import('./depth/depth-split-plan.js'),
  ]);
  const { raster, name } = await image.decoded();
  const splits = recipe === undefined ? undefined : (await readDepthSplitPlan(recipe)).splits;
  const { depth, provenance, warnings } = await findDepth(
    { raster, name },
    {
      kind: 'file',
      path: source.path,
      channel: source.channel,
      depthOrder: source.depthNear && `near-is-${source.depthNear}`,
    },
  );
  const selected = resizeMask(selectDepth(depth, { near, far }, splits), raster);
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
