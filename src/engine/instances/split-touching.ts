import { findRoot } from '../components/disjoint-sets.js';
import { createMask, type Heatmap, type Size } from '../../raster/index.js';
import { distanceTransform } from '../distance/distance-transform.js';

/** Parts of an image, numbered from 1; 0 is the rest. */
interface Parts {
  readonly labels: Int32Array;
  readonly count: number;
}

/** The longer side of the grid that valleys are searched on: finer than any heatmap's own detail. */
const GRID_SIDE = 1024;
/** Two peaks are two things where the pass between them is lower than this share of the lower peak. */
const MAX_SADDLE = 0.9;
/** A basin with less than this share of its component above the pass is noise. */
const MIN_TOP = 0.003;
/** A part with less than this share of its neighbor's area belongs to it, as a head belongs to a person. */
const MIN_PART = 0.15;

/**
 * Divides components that consist of several touching things: a watershed, by flooding from the highest value to the
 * lowest, of probability times the distance to the component's edge. The first makes valleys where the model is less
 * certain between two things, the second where the outline has a neck; edges of the image are no edges of a
 * component. Basins whose lower peak does not rise clearly above the pass between them are merged (dynamics of
 * peaks, after Grimaud 1992; flooding after Vincent and Soille 1991).
 *
 * @param threshold the probability at or above which the labels were assigned
 */
export function splitTouching(heatmap: Heatmap, parts: Parts, threshold: number): Parts {
  const step = Math.max(1, Math.ceil(Math.max(heatmap.width, heatmap.height) / GRID_SIDE));
  const grid = { width: Math.ceil(heatmap.width / step), height: Math.ceil(heatmap.height / step) };
  const { labels, values } = sampleGrid(heatmap, parts.labels, grid, step);
  const basins = findBasins(labels, parts.count, reliefOf(labels, values, grid, threshold), grid);
  return applyBasins(heatmap, parts.labels, labels, basins, grid, step);
}

function sampleGrid(
  { width, height, data }: Heatmap,
  full: Int32Array,
  grid: Size,
  step: number,
): { labels: Int32Array; values: Float32Array } {
  const labels = new Int32Array(grid.width * grid.height);
  const values = new Float32Array(labels.length);
  const half = step >> 1;
  for (let y = 0, i = 0; y < grid.height; y++) {
    const row = Math.min(y * step + half, height - 1) * width;
    for (let x = 0; x < grid.width; x++, i++) {
      const at = row + Math.min(x * step + half, width - 1);
      labels[i] = full[at]!;
      values[i] = data[at]!;
    }
  }
  return { labels, values };
}

function reliefOf(labels: Int32Array, values: Float32Array, { width, height }: Size, threshold: number): Float32Array {
  const outside = createMask(
    width,
    height,
    Uint8Array.from(labels, (label) => (label === 0 ? 255 : 0)),
  );
  const relief = distanceTransform(outside);
  for (let i = 0; i < relief.length; i++) {
    if (labels[i] !== 0) {
      const distance = relief[i]!;
      // Without any pixel outside there is no edge to measure from.
      relief[i] = (Number.isFinite(distance) ? distance : 1) * (values[i]! - 0.5 * threshold);
    }
  }
  return relief;
}

/** For each pixel of the grid the index of its basin's peak; undefined contents where the label is 0. */
function findBasins(labels: Int32Array, count: number, relief: Float32Array, { width, height }: Size): Int32Array {
  const order = descending(labels, relief);
  const minTops = new Float64Array(count + 1);
  for (const i of order) {
    minTops[labels[i]!]! += MIN_TOP;
  }
  const areas = new Int32Array(labels.length);
  const done = new Uint8Array(labels.length);
  const basins = new Int32Array(labels.length);
  const parents = Int32Array.from(labels.keys());
  const rootOf = (pixel: number): number => findRoot(parents, pixel);
  const merge = (lower: number, higher: number): void => {
    parents[lower] = higher;
    areas[higher]! += areas[lower]!;
  };
  // Pairs of basins that meet, in the order of their passes from the highest.
  const passes: [number, number][] = [];
  for (const i of order) {
    const x = i % width;
    const y = (i - x) / width;
    // The pixel joins the basin of its highest neighbor; the other basins around it meet that one here.
    let highest = -1;
    const meet = (neighbor: number): void => {
      if (done[neighbor] === 0 || labels[neighbor] !== labels[i]) {
        return;
      }
      if (highest < 0) {
        highest = neighbor;
        return;
      }
      const [one, other] = [rootOf(basins[neighbor]!), rootOf(basins[highest]!)];
      if (relief[neighbor]! > relief[highest]!) {
        highest = neighbor;
      }
      if (one === other) {
        return;
      }
      const [lower, higher] = relief[one]! > relief[other]! ? [other, one] : [one, other];
      if (relief[i]! >= MAX_SADDLE * relief[lower]! || areas[lower]! < minTops[labels[i]!]!) {
        merge(lower, higher);
      } else {
        passes.push([lower, higher]);
      }
    };
    if (x > 0) meet(i - 1);
    if (x < width - 1) meet(i + 1);
    if (y > 0) meet(i - width);
    if (y < height - 1) meet(i + width);
    if (x > 0 && y > 0) meet(i - width - 1);
    if (x < width - 1 && y > 0) meet(i - width + 1);
    if (x > 0 && y < height - 1) meet(i + width - 1);
    if (x < width - 1 && y < height - 1) meet(i + width + 1);
    const basin = highest < 0 ? i : rootOf(basins[highest]!);
    basins[i] = basin;
    areas[basin]!++;
    done[i] = 1;
  }
  for (const [a, b] of passes) {
    const [small, large] = [rootOf(a), rootOf(b)].sort((one, other) => areas[one]! - areas[other]!) as [number, number];
    if (small !== large && areas[small]! < MIN_PART * areas[large]!) {
      merge(small, large);
    }
  }
  for (const i of order) {
    basins[i] = rootOf(basins[i]!);
  }
  return basins;
}

/** The labelled pixels from the highest relief to the lowest, equal ones in the order of rows. */
function descending(labels: Int32Array, relief: Float32Array): Int32Array {
  const LEVELS = 65535;
  let highest = 0;
  for (let i = 0; i < relief.length; i++) {
    if (labels[i] !== 0 && relief[i]! > highest) {
      highest = relief[i]!;
    }
  }
  const scale = highest > 0 ? LEVELS / highest : 0;
  const levelOf = (i: number): number => LEVELS - Math.trunc(Math.max(0, relief[i]!) * scale);
  const starts = new Int32Array(LEVELS + 2);
  for (let i = 0; i < relief.length; i++) {
    if (labels[i] !== 0) {
      starts[levelOf(i) + 1]!++;
    }
  }
  for (let level = 0; level <= LEVELS; level++) {
    starts[level + 1]! += starts[level]!;
  }
  const order = new Int32Array(starts[LEVELS + 1]!);
  for (let i = 0; i < relief.length; i++) {
    if (labels[i] !== 0) {
      order[starts[levelOf(i)]!++] = i;
    }
  }
  return order;
}

/** Carries basins of the grid over to the pixels: each takes the basin of the nearest grid point of its component. */
function applyBasins(
  { width, height }: Size,
  labels: Int32Array,
  gridLabels: Int32Array,
  basins: Int32Array,
  grid: Size,
  step: number,
): Parts {
  const out = new Int32Array(labels.length);
  const newLabels = new Map<number, number>();
  for (let y = 0, i = 0; y < height; y++) {
    const gy = Math.trunc(y / step);
    for (let x = 0; x < width; x++, i++) {
      const label = labels[i]!;
      if (label === 0) {
        continue;
      }
      const gx = Math.trunc(x / step);
      const g = gy * grid.width + gx;
      const at = gridLabels[g] === label ? g : nearestOf(label, gridLabels, grid, gx, gy);
      // A component that no grid point hits is too small to be divided.
      const basin = at < 0 ? -label : basins[at]!;
      let part = newLabels.get(basin);
      if (part === undefined) {
        part = newLabels.size + 1;
        newLabels.set(basin, part);
      }
      out[i] = part;
    }
  }
  return { labels: out, count: newLabels.size };
}

/** The nearest grid point with a label, within two points; -1 where there is none. */
function nearestOf(label: number, labels: Int32Array, { width, height }: Size, gx: number, gy: number): number {
  for (let radius = 1; radius <= 2; radius++) {
    for (let y = Math.max(0, gy - radius); y <= Math.min(height - 1, gy + radius); y++) {
      for (let x = Math.max(0, gx - radius); x <= Math.min(width - 1, gx + radius); x++) {
        if (labels[y * width + x] === label) {
          return y * width + x;
        }
      }
    }
  }
  return -1;
}
