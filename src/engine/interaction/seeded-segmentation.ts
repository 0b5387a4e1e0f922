import { type Bounds, createMask, cropRaster, type Mask, type Raster, type Size } from '../../raster/index.js';
import { connectedComponents } from '../components/connected-components.js';
import { type ColorPlanes, toColorPlanes } from '../filters/color-planes.js';
import { type ColorPalette, quantizeColors } from '../segmentation/color-palette.js';
import { type ContrastLinks, contrastLinks } from '../segmentation/contrast-links.js';
import { colorLogOdds, cutAlongContrasts, GRAB_CUT_LABELS } from '../segmentation/grab-cut.js';
import { geodesicDistance } from './geodesic-distance.js';
import { assertSeeds, SCRIBBLE_VALUES, type SeedPoint, type Seeds } from './seeds.js';

// The values were chosen on photographs by test/bench/clicks.mjs.

/** Pixels of the grid that is segmented: the time does not depend on the size of the image. */
const GRID_PIXELS = 40_000;
/** With boxes, the part of the image around them, in widths and heights of the box on each side. */
const BOX_MARGIN = 0.4;
/** Radius of the disc that a point stands for, as a share of the diagonal. */
const POINT_RADIUS = 0.006;
/** Cost of a path across the whole grid between equal colors, in units of color difference. */
const SPATIAL_COST = 0.6;
/** Geodesic distance of the image's border from the background: things often end before it. */
const BORDER_COST = 0.1;
/** Log odds of a pixel that is much nearer to points inside than to the background. */
const POINT_LOG_ODDS = 2;
/** Log odds at the center of a box; at the middle of its sides they are 1.4 lower. */
const BOX_LOG_ODDS = 1;
const BOX_FALLOFF = 1.4;
/** Weight and limit of the log odds of colors: neighboring pixels are not independent. */
const COLOR_WEIGHT = 0.5;
const MAX_COLOR_LOG_ODDS = 8;
/** Cost of a border between equal colors. */
const SMOOTHNESS = 20;
const ITERATIONS = 2;
/** So many of the last points change the result one after the other; those before them are taken together. */
const MAX_STEPS = 16;

/** Segments one image from seeds. What depends on the image alone is computed once, so further seeds cost less. */
export interface SeedSegmenter {
  /**
   * The mask of the thing that the seeds are on, at the size of the image: 255 inside, 0 outside.
   * Throws what `assertSeeds` throws.
   */
  readonly segment: (seeds: Seeds) => Mask;
}

/**
 * Prepares an image for segmentation from points, boxes and strokes, without any model.
 *
 * A pixel's odds come from the geodesic distances to what is inside and to what is outside or at the border of the
 * image (Bai and Sapiro 2007; Criminisi, Sharp and Blake 2008), from its place in a box, and from color models of both
 * sides; the border is the minimum cut along contrasts (Rother, Kolmogorov and Blake, "GrabCut", 2004). Of the result
 * only components with a point or stroke inside remain. Points count in their order: each changes the result around
 * itself alone.
 *
 * @param image 8 or 16 bit; alpha is ignored
 *
 * @example
 * import { createSeedSegmenter, type Mask, type Raster } from 'maskwright/engine';
 *
 * const clickTwice = (image: Raster): Mask => {
 *   const segmenter = createSeedSegmenter(image);
 *   segmenter.segment({ points: [{ x: 120, y: 80 }] });
 *   return segmenter.segment({ points: [{ x: 120, y: 80 }, { x: 200, y: 90, include: false }] });
 * };
 */
export function createSeedSegmenter(image: Raster): SeedSegmenter {
  let last: { readonly key: string; readonly window: Window } | undefined;
  let steps: { readonly scribble: Seeds['scribble']; readonly results: Map<string, Uint8Array> } | undefined;
  return {
    segment: (seeds) => {
      assertSeeds(seeds, image);
      const bounds = windowOf(seeds, image);
      const key = JSON.stringify([bounds, seeds.boxes]);
      if (last?.key !== key) {
        last = { key, window: openWindow(image, bounds) };
        steps = undefined;
      }
      if (steps === undefined || steps.scribble !== seeds.scribble) {
        steps = { scribble: seeds.scribble, results: new Map() };
      }
      const { window } = last;
      return placeInImage(segmentInOrder(window, seeds, image, steps.results), window, bounds, image);
    },
  };
}

/** The part of the image that is segmented, on a grid. */
interface Window {
  readonly bounds: Bounds;
  readonly planes: ColorPlanes;
  readonly palette: ColorPalette;
  readonly links: ContrastLinks;
}

/** The boxes with a margin, where background colors are learned; without boxes the whole image. */
function windowOf({ boxes = [] }: Seeds, { width, height }: Size): Bounds {
  if (boxes.length === 0) {
    return { x: 0, y: 0, width, height };
  }
  const left = Math.min(...boxes.map(({ x }) => x));
  const top = Math.min(...boxes.map(({ y }) => y));
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  const [marginX, marginY] = [BOX_MARGIN * (right - left), BOX_MARGIN * (bottom - top)];
  const x = Math.max(0, Math.floor(left - marginX));
  const y = Math.max(0, Math.floor(top - marginY));
  return {
    x,
    y,
    width: Math.min(width, Math.ceil(right + marginX)) - x,
    height: Math.min(height, Math.ceil(bottom + marginY)) - y,
  };
}

function openWindow(image: Raster, bounds: Bounds): Window {
  const isWhole = bounds.width === image.width && bounds.height === image.height;
  const scale = Math.min(1, Math.sqrt(GRID_PIXELS / (bounds.width * bounds.height)));
  const size = {
    width: Math.max(1, Math.round(bounds.width * scale)),
    height: Math.max(1, Math.round(bounds.height * scale)),
  };
  const planes = toColorPlanes(isWhole ? image : cropRaster(image, bounds), size);
  return { bounds, planes, palette: quantizeColors(planes), links: contrastLinks(planes) };
}

/** The label of grid points that seeds say nothing about; the others are those of `GRAB_CUT_LABELS`. */
const FREE = 255;

/**
 * Points change the result in their order, each only where it differs around the point: what was right before a click
 * stays so, though the click changes the colors of both sides. `known` are results of these seeds and fewer points.
 */
function segmentInOrder(window: Window, seeds: Seeds, image: Size, known: Map<string, Uint8Array>): Uint8Array {
  const { points = [] } = seeds;
  const hasOther = (seeds.boxes ?? []).length > 0 || (seeds.scribble?.data.includes(SCRIBBLE_VALUES.include) ?? false);
  const least = hasOther ? 0 : points.findIndex(({ include = true }) => include) + 1;
  const first = Math.max(least, points.length - MAX_STEPS);
  const results = new Map<string, Uint8Array>();
  let selected: Uint8Array | undefined;
  for (let count = first; count <= points.length; count++) {
    const some = { ...seeds, points: points.slice(0, count) };
    const key = JSON.stringify([first, some.points]);
    const before = selected;
    selected = known.get(key);
    if (selected === undefined) {
      const segmented = segmentGrid(window, some, image, before);
      selected =
        before === undefined
          ? segmented.selected
          : changeAround(points[count - 1]!, before, segmented.selected, segmented.labels, window);
    }
    results.set(key, selected);
  }
  known.clear();
  for (const [key, result] of results) {
    known.set(key, result);
  }
  return selected!;
}

/** `after` in the regions around a point where it differs from `before`, and `before` elsewhere. */
function changeAround(
  point: SeedPoint,
  before: Uint8Array,
  after: Uint8Array,
  labels: Uint8Array,
  { bounds, planes }: Window,
): Uint8Array {
  const { width, height } = planes;
  const changed = before.slice();
  const pending: number[] = [];
  const visit = (i: number): void => {
    if (changed[i] !== after[i]) {
      changed[i] = after[i]!;
      pending.push(i);
    }
  };
  forEachOfPoint(point, bounds, planes, visit);
  for (let i = pending.pop(); i !== undefined; i = pending.pop()) {
    const x = i % width;
    if (x > 0) visit(i - 1);
    if (x < width - 1) visit(i + 1);
    if (i >= width) visit(i - width);
    if (i < width * (height - 1)) visit(i + width);
  }
  return labels.includes(GRAB_CUT_LABELS.foreground) ? keepSeeded(changed, labels, planes) : changed;
}

function segmentGrid(
  window: Window,
  seeds: Seeds,
  image: Size,
  before?: Uint8Array,
): { readonly selected: Uint8Array; readonly labels: Uint8Array } {
  const { planes } = window;
  const labels = new Uint8Array(planes.width * planes.height).fill(FREE);
  const prior = new Float32Array(labels.length);
  const hasBox = (seeds.boxes ?? []).length > 0;
  addBoxes(seeds, window, labels, prior);
  addScribble(seeds, window, image, labels);
  addPoints(seeds, window, labels);
  const hasInside = labels.includes(GRAB_CUT_LABELS.foreground);
  if (hasInside) {
    addGeodesicOdds(planes, labels, prior, !hasBox);
  }
  const cut = cutGrid(window, labels, prior, before);
  return { selected: hasInside ? keepSeeded(cut, labels, planes) : cut, labels };
}

function addBoxes(
  { boxes = [] }: Seeds,
  { bounds, planes: { width, height } }: Window,
  labels: Uint8Array,
  prior: Float32Array,
): void {
  if (boxes.length === 0) {
    return;
  }
  const [scaleX, scaleY] = [width / bounds.width, height / bounds.height];
  labels.fill(GRAB_CUT_LABELS.background);
  prior.fill(-Infinity);
  for (const box of boxes) {
    const x0 = clamp(Math.floor((box.x - bounds.x) * scaleX), 0, width - 1);
    const y0 = clamp(Math.floor((box.y - bounds.y) * scaleY), 0, height - 1);
    const x1 = clamp(Math.ceil((box.x - bounds.x + box.width) * scaleX), x0 + 1, width);
    const y1 = clamp(Math.ceil((box.y - bounds.y + box.height) * scaleY), y0 + 1, height);
    for (let y = y0; y < y1; y++) {
      const v = ((y + 0.5 - y0) / (y1 - y0)) * 2 - 1;
      for (let x = x0; x < x1; x++) {
        const u = ((x + 0.5 - x0) / (x1 - x0)) * 2 - 1;
        const i = y * width + x;
        labels[i] = FREE;
        prior[i] = Math.max(prior[i]!, BOX_LOG_ODDS - BOX_FALLOFF * (u * u + v * v));
      }
    }
  }
}

function addScribble(
  { scribble }: Seeds,
  { bounds, planes: { width, height } }: Window,
  image: Size,
  labels: Uint8Array,
): void {
  if (scribble === undefined) {
    return;
  }
  const [scaleX, scaleY] = [width / bounds.width, height / bounds.height];
  for (let y = 0; y < bounds.height; y++) {
    const row = Math.min(height - 1, Math.floor(y * scaleY)) * width;
    for (let x = 0; x < bounds.width; x++) {
      const value = scribble.data[(y + bounds.y) * image.width + x + bounds.x]!;
      if (value !== SCRIBBLE_VALUES.none) {
        labels[row + Math.min(width - 1, Math.floor(x * scaleX))] =
          value === SCRIBBLE_VALUES.include ? GRAB_CUT_LABELS.foreground : GRAB_CUT_LABELS.background;
      }
    }
  }
}

function addPoints({ points = [] }: Seeds, { bounds, planes }: Window, labels: Uint8Array): void {
  for (const point of points) {
    const label = point.include === false ? GRAB_CUT_LABELS.background : GRAB_CUT_LABELS.foreground;
    forEachOfPoint(point, bounds, planes, (i) => (labels[i] = label));
  }
}

/** Calls with each point of the grid that a point in the image stands for: none where it is outside the window. */
function forEachOfPoint(
  { x, y }: SeedPoint,
  bounds: Bounds,
  { width, height }: Size,
  call: (index: number) => unknown,
): void {
  const radius = POINT_RADIUS * Math.hypot(width, height);
  const centerX = ((x - bounds.x) / bounds.width) * width;
  const centerY = ((y - bounds.y) / bounds.height) * height;
  if (!(centerX >= 0 && centerY >= 0 && centerX < width && centerY < height)) {
    return;
  }
  call(Math.floor(centerY) * width + Math.floor(centerX));
  for (let py = Math.max(0, Math.floor(centerY - radius)); py < Math.min(height, centerY + radius); py++) {
    for (let px = Math.max(0, Math.floor(centerX - radius)); px < Math.min(width, centerX + radius); px++) {
      if (Math.hypot(px + 0.5 - centerX, py + 0.5 - centerY) <= radius) {
        call(py * width + px);
      }
    }
  }
}

function addGeodesicOdds(planes: ColorPlanes, labels: Uint8Array, prior: Float32Array, withBorder: boolean): void {
  const { width, height } = planes;
  const inside = new Float32Array(labels.length).fill(Infinity);
  const outside = new Float32Array(labels.length).fill(Infinity);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (labels[i] === GRAB_CUT_LABELS.foreground) {
        inside[i] = 0;
      } else if (labels[i] === GRAB_CUT_LABELS.background) {
        outside[i] = 0;
      } else if (withBorder && (x === 0 || y === 0 || x === width - 1 || y === height - 1)) {
        outside[i] = BORDER_COST;
      }
    }
  }
  const spatialWeight = SPATIAL_COST / Math.hypot(width, height);
  const toInside = geodesicDistance(planes, inside, spatialWeight);
  const toOutside = geodesicDistance(planes, outside, spatialWeight);
  for (let i = 0; i < prior.length; i++) {
    const [a, b] = [toInside[i]!, toOutside[i]!];
    prior[i]! += POINT_LOG_ODDS * (Number.isFinite(b) ? (b - a) / Math.max(a + b, 1e-6) : 1);
  }
}

/** `before`, what was selected with fewer seeds, gives the first colors of both sides; without it, `prior` does. */
function cutGrid(
  { planes, palette, links }: Window,
  labels: Uint8Array,
  prior: Float32Array,
  before?: Uint8Array,
): Uint8Array {
  const { probableForeground, probableBackground } = GRAB_CUT_LABELS;
  const known = labels.map((label, i) =>
    label !== FREE ? label : prior[i]! > 0 ? probableForeground : probableBackground,
  );
  let selected: Uint8Array = known.map((label, i) =>
    before === undefined || labels[i] !== FREE ? label & 1 : before[i]!,
  );
  for (let round = 0; round < ITERATIONS; round++) {
    const odds = colorLogOdds(palette, selected, undefined);
    if (odds === undefined) {
      break;
    }
    for (let i = 0; i < odds.length; i++) {
      odds[i] = COLOR_WEIGHT * clamp(odds[i]!, -MAX_COLOR_LOG_ODDS, MAX_COLOR_LOG_ODDS) + prior[i]!;
    }
    selected = cutAlongContrasts(planes, odds, known, links, SMOOTHNESS);
  }
  return selected;
}

/** The components of a selection that hold a point or stroke inside. */
function keepSeeded(selected: Uint8Array, labels: Uint8Array, { width, height }: Size): Uint8Array {
  const mask = createMask(
    width,
    height,
    selected.map((value) => value * 255),
  );
  const found = connectedComponents(mask);
  const kept = new Uint8Array(found.components.length + 1);
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] === GRAB_CUT_LABELS.foreground) {
      kept[found.labels[i]!] = 1;
    }
  }
  kept[0] = 0;
  return selected.map((_, i) => kept[found.labels[i]!]!);
}

/**
 * Scales a selection up by bilinear interpolation, selects where it is 0.5 and more, and puts it into its place in the
 * image. Between four equal grid points nothing is computed.
 */
function placeInImage(selected: Uint8Array, { planes: { width, height } }: Window, bounds: Bounds, image: Size): Mask {
  const out = createMask(image.width, image.height);
  // The first pixel of each cell between columns x - 1 and x of the grid, and where the last one ends.
  const starts = Array.from({ length: width + 2 }, (_, x) =>
    x === 0 ? 0 : Math.min(bounds.width, Math.max(0, Math.ceil(((x - 0.5) * bounds.width) / width - 0.5))),
  );
  starts[width + 1] = bounds.width;
  for (let y = 0; y < bounds.height; y++) {
    const gridY = ((y + 0.5) * height) / bounds.height - 0.5;
    const above = clamp(Math.floor(gridY), 0, height - 1) * width;
    const below = clamp(Math.floor(gridY) + 1, 0, height - 1) * width;
    const down = gridY - Math.floor(gridY);
    const row = (y + bounds.y) * image.width + bounds.x;
    for (let cell = 0; cell <= width; cell++) {
      const left = Math.max(cell - 1, 0);
      const right = Math.min(cell, width - 1);
      const sum =
        selected[above + left]! + selected[above + right]! + selected[below + left]! + selected[below + right]!;
      if (sum === 0) {
        continue;
      }
      const end = starts[cell + 1]!;
      if (sum === 4) {
        out.data.fill(255, row + starts[cell]!, row + end);
        continue;
      }
      const first = selected[above + left]! * (1 - down) + selected[below + left]! * down;
      const last = selected[above + right]! * (1 - down) + selected[below + right]! * down;
      for (let x = starts[cell]!; x < end; x++) {
        const across = ((x + 0.5) * width) / bounds.width - 0.5 - (cell - 1);
        out.data[row + x] = first + (last - first) * across >= 0.5 ? 255 : 0;
      }
    }
  }
  return out;
}

function clamp(value: number, min: number, max: number): number {
  return value < min ? min : value > max ? max : value;
}
