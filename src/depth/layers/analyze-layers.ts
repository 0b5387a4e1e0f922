import { uniteSets } from '../../engine/components/disjoint-sets.js';
import type { DepthMap } from '../../raster/index.js';
import { bandCores } from './slice-clean.js';
import { type Bands, bandShares, sliceDepth } from './slice-depth.js';
import { sortDepths, splitDepth } from './split-depth.js';

/** What a depth map suggests about cutting it into layers. */
export interface LayerAnalysis {
  /** Of normalized depth, 0 far, 1 near. */
  readonly mean: number;
  readonly deviation: number;
  /** By the deviation: below 0.10, 0.20, 0.30, else 2, 3, 4, 5 layers; fewer where there are fewer depths. */
  readonly suggestedLayers: number;
  /** Humps of the histogram: groups of depth with few pixels between them. */
  readonly humps: number;
  /** For 2 to 5 layers, where there are depths enough, the shares that are as equal as ties allow. */
  readonly shares: readonly (readonly number[])[];
  /** Pieces of the suggested layers that are nowhere thick: outlines and specks. */
  readonly fragments: number;
  /** The share of the image's pixels in them. */
  readonly fragmentShare: number;
  /** For each radius of clean-edges, the share of the fragments that it removes. */
  readonly removed: readonly { readonly radiusPx: number; readonly share: number }[];
  /** The smallest radius that removes 90 % of the fragments; 0 where there are none: clean-edges off. */
  readonly suggestedCleanEdgesPx: number;
}

const DEVIATIONS = [0.1, 0.2, 0.3];
const RADII = [1, 2, 3, 4, 5, 6, 8, 10];
/** A piece that keeps a core at the largest radius, or at this share of a small image's short side, is a thing. */
const THING_RADIUS = { maxPx: 12, ofShortSide: 1 / 32 };
const ENOUGH = 0.9;

/** Detections at normalized depth: how many layers, and which radius cleans their edges, measured by that very cleaning. */
export function analyzeLayers(depth: DepthMap): LayerAnalysis {
  const sorted = sortDepths(depth);
  const { mean, deviation } = measure(sorted);
  const slices = [2, 3, 4, 5].map((layers) => sliceDepth(depth, splitDepth(sorted, { kind: 'quantile', layers })));
  const suggested = slices[DEVIATIONS.filter((limit) => deviation >= limit).length]!;
  return {
    mean,
    deviation,
    suggestedLayers: suggested.count,
    humps: splitDepth(sorted, { kind: 'valleys', layers: 64 }).length + 1,
    shares: slices.filter(({ count }, i) => count === i + 2).map(bandShares),
    ...measureFragments(suggested),
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
  const shortSide = Math.min(bands.width, bands.height);
  const max = Math.max(1, Math.min(THING_RADIUS.maxPx, Math.floor(shortSide * THING_RADIUS.ofShortSide)));
  const things = piecesWithCore(pieces, bandCores(bands, max));
  const inFragment = new Uint8Array(pieces.length);
  let fragments = 0;
  let pixels = 0;
  for (let i = 0; i < pieces.length; i++) {
    if (things[pieces[i]!] === 0) {
      inFragment[i] = 1;
      pixels++;
      fragments += pieces[i] === i ? 1 : 0;
    }
  }
  const removed = [...RADII.filter((radiusPx) => radiusPx < max), max].map((radiusPx) => {
    const kept = piecesWithCore(pieces, bandCores(bands, radiusPx, inFragment)).reduce((sum, has) => sum + has, 0);
    return { radiusPx, share: fragments === 0 ? 1 : 1 - kept / fragments };
  });
  const enough = removed.find(({ share }) => share >= ENOUGH)?.radiusPx ?? max;
  return {
    fragments,
    fragmentShare: pixels / pieces.length,
    removed,
    suggestedCleanEdgesPx: fragments === 0 ? 0 : enough,
  };
}

/** 1 at the first pixel of each piece that has a core, else 0. */
function piecesWithCore(pieces: Int32Array, cores: Uint8Array): Uint8Array {
  const has = new Uint8Array(pieces.length);
  for (let i = 0; i < cores.length; i++) {
    if (cores[i] === 1) {
      has[pieces[i]!] = 1;
    }
  }
  return has;
}

/** For each pixel the first pixel of its piece: connected components of one band, corners included. */
function findPieces({ width, height, data }: Bands): Int32Array {
  const parents = new Int32Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const band = data[i];
      const left = x > 0 && data[i - 1] === band;
      const above = y > 0 && data[i - width] === band;
      parents[i] = left ? parents[i - 1]! : i;
      if (above) {
        // With the left one in the piece too, the one above it had joined them when its row was read.
        if (!left || data[i - width - 1] !== band) uniteSets(parents, i, i - width);
      } else if (y > 0) {
        if (!left && x > 0 && data[i - width - 1] === band) uniteSets(parents, i, i - width - 1);
        if (x + 1 < width && data[i - width + 1] === band) uniteSets(parents, i, i - width + 1);
      }
    }
  }
  for (let i = 0; i < parents.length; i++) {
    // Parents come before their children, so each is settled already.
    parents[i] = parents[parents[i]!]!;
  }
  return parents;
}
