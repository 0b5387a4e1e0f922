import { describeDepthEnd, selectDepth } from '../depth/select-depth.js';
import { invertMask } from '../engine/index.js';
import type { DecodedImage } from '../io/image/decode-image.js';
import { resizeMask } from '../raster/index.js';
import { readDepthSplitPlan } from './depth-split-plan.js';
import { findDepth } from './find-depth.js';
import { labelOf } from './source-labels.js';
import type { FoundMask, MaskSource } from './sources.js';

/** What lies between two depths of a depth map of the image. Throws what `findDepth` and `selectDepth` throw. */
export async function fromDepth(
  source: Extract<MaskSource, { kind: 'depth' }>,
  image: Pick<DecodedImage, 'raster' | 'name'>,
): Promise<FoundMask> {
  const { near, far, recipe } = source;
  const splits = recipe === undefined ? undefined : (await readDepthSplitPlan(recipe)).splits;
  const { depth, provenance, warnings } = await findDepth(image, {
    kind: 'file',
    path: source.path,
    channel: source.channel,
    depthOrder: source.depthNear && `near-is-${source.depthNear}`,
  });
  const selected = resizeMask(selectDepth(depth, { near, far }, splits), image.raster);
  return {
    label: labelOf(source),
    mask: source.invert === true ? invertMask(selected) : selected,
    warnings,
    provenance: { ...provenance, near: near && describeDepthEnd(near), far: far && describeDepthEnd(far) },
  };
}
