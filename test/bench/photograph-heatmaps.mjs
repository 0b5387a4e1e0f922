// Heatmaps of 352 x 352 like a network's, made of true masks; noise comes from a seed of the name.
//
// `s5`: blur 5 and smooth noise. `s4b16`: blur 4, means of 16 x 16 pixels, bilinear. `blk`: the same in blocks.
// `clip`: noisy logits of patches of 16 x 16 pixels mixed with a blur, peak 0.85.
import { createMask, resizeMask } from '../../dist/raster/index.js';

export const HEATMAP_MODELS = ['s5', 's4b16', 'blk', 'clip'];

const SIDE = 352;
const PATCHES = 22;

/** One of `HEATMAP_MODELS` of the mask of a thing: SIDE x SIDE probabilities. */
export function makeHeatmap(mask, { width, height }, model, name) {
  const random = seeded(`${name}.${model}`);
  const square = { width: SIDE, height: SIDE };
  const small = Float32Array.from(resizeMask(createMask(width, height, mask), square).data, (value) => value / 255);
  if (model === 's5' || model === 's4b16') {
    const soft = model === 's5' ? blur(small, SIDE, 5) : interpolate(patchMeans(blur(small, SIDE, 4)));
    const noise = smoothNoise(random);
    const amount = model === 's5' ? 0.06 : 0.05;
    return soft.map((value, i) => {
      const h = value * 0.92 + 0.03;
      return unit(h + amount * noise[i] * (0.3 + 4 * h * (1 - h)) + 0.01 * normal(random));
    });
  }
  const blurred = blur(small, SIDE, 4);
  if (model === 'blk') return repeat(patchMeans(blurred));
  const logits = repeat(patchMeans(small).map((share) => 6 * (share - 0.45) + 0.7 * normal(random)));
  const mixed = blur(
    logits.map((logit, i) => 0.6 * logit + 2.8 * (blurred[i] - 0.5)),
    SIDE,
    1.5,
  );
  return mixed.map((logit) => 0.85 / (1 + Math.exp(-logit - 0.1 * normal(random))));
}

function unit(value) {
  return Math.min(Math.max(value, 0), 1);
}

function smoothNoise(random) {
  const noise = blur(
    Float32Array.from({ length: SIDE * SIDE }, () => normal(random)),
    SIDE,
    8,
  );
  const deviation = Math.sqrt(noise.reduce((sum, value) => sum + value * value, 0) / noise.length);
  return noise.map((value) => value / deviation);
}

/** A Gaussian blur of a square plane, mirrored at its edges. */
function blur(plane, side, sigma) {
  const reach = Math.ceil(4 * sigma);
  const weights = Float64Array.from({ length: 2 * reach + 1 }, (_, k) => Math.exp(-(((k - reach) / sigma) ** 2) / 2));
  const total = weights.reduce((sum, value) => sum + value, 0);
  const along = (source, step) =>
    source.map((_, i) => {
      const at = Math.floor(i / step) % side;
      const begin = i - at * step;
      let sum = 0;
      for (let k = -reach; k <= reach; k++) {
        const place = Math.abs(at + k) % (2 * side - 2);
        sum += weights[k + reach] * source[begin + (place < side ? place : 2 * side - 2 - place) * step];
      }
      return sum / total;
    });
  return along(along(plane, 1), side);
}

function patchMeans(plane) {
  const size = SIDE / PATCHES;
  const means = new Float32Array(PATCHES * PATCHES);
  for (let i = 0; i < plane.length; i++) {
    const patch = Math.floor(Math.floor(i / SIDE) / size) * PATCHES + Math.floor((i % SIDE) / size);
    means[patch] += plane[i] / size ** 2;
  }
  return means;
}

function repeat(patches) {
  const size = SIDE / PATCHES;
  return Float32Array.from(
    { length: SIDE * SIDE },
    (_, i) => patches[Math.floor(Math.floor(i / SIDE) / size) * PATCHES + Math.floor((i % SIDE) / size)],
  );
}

function interpolate(patches) {
  const place = (at) => Math.min(Math.max(((at + 0.5) * PATCHES) / SIDE - 0.5, 0), PATCHES - 1);
  return Float32Array.from({ length: SIDE * SIDE }, (_, i) => {
    const [x, y] = [place(i % SIDE), place(Math.floor(i / SIDE))];
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const [right, bottom] = [Math.min(left + 1, PATCHES - 1), Math.min(top + 1, PATCHES - 1)];
    const at = (column, row) => patches[row * PATCHES + column];
    const upper = at(left, top) * (1 - x + left) + at(right, top) * (x - left);
    const lower = at(left, bottom) * (1 - x + left) + at(right, bottom) * (x - left);
    return upper * (1 - y + top) + lower * (y - top);
  });
}

function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A generator of numbers in [0, 1) (mulberry32), seeded by text. */
function seeded(text) {
  let state = [...text].reduce((hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 16777619), 2166136261);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
