import type { DepthMap } from '../raster/index.js';
import { bandCores } from './slice-clean.js';
import { type Bands, bandShares, sliceDepth } from './slice-depth.js';
import { sortDepths, splitDepth } from './split-depth.js';

/** What a depth map suggests about cutting it into layers. */
export interface LayerAnalysis {
  /** Of normalised depth, 0 far, 1 near. */
  readonly mean: number;
  readonly deviation: number;
  /** By the deviation: below 0.10, 0.20, 0.30, else 2, 3, 4, 5 layers. */
  readonly suggestedLayers: number;
  /** Humps of the histogram: groups of depth with few pixels between them. */
  readonly humps: number;
  /** For 2 to 5 layers of equal size, the share of each that ties leave possible. */
  readonly shares: readonly (readonly number[])[];
  /** Pieces of the suggested layers that are nowhere thicker than an ellipse of 25 pixels. */
  readonly fragments: number;
  /** The share of the picture's pixels in them. */
  readonly fragmentShare: number;
  /** For each radius of clean-edges, the share of the fragments that it removes. */
  readonly removed: readonly { readonly radiusPx: number; readonly share: number }[];
  /** The least radius that removes 90 % of the fragments; 0 where there are none: clean-edges off. */
  readonly suggestedCleanEdgesPx: number;
}

const DEVIATIONS = [0.1, 0.2, 0.3];
const RADII = [1, 2, 3, 4, 5, 6, 8, 10];
/** A piece that keeps a core at this radius is a thing, not a fragment. */
const FRAGMENT_RADIUS_PX = 12;
const ENOUGH = 0.9;

/** Looks at normalised depth: how many layers, and which radius cleans their edges, measured by that very cleaning. */
export function analyzeLayers(depth: DepthMap): LayerAnalysis {
  const sorted = sortDepths(depth);
  const { mean, deviation } = measure(sorted);
  const suggestedLayers = 2 + DEVIATIONS.filter((limit) => deviation >= limit).length;
  const slices = [2, 3, 4, 5].map((layers) => sliceDepth(depth, splitDepth(sorted, { kind: 'quantile', layers })));
  return {
    mean,
    deviation,
    suggestedLayers,
    humps: splitDepth(sorted, { kind: 'valleys', layers: 64 }).length + 1,
    shares: slices.map(bandShares),
    ...measureFragments(slices[suggestedLayers - 2]!),
  };
}

function measure(sorted: Float32Array): { mean: number; deviation: number } {
  let sum = 0;
  for (const value of sorted) {
    sum += value;
  }
  const mean = sum / sorted.length;
  let squares = 0;
  for (const value of sorted) {
    squares += (value - mean) * (value - mean);
  }
  return { mean, deviation: Math.sqrt(squares / sorted.length) };
}

function measureFragments(
  bands: Bands,
): Pick<LayerAnalysis, 'fragments' | 'fragmentShare' | 'removed' | 'suggestedCleanEdgesPx'> {
  const pieces = findPieces(bands);
  // Bit k of a piece: it keeps a core at the k-th radius.
  const keeps = new Uint16Array(bands.data.length);
  const radii = [...RADII, FRAGMENT_RADIUS_PX];
  radii.forEach((radiusPx, bit) => {
    const cores = bandCores(bands, radiusPx);
    for (let i = 0; i < cores.length; i++) {
      if (cores[i] === 1) {
        keeps[pieces[i]!]! |= 1 << bit;
      }
    }
  });
  const thing = 1 << RADII.length;
  let fragments = 0;
  let pixels = 0;
  const gone = RADII.map(() => 0);
  for (let i = 0; i < pieces.length; i++) {
    const kept = keeps[pieces[i]!]!;
    if ((kept & thing) !== 0) {
      continue;
    }
    pixels++;
    if (pieces[i] === i) {
      fragments++;
      for (let bit = 0; bit < RADII.length; bit++) {
        gone[bit]! += (kept >> bit) & 1 ? 0 : 1;
      }
    }
  }
  const removed = RADII.map((radiusPx, k) => ({ radiusPx, share: fragments === 0 ? 1 : gone[k]! / fragments }));
  const enough = removed.find(({ share }) => share >= ENOUGH)?.radiusPx ?? FRAGMENT_RADIUS_PX;
  return {
    fragments,
    fragmentShare: pixels / pieces.length,
    removed,
    suggestedCleanEdgesPx: fragments === 0 ? 0 : enough,
  };
}

/** For each pixel the first pixel of its piece: what hangs together in one band, corners included. */
function findPieces({ width, height, data }: Bands): Int32Array {
  const parents = Int32Array.from(data, (_, i) => i);
  const find = (pixel: number): number => {
    let root = pixel;
    while (parents[root] !== root) {
      parents[root] = parents[parents[root]!]!;
      root = parents[root]!;
    }
    return root;
  };
  const join = (a: number, b: number): void => {
    const first = find(a);
    const second = find(b);
    parents[Math.max(first, second)] = Math.min(first, second);
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const band = data[i];
      if (x > 0 && data[i - 1] === band) join(i, i - 1);
      if (y > 0) {
        if (data[i - width] === band) {
          join(i, i - width);
        } else {
          if (x > 0 && data[i - width - 1] === band) join(i, i - width - 1);
          if (x + 1 < width && data[i - width + 1] === band) join(i, i - width + 1);
        }
      }
    }
  }
  return parents.map((_, i) => find(i));
}
