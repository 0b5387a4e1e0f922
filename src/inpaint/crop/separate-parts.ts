import { connectedComponents } from '../../engine/index.js';
import { featureTransform } from '../../engine/distance/feature-transform.js';
import { createMask, type Mask } from '../../raster/index.js';

/**
 * A mask for each connected component of what is selected (128 and more), in the order of their first pixels.
 * Fainter pixels go with the nearest component; where none is selected there are no parts.
 */
export function separateParts(mask: Mask): Mask[] {
  const { width, height, data } = mask;
  const { labels, components } = connectedComponents(mask);
  if (components.length === 0) {
    return [];
  }
  const nearest = featureTransform(
    Uint8Array.from(labels, (label) => (label === 0 ? 0 : 1)),
    width,
    height,
  );
  const parts = components.map(() => createMask(width, height));
  for (let i = 0; i < data.length; i++) {
    if (data[i] !== 0) {
      parts[labels[nearest[i]!]! - 1]!.data[i] = data[i]!;
    }
  }
  return parts;
}
