import { type Bounds, createHeatmap, type Heatmap, resizeHeatmap, type Size } from '../../raster/index.js';

/** The heatmap of a window of the image; it covers the window. */
export interface WindowDetection {
  readonly window: Bounds;
  readonly heatmap: Heatmap;
}

/** How far a window fades out at its sides, as a share of its size. */
const FADE = 0.125;

/**
 * Merges the heatmap of the whole image and those of windows of it, at the resolution of the finest: at most
 * as many pixels as the image, and `maxSide` on its long side. Inside a window its own heatmap counts, with a
 * weight that falls to 0 at sides that are not the image's; overlapping windows are averaged by weight. With
 * `keep` `outside` the whole image's heatmap counts where no window is; with `highest` it counts everywhere
 * as a lower limit, so that windows only add.
 */
export function mergeWindows(
  whole: Heatmap,
  detections: readonly WindowDetection[],
  image: Size,
  keep: 'outside' | 'highest',
  maxSide = 1408,
): Heatmap {
  const finest = Math.max(
    whole.width / image.width,
    whole.height / image.height,
    ...detections.map(({ window, heatmap }) => Math.max(heatmap.width / window.width, heatmap.height / window.height)),
  );
  const scale = Math.min(1, finest, maxSide / Math.max(image.width, image.height));
  const size = {
    width: Math.max(1, Math.round(image.width * scale)),
    height: Math.max(1, Math.round(image.height * scale)),
  };
  const sums = new Float32Array(size.width * size.height);
  const weights = new Float32Array(size.width * size.height);
  for (const { window, heatmap } of detections) {
    const left = Math.round(window.x * scale);
    const top = Math.round(window.y * scale);
    const width = Math.max(1, Math.min(Math.round(window.width * scale), size.width - left));
    const height = Math.max(1, Math.min(Math.round(window.height * scale), size.height - top));
    const fine = resizeHeatmap(heatmap, { width, height }).data;
    const across = fades(width, window.x > 0, window.x + window.width < image.width);
    const down = fades(height, window.y > 0, window.y + window.height < image.height);
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0, o = (top + y) * size.width + left; x < width; x++, i++, o++) {
        const weight = across[x]! * down[y]!;
        sums[o] = sums[o]! + fine[i]! * weight;
        weights[o] = weights[o]! + weight;
      }
    }
  }
  const base = resizeHeatmap(whole, size).data;
  const out = new Float32Array(base.length);
  for (let i = 0; i < out.length; i++) {
    const weight = weights[i]!;
    const value = base[i]!;
    const rest = weight < 1 ? 1 - weight : 0;
    const merged = weight > 0 ? (sums[i]! + value * rest) / (weight + rest) : value;
    out[i] = keep === 'highest' && value > merged ? value : merged;
  }
  return createHeatmap(size.width, size.height, out);
}

/** Weights along one side of a window: 1 within, fading towards the ends that lie inside the image. */
function fades(length: number, atBegin: boolean, atEnd: boolean): Float32Array {
  const reach = Math.max(1, length * FADE);
  return Float32Array.from({ length }, (_, i) =>
    Math.min(1, atBegin ? (i + 0.5) / reach : 1, atEnd ? (length - i - 0.5) / reach : 1),
  );
}
