import { createMask, type Mask } from '../../../src/raster/index.js';

/** The largest value of all pixels that `covers` says the structuring element covers, straight from the definition. */
export function slowDilate(mask: Mask, covers: (dx: number, dy: number) => boolean): Mask {
  const { width, height, data } = mask;
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let v = 0; v < height; v++) {
        for (let u = 0; u < width; u++) {
          if (covers(u - x, v - y)) {
            out[y * width + x] = Math.max(out[y * width + x]!, data[v * width + u]!);
          }
        }
      }
    }
  }
  return createMask(width, height, out);
}

/** Distance to the nearest selected pixel by looking at all of them. */
export function slowDistance({ width, height, data }: Mask): number[] {
  return Array.from(data, (_, i) => {
    let nearest = Infinity;
    for (let j = 0; j < width * height; j++) {
      if (data[j]! >= 128) {
        const dx = (j % width) - (i % width);
        const dy = Math.floor(j / width) - Math.floor(i / width);
        nearest = Math.min(nearest, dx * dx + dy * dy);
      }
    }
    return Math.sqrt(nearest);
  });
}
