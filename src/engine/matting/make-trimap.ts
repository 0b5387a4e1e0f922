import { createMask, type Mask } from '../../raster/index.js';
import { connectedComponents } from '../components/connected-components.js';
import { distanceTransform } from '../distance/distance-transform.js';
import { dilate } from '../morphology/dilate.js';
import { type Length, parseLength } from '../parse-length.js';

/** Values of a trimap: certainly not selected, unknown, certainly selected. */
export const TRIMAP = { background: 0, unknown: 128, foreground: 255 } as const;

/** Values up to this count as background, from the other end on as foreground. */
export const TRIMAP_MARGIN = 8;

/** Whether a value of a trimap is neither background nor foreground. */
export function isUnknown(value: number): boolean {
  return value >= TRIMAP_MARGIN && value <= 255 - TRIMAP_MARGIN;
}

/** Whether a trimap has unknown pixels. */
export function hasUnknown({ data }: Mask): boolean {
  return data.some(isUnknown);
}

/** How wide the band of unknown pixels is. */
export interface TrimapOptions {
  /** How far the unknown band reaches to either side of the selection's edge: pixels, or `%` of the diagonal. */
  readonly width?: Length | undefined;
}

/** Defaults of `makeTrimap`. */
export const TRIMAP_DEFAULTS = { width: '0.8%' } as const satisfies TrimapOptions;

/**
 * Divides a mask into certain and unknown pixels: a pixel is unknown where the edge of the selection is within `width`,
 * or where the mask itself is soft (1 to 254). Where that leaves nothing certain of a thing, or of a hole, its middle is.
 *
 * @returns a mask of the three values of `TRIMAP`
 * @example
 * import { makeTrimap, type Mask, matte, type Raster } from 'maskwright/engine';
 *
 * const alphaOf = (image: Raster, mask: Mask): Mask => matte(image, makeTrimap(mask, { width: 12 }));
 */
export function makeTrimap(mask: Mask, options: TrimapOptions = {}): Mask {
  const widthPx = Math.max(Math.round(parseLength(options.width ?? TRIMAP_DEFAULTS.width, mask)), 1);
  // Unknown is what the selection reaches when it grows and what lies outside of it reaches as well.
  const touched = createMask(mask.width, mask.height);
  const rest = createMask(mask.width, mask.height);
  for (let i = 0; i < mask.data.length; i++) {
    if (mask.data[i] !== 0) touched.data[i] = 255;
    if (mask.data[i] !== 255) rest.data[i] = 255;
  }
  const inside = dilate(rest, widthPx).data;
  const out = dilate(touched, widthPx);
  for (let i = 0; i < out.data.length; i++) {
    if (inside[i] !== 0 && out.data[i] !== 0) out.data[i] = TRIMAP.unknown;
  }
  keepCores(out, mask, TRIMAP.foreground, TRIMAP.background);
  keepCores(out, mask, TRIMAP.background, TRIMAP.foreground);
  return out;
}

/**
 * A band without any pixel of one side has nothing to tell that side by: a small thing would vanish, a small hole be
 * filled. The middle of what the mask has there stays certain: pixels farther from its edge than half of the farthest.
 */
function keepCores(trimap: Mask, mask: Mask, side: number, other: number): void {
  const region = createMask(trimap.width, trimap.height);
  for (let i = 0; i < region.data.length; i++) region.data[i] = trimap.data[i] === other ? 0 : 255;
  const { labels, components } = connectedComponents(region);
  const hasCore = new Uint8Array(components.length + 1);
  for (let i = 0; i < labels.length; i++) {
    if (trimap.data[i] === side) hasCore[labels[i]!] = 1;
  }
  for (const { label, bounds } of components) {
    if (hasCore[label] === 1) continue;
    const edges = createMask(bounds.width, bounds.height);
    for (let k = 0; k < edges.data.length; k++) {
      const i = (bounds.y + Math.floor(k / bounds.width)) * trimap.width + bounds.x + (k % bounds.width);
      if (labels[i] !== label || mask.data[i] !== side) edges.data[k] = 255;
    }
    const distances = distanceTransform(edges);
    const most = distances.reduce((farthest, value) => Math.max(farthest, value), 0);
    if (!Number.isFinite(most)) continue;
    for (let k = 0; k < distances.length; k++) {
      if (distances[k]! <= most / 2) continue;
      trimap.data[(bounds.y + Math.floor(k / bounds.width)) * trimap.width + bounds.x + (k % bounds.width)] = side;
    }
  }
}
