import { createMask, type Mask } from '../../src/raster/index.js';

/** White for black. */
export function inverted(original: Mask): Mask {
  return createMask(
    original.width,
    original.height,
    original.data.map((value) => 255 - value),
  );
}

/** One to three ellipses, some of them cut off by the border. */
export function blob(random: () => number, width: number, height: number): Mask {
  const drawn = createMask(width, height);
  const count = 1 + Math.floor(random() * 3);
  for (let k = 0; k < count; k++) {
    const [x, y] = [width * random(), height * random()];
    const [rx, ry] = [width * (0.05 + 0.25 * random()), height * (0.05 + 0.25 * random())];
    for (let i = 0; i < drawn.data.length; i++) {
      if (Math.hypot(((i % width) - x) / rx, (Math.floor(i / width) - y) / ry) < 1) drawn.data[i] = 255;
    }
  }
  return drawn;
}
