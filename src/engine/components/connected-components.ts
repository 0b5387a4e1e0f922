import type { Bounds, Mask } from '../../raster/index.js';
import { type Connectivity, findRunLengths, type RunLengths } from './run-lengths.js';

/** Options of `connectedComponents`. */
export interface ComponentOptions {
  readonly connectivity?: Connectivity | undefined;
}

/** Defaults of `ComponentOptions`. */
export const COMPONENT_DEFAULTS = { connectivity: 8 } as const satisfies ComponentOptions;

/** One connected component of a mask. */
export interface Component {
  /** The component's value in `labels`. */
  readonly label: number;
  /** In pixels. */
  readonly area: number;
  readonly bounds: Bounds;
}

/** All connected components of a mask, and the component of each pixel. */
export interface Components {
  readonly width: number;
  readonly height: number;
  /** For each pixel 0, or the label of its component: 1 and on, in the order of their first pixels. */
  readonly labels: Int32Array;
  /** Component `k + 1` at index `k`. */
  readonly components: readonly Component[];
}

/**
 * The connected components of the selected pixels (128 and more), with their areas and bounds in pixels, in
 * the order of their first pixels. By union-find over run lengths, in two passes (Rosenfeld and Pfaltz 1966).
 *
 * @example
 * import { connectedComponents, type Mask } from 'maskwright/engine';
 *
 * const largestArea = (mask: Mask): number =>
 *   Math.max(0, ...connectedComponents(mask).components.map(({ area }) => area));
 */
export function connectedComponents(mask: Mask, options: ComponentOptions = {}): Components {
  const runs = findRunLengths(mask, 'selected', options.connectivity ?? COMPONENT_DEFAULTS.connectivity);
  const labels = new Int32Array(mask.data.length);
  const { begins, ends, components } = runs;
  for (let run = 0; run < components.length; run++) {
    labels.fill(components[run]! + 1, begins[run], ends[run]);
  }
  return { width: mask.width, height: mask.height, labels, components: measureComponents(runs, mask.width) };
}

/** `connectedComponents` without the component of each pixel, which takes four bytes. */
export function listComponents(mask: Mask, options: ComponentOptions = {}): readonly Component[] {
  const runs = findRunLengths(mask, 'selected', options.connectivity ?? COMPONENT_DEFAULTS.connectivity);
  return measureComponents(runs, mask.width);
}

function measureComponents(
  { rowStarts, begins, ends, components, componentCount }: RunLengths,
  width: number,
): Component[] {
  const areas = new Int32Array(componentCount);
  const lefts = new Int32Array(componentCount).fill(width);
  const rights = new Int32Array(componentCount);
  const tops = new Int32Array(componentCount).fill(-1);
  const bottoms = new Int32Array(componentCount);
  for (let y = 0; y < rowStarts.length - 1; y++) {
    for (let run = rowStarts[y]!; run < rowStarts[y + 1]!; run++) {
      const component = components[run]!;
      const left = begins[run]! - y * width;
      const right = ends[run]! - y * width;
      areas[component] = areas[component]! + right - left;
      lefts[component] = Math.min(lefts[component]!, left);
      rights[component] = Math.max(rights[component]!, right);
      bottoms[component] = y + 1;
      if (tops[component]! < 0) {
        tops[component] = y;
      }
    }
  }
  return Array.from({ length: componentCount }, (_, k) => ({
    label: k + 1,
    area: areas[k]!,
    bounds: { x: lefts[k]!, y: tops[k]!, width: rights[k]! - lefts[k]!, height: bottoms[k]! - tops[k]! },
  }));
}
