import type { GrayMap } from './map-grays.js';

/** The gray map with noise of all levels where there is nothing: outside `inside`. The same for the same seed. */
export function addNoise(grays: GrayMap, seed: number): GrayMap {
  const data = grays.data.slice();
  const range = data instanceof Uint16Array ? 65536 : 256;
  let state = seed >>> 0;
  for (let i = 0; i < data.length; i++) {
    if (grays.inside.data[i] === 0) {
      // mulberry32
      state = (state + 0x6d2b79f5) >>> 0;
      let t = Math.imul(state ^ (state >>> 15), state | 1);
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
      data[i] = (((t ^ (t >>> 14)) >>> 0) / 4294967296) * range;
    }
  }
  return { ...grays, data };
}
