import { findInstances, findMaskInstances, type Instance, keepInstances, splitOperations } from '../../engine/index.js';
import { featureTransform } from '../../engine/distance/feature-transform.js';
import type { ImageTask } from '../output.js';
import { createHeatmap, createMask, type Heatmap, type Mask } from '../../raster/index.js';

/** What is separated. */
export interface Selection {
  readonly mask: Mask;
  /** The probability behind the mask, where there is one. */
  readonly heatmap?: Heatmap | undefined;
  /** The probability that the mask was thresholded at. */
  readonly threshold?: number | undefined;
}

/** The instances of a selection, and their masks. */
export interface SeparatedInstances {
  /** The largest first, as `#1`, `#2` in prompts. */
  readonly instances: readonly Instance[];
  /** The instance of each pixel, or 0. */
  readonly labels: () => Int32Array;
  /** The mask of one instance, the remaining operations applied. */
  readonly maskOf: (instance: Instance) => Promise<Mask>;
  /** The probability of one instance, 0 where others are; undefined where there is no probability. */
  readonly heatmapOf: (instance: Instance) => Heatmap | undefined;
}

/**
 * Separates a selection into instances: connected components of what is selected after small components are removed
 * and corrections by hand are made, and before anything grows or fades (see `splitOperations`). Fainter pixels go with the nearest instance. Without
 * operations, instance `k` is what `#k` behind a phrase selects.
 */
export async function separateInstances(
  { mask, heatmap, threshold = 0.5 }: Selection,
  { operations, apply, retouch, splitTouching }: Pick<ImageTask, 'operations' | 'apply' | 'retouch' | 'splitTouching'>,
): Promise<SeparatedInstances> {
  const { whole, each } = splitOperations(operations);
  const selected = retouch(await apply(mask, whole));
  const { width, height, data } = selected;
  const found =
    splitTouching || threshold < LEAST_THRESHOLD
      ? findInstances(probabilityOf(selected, heatmap, threshold), {
          threshold: Math.max(threshold, LEAST_THRESHOLD),
          splitTouching,
        })
      : findMaskInstances(selected, { heatmap, atLeast: threshold });
  const { instances } = found;
  let owners: Int32Array | undefined;
  const maskOf = async ({ label }: Instance): Promise<Mask> => {
    owners ??= addFaintPixels(selected, found.labels);
    const part = createMask(width, height);
    for (let i = 0; i < data.length; i++) {
      part.data[i] = owners[i] === label ? data[i]! : 0;
    }
    return apply(part, each);
  };
  const heatmapOf = (instance: Instance): Heatmap | undefined =>
    heatmap && keepInstances(heatmap, found, [instance], threshold);
  return { instances, labels: () => found.labels, maskOf, heatmapOf };
}

/** At a threshold of 0 everything would be selected. */
const LEAST_THRESHOLD = 1e-6;

/** The probability of what is selected. Pixels that operations added count as just selected. */
function probabilityOf({ width, height, data }: Mask, heatmap: Heatmap | undefined, threshold: number): Heatmap {
  const probability = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    probability[i] = data[i]! < 128 ? 0 : heatmap === undefined ? 1 : Math.max(heatmap.data[i]!, threshold);
  }
  return createHeatmap(width, height, probability);
}

/** The labels, with those of the nearest instance where a pixel is selected faintly (1 to 127). */
function addFaintPixels({ width, height, data }: Mask, labels: Int32Array): Int32Array {
  if (!data.some((value) => value > 0 && value < 128) || !labels.some((label) => label > 0)) {
    return labels;
  }
  const nearest = featureTransform(
    Uint8Array.from(labels, (label) => (label === 0 ? 0 : 1)),
    width,
    height,
  );
  return labels.map((label, i) => (label === 0 && data[i]! > 0 && data[i]! < 128 ? labels[nearest[i]!]! : label));
}

/** A pixel of an instance for its number to stand on: the one nearest to its centroid. */
export function anchorOf(
  labels: Int32Array,
  width: number,
  { label, bounds, centroid }: Instance,
): {
  readonly x: number;
  readonly y: number;
} {
  let nearest = { x: Math.floor(centroid.x), y: Math.floor(centroid.y) };
  if (labels[nearest.y * width + nearest.x] === label) {
    return nearest;
  }
  let least = Infinity;
  for (let y = bounds.y; y < bounds.y + bounds.height; y++) {
    for (let x = bounds.x; x < bounds.x + bounds.width; x++) {
      const distance = (x + 0.5 - centroid.x) ** 2 + (y + 0.5 - centroid.y) ** 2;
      if (distance < least && labels[y * width + x] === label) {
        least = distance;
        nearest = { x, y };
      }
    }
  }
  return nearest;
}
