import type { ColorPlanes } from '../filters/color-planes.js';

/** How strongly each pixel is tied to four of its neighbors; the other four are theirs. */
export interface ContrastLinks {
  readonly right: Float32Array;
  readonly down: Float32Array;
  readonly downRight: Float32Array;
  readonly downLeft: Float32Array;
}

/**
 * Ties of neighboring pixels, 1 between equal colors and near 0 across strong edges: `exp(-beta d^2)` over the distance
 * in pixels, `d` the difference of colors and `beta` half the inverse of its mean square (Boykov and Jolly 2001,
 * Rother et al. 2004). Ties beyond the image's border are 0.
 */
export function contrastLinks(planes: ColorPlanes): ContrastLinks {
  const { width, height } = planes;
  const count = width * height;
  const right = squaredDifferences(planes, 1, 0);
  const down = squaredDifferences(planes, 0, 1);
  const downRight = squaredDifferences(planes, 1, 1);
  const downLeft = squaredDifferences(planes, -1, 1);
  const pairs = (width - 1) * height + width * (height - 1) + 2 * Math.max(width - 1, 0) * Math.max(height - 1, 0);
  let sum = 0;
  for (let i = 0; i < count; i++) {
    sum += positive(right[i]!) + positive(down[i]!) + positive(downRight[i]!) + positive(downLeft[i]!);
  }
  const beta = sum === 0 ? 0 : pairs / (2 * sum);
  for (let i = 0; i < count; i++) {
    right[i] = tie(right[i]!, beta);
    down[i] = tie(down[i]!, beta);
    downRight[i] = tie(downRight[i]!, beta) * Math.SQRT1_2;
    downLeft[i] = tie(downLeft[i]!, beta) * Math.SQRT1_2;
  }
  return { right, down, downRight, downLeft };
}

/** Marks pairs that lie outside the image. */
const OUTSIDE = -1;

function positive(value: number): number {
  return value > 0 ? value : 0;
}

function tie(squared: number, beta: number): number {
  return squared === OUTSIDE ? 0 : Math.exp(-beta * squared);
}

function squaredDifferences({ width, height, red, green, blue }: ColorPlanes, dx: number, dy: number): Float32Array {
  const out = new Float32Array(width * height).fill(OUTSIDE);
  for (let y = 0; y + dy < height; y++) {
    const begin = y * width + Math.max(-dx, 0);
    const end = (y + 1) * width - Math.max(dx, 0);
    for (let i = begin, j = begin + dy * width + dx; i < end; i++, j++) {
      const r = red[i]! - red[j]!;
      const g = green[i]! - green[j]!;
      const b = blue[i]! - blue[j]!;
      out[i] = r * r + g * g + b * b;
    }
  }
  return out;
}
