import { createHeatmap, createMask, type Mask, type Raster, resizeHeatmap, type Size } from '../../raster/index.js';
import { connectedComponents } from '../components/connected-components.js';
import { type ColorPlanes, toColorPlanes } from '../filters/color-planes.js';
import { type ColorPalette, quantizeColors } from '../segmentation/color-palette.js';
import { type ContrastLinks, contrastLinks } from '../segmentation/contrast-links.js';
import { colorLogOdds, cutAlongContrasts, GRAB_CUT_LABELS } from '../segmentation/grab-cut.js';
import { geodesicDistance } from './geodesic-distance.js';
import { assertSeeds, SCRIBBLE_VALUES, type Seeds } from './seeds.js';

export const T = {
  workPixels: 250_000,
  radius: 0.006,
  spatial: 0.6,
  borderCost: 0.3,
  prior: 3,
  colorWeight: 0.5,
  boxPrior: 2,
  smoothness: 20,
  iterations: 4,
  components: 5,
};

/** Segments one image from seeds, again and again: what depends on the image alone is computed once. */
export interface SeedSegmenter {
  /** The thing that the seeds are on: 255 inside, 0 outside, at the size of the image. */
  readonly segment: (seeds: Seeds) => Mask;
}

export function createSeedSegmenter(image: Raster): SeedSegmenter {
  const scale = Math.min(1, Math.sqrt(T.workPixels / (image.width * image.height)));
  const size = {
    width: Math.max(1, Math.round(image.width * scale)),
    height: Math.max(1, Math.round(image.height * scale)),
  };
  const planes = toColorPlanes(image, size);
  const scene: Scene = { planes, palette: quantizeColors(planes), links: contrastLinks(planes) };
  return {
    segment(seeds) {
      assertSeeds(seeds, image);
      const selected = segmentScene(scene, scaleSeeds(seeds, image, size));
      if (scale === 1) {
        return createMask(size.width, size.height, selected.map((value) => value * 255));
      }
      return enlarge(selected, size, image);
    },
  };
}

interface Scene {
  readonly planes: ColorPlanes;
  readonly palette: ColorPalette;
  readonly links: ContrastLinks;
}

interface GridSeeds {
  readonly labels: Uint8Array;
  readonly hasBox: boolean;
  readonly boxPrior: Float32Array | undefined;
}

const FREE = 255;

function scaleSeeds({ points = [], boxes = [], scribble }: Seeds, image: Size, { width, height }: Size): GridSeeds {
  const labels = new Uint8Array(width * height).fill(FREE);
  const sx = width / image.width;
  const sy = height / image.height;
  let boxPrior: Float32Array | undefined;
  if (boxes.length > 0) {
    labels.fill(GRAB_CUT_LABELS.background);
    boxPrior = new Float32Array(width * height).fill(-1);
    for (const box of boxes) {
      const x0 = Math.max(0, Math.min(width - 1, Math.floor(box.x * sx)));
      const y0 = Math.max(0, Math.min(height - 1, Math.floor(box.y * sy)));
      const x1 = Math.min(width, Math.max(x0 + 1, Math.ceil((box.x + box.width) * sx)));
      const y1 = Math.min(height, Math.max(y0 + 1, Math.ceil((box.y + box.height) * sy)));
      for (let y = y0; y < y1; y++) {
        const v = ((y + 0.5 - y0) / (y1 - y0)) * 2 - 1;
        for (let x = x0; x < x1; x++) {
          const u = ((x + 0.5 - x0) / (x1 - x0)) * 2 - 1;
          const i = y * width + x;
          labels[i] = FREE;
          boxPrior[i] = Math.max(boxPrior[i]!, 1 - 1.4 * (u * u + v * v) );
        }
      }
    }
  }
  if (scribble !== undefined) {
    for (let y = 0; y < image.height; y++) {
      for (let x = 0; x < image.width; x++) {
        const value = scribble.data[y * image.width + x]!;
        if (value !== SCRIBBLE_VALUES.none) {
          labels[Math.min(height - 1, Math.floor(y * sy)) * width + Math.min(width - 1, Math.floor(x * sx))] =
            value === SCRIBBLE_VALUES.include ? GRAB_CUT_LABELS.foreground : GRAB_CUT_LABELS.background;
        }
      }
    }
  }
  const radius = Math.max(1, T.radius * Math.hypot(width, height));
  for (const { x, y, include = true } of points) {
    const [cx, cy] = [x * sx, y * sy];
    const label = include ? GRAB_CUT_LABELS.foreground : GRAB_CUT_LABELS.background;
    for (let py = Math.max(0, Math.floor(cy - radius)); py <= Math.min(height - 1, cy + radius); py++) {
      for (let px = Math.max(0, Math.floor(cx - radius)); px <= Math.min(width - 1, cx + radius); px++) {
        if (Math.hypot(px + 0.5 - cx, py + 0.5 - cy) <= radius) labels[py * width + px] = label;
      }
    }
    labels[Math.min(height - 1, Math.floor(cy)) * width + Math.min(width - 1, Math.floor(cx))] = label;
  }
  return { labels, hasBox: boxes.length > 0, boxPrior };
}

function segmentScene({ planes, palette, links }: Scene, { labels, hasBox, boxPrior }: GridSeeds): Uint8Array {
  const { width, height } = planes;
  const count = width * height;
  const spatial = T.spatial / Math.hypot(width, height);
  const { foreground, background, probableForeground, probableBackground } = GRAB_CUT_LABELS;
  const fg = new Float32Array(count).fill(Infinity);
  const bg = new Float32Array(count).fill(Infinity);
  let hasPoint = false;
  for (let i = 0; i < count; i++) {
    if (labels[i] === foreground) { fg[i] = 0; hasPoint = true; }
    else if (labels[i] === background) bg[i] = 0;
  }
  if (!hasBox) {
    for (let y = 0; y < height; y++) {
      for (const x of y === 0 || y === height - 1 ? Array.from({ length: width }, (_, k) => k) : [0, width - 1]) {
        const i = y * width + x;
        bg[i] = Math.min(bg[i]!, T.borderCost);
      }
    }
  }
  const prior = new Float32Array(count);
  if (hasPoint) {
    const toFg = geodesicDistance(planes, fg, spatial);
    const toBg = geodesicDistance(planes, bg, spatial);
    for (let i = 0; i < count; i++) {
      const a = toFg[i]!;
      const b = toBg[i]!;
      prior[i] = T.prior * (Number.isFinite(b) ? (b - a) / (a + b + 1e-6) : 1);
    }
  }
  if (boxPrior !== undefined) {
    for (let i = 0; i < count; i++) prior[i]! += T.boxPrior * boxPrior[i]!;
  }
  const known = labels.map((label, i) =>
    label !== FREE ? label : prior[i]! > 0 ? probableForeground : probableBackground,
  );
  let selected: Uint8Array = known.map((label) => label & 1);
  for (let round = 0; round < T.iterations; round++) {
    const odds = colorLogOdds(palette, selected, T.components);
    if (odds === undefined) break;
    for (let i = 0; i < count; i++) odds[i] = T.colorWeight * Math.max(-8, Math.min(8, odds[i]!)) + prior[i]!;
    const next = cutAlongContrasts(planes, odds, known, links, T.smoothness);
    const changed = next.some((value, i) => value !== selected[i]);
    selected = next;
    if (!changed) break;
  }
  return hasPoint ? keepSeeded(selected, labels, planes) : selected;
}

function keepSeeded(selected: Uint8Array, labels: Uint8Array, { width, height }: Size): Uint8Array {
  const mask = createMask(width, height, selected.map((value) => value * 255));
  const found = connectedComponents(mask);
  const kept = new Uint8Array(found.components.length + 1);
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] === GRAB_CUT_LABELS.foreground) kept[found.labels[i]!] = 1;
  }
  kept[0] = 0;
  return selected.map((_, i) => kept[found.labels[i]!]!);
}

function enlarge(selected: Uint8Array, { width, height }: Size, image: Size): Mask {
  const { data } = resizeHeatmap(createHeatmap(width, height, Float32Array.from(selected)), image);
  const out = new Uint8Array(data.length);
  for (let i = 0; i < out.length; i++) out[i] = data[i]! >= 0.5 ? 255 : 0;
  return createMask(image.width, image.height, out);
}
