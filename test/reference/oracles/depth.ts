import type { Bands } from '../../../src/depth/layers/slice-depth.js';

/** The squared distance to the nearest marked pixel, by looking at all of them. */
export function squaredDistance(isSource: Uint8Array, width: number, x: number, y: number): number {
  let least = Infinity;
  isSource.forEach((mark, i) => {
    if (mark !== 0) {
      least = Math.min(least, ((i % width) - x) ** 2 + (Math.floor(i / width) - y) ** 2);
    }
  });
  return least;
}

/** Whether a pixel survives the opening of its band by a structuring element given as offsets. */
export function survivesOpening(
  bands: Bands,
  offsets: readonly (readonly [number, number])[],
  x: number,
  y: number,
): boolean {
  const at = (px: number, py: number): number | undefined =>
    px < 0 || py < 0 || px >= bands.width || py >= bands.height ? undefined : bands.data[py * bands.width + px];
  const band = at(x, y);
  return offsets.some(([dx, dy]) => {
    const cx = x + dx;
    const cy = y + dy;
    return at(cx, cy) !== undefined && offsets.every(([ex, ey]) => [band, undefined].includes(at(cx + ex, cy + ey)));
  });
}

/** The least total cost of parting sorted values into `parts` runs that never part equal values: all ways are tried. */
export function leastCost(values: readonly number[], parts: number, cost: (run: readonly number[]) => number): number {
  if (parts === 1) {
    return cost(values);
  }
  let least = Infinity;
  for (let end = 1; end < values.length; end++) {
    if (values[end] !== values[end - 1]) {
      least = Math.min(least, cost(values.slice(0, end)) + leastCost(values.slice(end), parts - 1, cost));
    }
  }
  return least;
}

/** One band's mask under a kernel on both axes, mirrored at the borders without repeating them. */
export function blurredBand(bands: Bands, band: number, kernel: ArrayLike<number>, x: number, y: number): number {
  const radius = (kernel.length - 1) / 2;
  let sum = 0;
  for (let dy = -radius; dy <= radius; dy++) {
    for (let dx = -radius; dx <= radius; dx++) {
      const i = mirrored(y + dy, bands.height) * bands.width + mirrored(x + dx, bands.width);
      sum += bands.data[i] === band ? kernel[dy + radius]! * kernel[dx + radius]! : 0;
    }
  }
  return sum;
}

function mirrored(index: number, length: number): number {
  if (length === 1) {
    return 0;
  }
  if (index < 0) {
    return mirrored(-index, length);
  }
  return index < length ? index : mirrored(2 * (length - 1) - index, length);
}
