import { type Bounds, createMask, type Heatmap, type Size } from '../../raster/index.js';
import { markFrom } from '../threshold/threshold-heatmap.js';
import { connectedComponents } from '../components/connected-components.js';

/** What a heatmap is like, over all of it. */
export interface HeatmapScale {
  /** Value below which a tenth of the pixels lie: what there is where nothing is. */
  readonly floor: number;
  readonly peak: number;
  /** Pixels of the heatmap that one step of a heatmap of 352 covers, divided by `sharpness`. */
  readonly unitPx: number;
  /** How many times sharper its edges are than usual: 1 to 6. */
  readonly sharpness: number;
  /** Width of the rise from a tenth to nine tenths of the peak, in pixels of the heatmap; infinite where nothing rises. */
  readonly risePx: number;
  /** Side of the blocks of equal values that it consists of, in its pixels; 1 where it does not. */
  readonly blockPx: number;
}

/** The heatmap size that all lengths were chosen at. */
const REFERENCE_SIDE = 352;
/** Width of the rise from nothing to the peak that is usual at that size. */
const REFERENCE_RISE = 12;
const MAX_SHARPNESS = 6;

/** Measures the floor, the peak, the sharpness and the blocks of a heatmap. */
export function measureHeatmap(heatmap: Heatmap): HeatmapScale {
  const { width, height, data } = heatmap;
  const counts = new Uint32Array(1024);
  let peak = 0;
  for (let y = 0; y < height; y++) {
    peak = Math.max(peak, countValues(data, y * width, (y + 1) * width, counts));
  }
  let [floor, seen] = [0, counts[0]!];
  while (seen < data.length / 10) seen += counts[++floor]!;
  const low = floor / 1024;
  const [tenth, half, most] = [0.1, 0.5, 0.9].map((share) => low + share * (peak - low)) as [number, number, number];
  let rising = 0;
  let crossings = 0;
  let pairs = 0;
  let equal = 0;
  for (let y = 0; y < height; y++) {
    const [begin, end] = [y * width, (y + 1) * width];
    rising += countBetween(data, begin, end, tenth, most);
    crossings += countCrossings(data, begin, end - 1, 1, half);
    if (y + 1 < height) crossings += countCrossings(data, begin, end, width, half);
    const steep = countSteep(data, begin + 8, end - 8);
    pairs += steep.pairs;
    equal += steep.equal;
  }
  const unit = Math.max(width, height) / REFERENCE_SIDE;
  const risePx = crossings === 0 ? Infinity : rising / crossings;
  const sharpness = Math.min(Math.max((REFERENCE_RISE * unit) / risePx, 1), MAX_SHARPNESS);
  return {
    floor: low,
    peak,
    risePx,
    unitPx: unit / sharpness,
    sharpness,
    blockPx: pairs > 0 && equal > 0.7 * pairs ? Math.min(pairs / Math.max(pairs - equal, 1), 64) : 1,
  };
}

/** Adds the values of a row to a histogram of [0, 1]; returns the greatest. */
function countValues(data: Float32Array, begin: number, end: number, counts: Uint32Array): number {
  let peak = 0;
  for (let i = begin; i < end; i++) {
    const value = data[i]!;
    counts[Math.min(Math.floor(value * 1024), 1023)]!++;
    peak = value > peak ? value : peak;
  }
  return peak;
}

function countBetween(data: Float32Array, begin: number, end: number, low: number, high: number): number {
  let count = 0;
  for (let i = begin; i < end; i++) {
    const value = data[i]!;
    if (value > low && value < high) count++;
  }
  return count;
}

/** Pairs of values `step` apart with the level between them. */
function countCrossings(data: Float32Array, begin: number, end: number, step: number, level: number): number {
  let count = 0;
  for (let i = begin; i < end; i++) {
    if (data[i]! < level !== data[i + step]! < level) count++;
  }
  return count;
}

/** Values of a row where the heatmap changes clearly within 16 pixels, and those of them that are equal to the next. */
function countSteep(data: Float32Array, begin: number, end: number): { pairs: number; equal: number } {
  let pairs = 0;
  let equal = 0;
  for (let i = begin; i < end; i++) {
    if (Math.abs(data[i + 8]! - data[i - 8]!) > 0.1) {
      pairs++;
      if (data[i] === data[i + 1]) equal++;
    }
  }
  return { pairs, equal };
}

/**
 * Rectangles of the image in which something is likely: the bounds of each component of the heatmap that comes near the
 * pivot, with a margin; overlapping ones are merged.
 *
 * @param marginSteps in steps of a heatmap of 352 pixels
 */
export function likelyWindows(heatmap: Heatmap, image: Size, pivot: number, marginSteps: number): Bounds[] {
  const { width, height, data } = heatmap;
  const likely = createMask(width, height);
  for (let y = 0; y < height; y++) {
    markFrom(data, y * width, (y + 1) * width, pivot * 0.5, likely.data);
  }
  const { labels, components } = connectedComponents(likely);
  const peaks = new Float32Array(components.length + 1);
  for (let y = 0; y < height; y++) {
    raisePeaks(data, labels, y * width, (y + 1) * width, peaks);
  }
  const [scaleX, scaleY] = [image.width / width, image.height / height];
  const margin = (marginSteps * Math.max(image.width, image.height)) / REFERENCE_SIDE;
  let windows: Bounds[] = [];
  for (const { label, bounds } of components) {
    if (peaks[label]! < pivot * 0.8) continue;
    const left = Math.max(Math.floor(bounds.x * scaleX - margin), 0);
    const top = Math.max(Math.floor(bounds.y * scaleY - margin), 0);
    const right = Math.min(Math.ceil((bounds.x + bounds.width) * scaleX + margin), image.width);
    const bottom = Math.min(Math.ceil((bounds.y + bounds.height) * scaleY + margin), image.height);
    let window: Bounds = { x: left, y: top, width: right - left, height: bottom - top };
    // What it overlaps grows it, so that it may overlap others: until nothing does.
    for (let found = windows.find((other) => overlap(window, other)); found !== undefined;) {
      const merged = found;
      windows = windows.filter((other) => other !== merged);
      window = union(window, merged);
      found = windows.find((other) => overlap(window, other));
    }
    windows.push(window);
  }
  return windows;
}

function raisePeaks(data: Float32Array, labels: Int32Array, begin: number, end: number, peaks: Float32Array): void {
  for (let i = begin; i < end; i++) {
    const label = labels[i]!;
    if (data[i]! > peaks[label]!) peaks[label] = data[i]!;
  }
}

function overlap(a: Bounds, b: Bounds): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function union(a: Bounds, b: Bounds): Bounds {
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return {
    x,
    y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  };
}
