import type { Size } from '../../raster/index.js';
import type { Instance, Instances } from './find-instances.js';

/** Every `InstanceOrder`. */
export const INSTANCE_ORDERS = ['largest', 'smallest', 'left', 'right', 'top', 'bottom', 'center'] as const;

/**
 * By what instances are ordered: area, the centroid's distance from a side of the image, or its distance from the
 * center of the image.
 */
export type InstanceOrder = (typeof INSTANCE_ORDERS)[number];

/** Which of several instances: those from rank `first` to rank `last` in an order. Ranks begin at 1. */
export interface InstanceSelector {
  readonly order: InstanceOrder;
  readonly first: number;
  readonly last: number;
}

/**
 * The instances in an order. Equal ones are ordered by area in descending order, then by their first pixels, so that
 * the order is the same in every run.
 */
export function orderInstances({ instances, width, height }: Instances, order: InstanceOrder): Instance[] {
  const keys = new Map(instances.map((instance) => [instance, keyOf(instance, order, { width, height })]));
  return instances.toSorted((a, b) => keys.get(a)! - keys.get(b)! || a.label - b.label);
}

/**
 * The instances that a selector names, in its order: fewer than it asks for where there are fewer, none where its
 * first rank is beyond the last instance.
 *
 * @example
 * import { findInstances, type Heatmap, type Instance, selectInstances } from 'maskwright/engine';
 *
 * const leftmost = (heatmap: Heatmap): Instance | undefined =>
 *   selectInstances(findInstances(heatmap), { order: 'left', first: 1, last: 1 })[0];
 */
export function selectInstances(instances: Instances, { order, first, last }: InstanceSelector): Instance[] {
  return orderInstances(instances, order).slice(first - 1, last);
}

function keyOf({ area, centroid }: Instance, order: InstanceOrder, { width, height }: Size): number {
  switch (order) {
    case 'largest':
      return -area;
    case 'smallest':
      return area;
    case 'left':
      return centroid.x;
    case 'right':
      return -centroid.x;
    case 'top':
      return centroid.y;
    case 'bottom':
      return -centroid.y;
    case 'center':
      return Math.hypot(centroid.x - width / 2, centroid.y - height / 2);
  }
}
