import { createDepthMap, type DepthMap } from '../../src/raster/index.js';
import { seededRandom } from './random.js';

/** Normalized depth of the kinds that occur: flat things before a slope, with noise, few steps, or one depth. */
export function randomDepth(seed: number, width: number, height: number): DepthMap {
  const random = seededRandom(seed);
  const data = new Float32Array(width * height);
  const noise = random() < 0.5 ? 0 : random() * 0.3;
  const steps = random() < 0.4 ? 1 + Math.floor(random() * 6) : 0;
  const things = Array.from({ length: Math.floor(random() * 6) }, () => ({
    x: random() * width,
    y: random() * height,
    radius: random() * 0.4 * Math.max(width, height),
    value: random(),
  }));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const thing = things.find((each) => Math.hypot(each.x - x, each.y - y) < each.radius);
      const value = (thing?.value ?? y / height) + (random() - 0.5) * noise;
      const clamped = Math.min(1, Math.max(0, value));
      data[y * width + x] = steps === 0 ? clamped : Math.floor(clamped * steps) / steps;
    }
  }
  return createDepthMap(width, height, data, { depthOrder: 'near-is-large', unit: 'relative' });
}
