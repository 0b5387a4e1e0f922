import { expect, it } from 'vitest';
import { findInstances, refineHeatmap, thresholdHeatmap } from '../../../src/engine/index.js';
import {
  createHeatmap,
  createRaster,
  type Heatmap,
  heatmapBands,
  heatmapToMask,
  resizeHeatmap,
} from '../../../src/raster/index.js';

const WIDTH = 4099;
const HEIGHT = 2053;
const SIDE = 41;

/** Two spots, one of them at the lower right corner. */
function drawSpots(): Heatmap {
  const data = new Float32Array(SIDE * SIDE);
  for (let i = 0; i < data.length; i++) {
    const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
    const distance = Math.min(Math.hypot(x - 12, y - 15), Math.hypot(x - 39, y - 40) + 3);
    data[i] = 1 / (1 + Math.exp((distance - 7) / 1.5));
  }
  return createHeatmap(SIDE, SIDE, data);
}

/** Bright where the heatmap is high, with an edge of its own. */
function drawImage() {
  const data = new Uint8Array(WIDTH * HEIGHT * 3);
  for (let y = 0, k = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++, k += 3) {
      const isInside = Math.hypot(x / 100 - 12.3, y / 50 - 15.2) < 6.4;
      data[k] = isInside ? 200 : 40;
      data[k + 1] = isInside ? 120 : 90;
      data[k + 2] = (x ^ y) & 15;
    }
  }
  return createRaster(WIDTH, HEIGHT, 3, data);
}

it('rows of a large heatmap are those of the whole, whatever part of it is asked for, refined or not', () => {
  const image = drawImage();
  for (const heatmap of [refineHeatmap(drawSpots(), image), resizeHeatmap(drawSpots(), image)]) {
    const rows = heatmap.rows!;
    const cuts = [0, 1, 2, 9, 700, 1401, 2052, HEIGHT];
    const memory = new Float32Array(WIDTH * 701).fill(NaN);
    const parts = cuts.slice(1).map((to, k) => rows(cuts[k]!, to, k % 2 === 0 ? memory : undefined).slice());
    const selected = thresholdHeatmap(heatmap, 0.5);
    const gray = heatmapToMask(heatmap);
    const { instances, labels } = findInstances(heatmap, { threshold: 0.5 });
    // Until here nothing needed all values at once; `data` has them by one call.
    const whole = createHeatmap(WIDTH, HEIGHT, heatmap.data);
    for (const [k, part] of parts.entries()) {
      const expected = whole.data.subarray(cuts[k]! * WIDTH, cuts[k + 1]! * WIDTH);
      expect(Buffer.compare(toBytes(part), toBytes(expected))).toBe(0);
    }
    expect([...heatmapBands(heatmap)].reduce((sum, { values }) => sum + values.length, 0)).toBe(WIDTH * HEIGHT);
    expect(Buffer.compare(selected.data, thresholdHeatmap(whole, 0.5).data)).toBe(0);
    expect(Buffer.compare(gray.data, heatmapToMask(whole).data)).toBe(0);
    const expected = findInstances(whole, { threshold: 0.5 });
    expect(instances).toEqual(expected.instances);
    expect(instances.length).toBeGreaterThan(0);
    expect(Buffer.compare(toBytes(labels), toBytes(expected.labels))).toBe(0);
  }
});

function toBytes({ buffer, byteOffset, byteLength }: Float32Array | Int32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
