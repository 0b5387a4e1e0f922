import { createHeatmap, createMask, type Heatmap, type Mask } from '../../raster/index.js';
import type { Instance, Instances } from './find-instances.js';

/**
 * The heatmap with only some of its instances: pixels of the others become 0, and so do pixels that belong to no
 * instance and whose nearest one, along rows and columns, is not kept. The soft edge of what is kept remains.
 *
 * @param threshold the threshold that the instances were found at
 */
export function keepInstances(
  heatmap: Heatmap,
  { labels, instances }: Instances,
  kept: readonly Instance[],
  threshold: number,
): Heatmap {
  const { width, height, data } = heatmap;
  const out = new Float32Array(data.length);
  if (kept.length === 0) {
    return createHeatmap(width, height, out);
  }
  const isKept = new Uint8Array(instances.length + 1);
  for (const { label } of kept) {
    isKept[label] = 1;
  }
  const nearest = kept.length === instances.length ? undefined : nearestLabels(labels, width, height);
  const limit = Math.fround(threshold);
  for (let i = 0; i < out.length; i++) {
    const value = data[i]!;
    const label = labels[i]!;
    // At or above the threshold without a label: a component that is too small to be an instance.
    if (label === 0 ? value < limit && (nearest === undefined || isKept[nearest[i]!] === 1) : isKept[label] === 1) {
      out[i] = value;
    }
  }
  return createHeatmap(width, height, out);
}

/** The mask of one instance: 255 in it, 0 elsewhere. */
export function instanceMask({ labels, width, height }: Instances, { label }: Instance): Mask {
  const data = new Uint8Array(labels.length);
  for (let i = 0; i < data.length; i++) {
    data[i] = labels[i] === label ? 255 : 0;
  }
  return createMask(width, height, data);
}

/** For each pixel the label of the nearest labelled one, by city block distance in two passes. */
function nearestLabels(labels: Int32Array, width: number, height: number): Int32Array {
  const out = labels.slice();
  const distances = new Int32Array(labels.length);
  const far = width + height;
  for (let i = 0; i < out.length; i++) {
    distances[i] = out[i] === 0 ? far : 0;
  }
  const relax = (i: number, from: number): void => {
    if (distances[from]! + 1 < distances[i]!) {
      distances[i] = distances[from]! + 1;
      out[i] = out[from]!;
    }
  };
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (y > 0) relax(i, i - width);
      if (x > 0) relax(i, i - 1);
    }
  }
  for (let y = height - 1, i = out.length - 1; y >= 0; y--) {
    for (let x = width - 1; x >= 0; x--, i--) {
      if (y < height - 1) relax(i, i + width);
      if (x < width - 1) relax(i, i + 1);
    }
  }
  return out;
}
