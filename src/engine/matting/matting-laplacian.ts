import type { ColorPlanes } from '../filters/color-planes.js';
import type { SparseGrid } from './sparse-grid.js';

/** The equations of the unknown pixels. */
export interface MattingSystem {
  readonly matrix: SparseGrid;
  readonly rightSide: Float64Array;
  /** Positions in the image of the unknown pixels, ascending. */
  readonly pixels: Int32Array;
}

/** Pixels of a window of 3 x 3. */
const WINDOW = 9;
/** Neighbors behind a pixel, in reading order, that share a window with it. */
const NEIGHBORS = 12;

/** Where in `entries` the neighbor at (dx, dy) behind a pixel stands: dy 0 has dx 1 and 2, dy 1 and 2 have -2 to 2. */
function slotOf(dx: number, dy: number): number {
  return dy === 0 ? dx - 1 : dy * 5 + dx - 1;
}

/**
 * The closed-form matting Laplacian (Levin, Lischinski and Weiss, "A closed-form solution to natural image matting",
 * 2008) over windows of 3 x 3, restricted to the unknown pixels: known ones go to the right side.
 *
 * @param known alpha 0..1 of each pixel, negative where it is unknown
 * @param epsilon variance of color, of values in [0, 1], below which a window counts as of one color
 */
export function mattingLaplacian(planes: ColorPlanes, known: Float32Array, epsilon: number): MattingSystem {
  const { width, height } = planes;
  const numbers = new Int32Array(known.length);
  let count = 0;
  for (let i = 0; i < known.length; i++) {
    numbers[i] = known[i]! < 0 ? count++ : -1;
  }
  const pixels = new Int32Array(count);
  const diagonal = new Float64Array(count);
  const entries = new Float32Array(count * NEIGHBORS);
  const neighbors = new Int32Array(count * NEIGHBORS).fill(count);
  const rightSide = new Float64Array(count);
  for (let i = 0; i < known.length; i++) {
    if (numbers[i]! >= 0) pixels[numbers[i]!] = i;
  }
  fillNeighbors();

  const colors = new Float64Array(WINDOW * 3);
  const projected = new Float64Array(WINDOW * 3);
  const members = new Int32Array(WINDOW);
  for (let y = 1; y + 1 < height; y++) {
    for (let x = 1, center = y * width + 1; x + 1 < width; x++, center++) {
      if (hasUnknown(center)) addWindow(center);
    }
  }
  const matrix = {
    columns: pixels.map((pixel) => pixel % width),
    rows: pixels.map((pixel) => Math.floor(pixel / width)),
    diagonal,
    reach: NEIGHBORS,
    neighbors,
    entries,
  };
  return { matrix, rightSide, pixels };

  function fillNeighbors(): void {
    for (let n = 0; n < count; n++) {
      const x = pixels[n]! % width;
      for (let dy = 0; dy <= 2; dy++) {
        for (let dx = dy === 0 ? 1 : -2; dx <= 2; dx++) {
          const other = pixels[n]! + dy * width + dx;
          if (x + dx < 0 || x + dx >= width || other >= known.length || numbers[other]! < 0) continue;
          neighbors[n * NEIGHBORS + slotOf(dx, dy)] = numbers[other]!;
        }
      }
    }
  }

  function hasUnknown(center: number): boolean {
    for (let row = center - width; row <= center + width; row += width) {
      if (numbers[row - 1]! >= 0 || numbers[row]! >= 0 || numbers[row + 1]! >= 0) return true;
    }
    return false;
  }

  function addWindow(center: number): void {
    const { red, green, blue } = planes;
    let [mr, mg, mb] = [0, 0, 0];
    for (let k = 0, row = center - width; row <= center + width; row += width) {
      for (let i = row - 1; i <= row + 1; i++, k++) {
        members[k] = i;
        mr += colors[k * 3] = red[i]!;
        mg += colors[k * 3 + 1] = green[i]!;
        mb += colors[k * 3 + 2] = blue[i]!;
      }
    }
    mr /= WINDOW;
    mg /= WINDOW;
    mb /= WINDOW;
    let [rr, rg, rb, gg, gb, bb] = [0, 0, 0, 0, 0, 0];
    for (let k = 0; k < WINDOW * 3; k += 3) {
      const r = (colors[k]! -= mr);
      const g = (colors[k + 1]! -= mg);
      const b = (colors[k + 2]! -= mb);
      rr += r * r;
      rg += r * g;
      rb += r * b;
      gg += g * g;
      gb += g * b;
      bb += b * b;
    }
    rr = (rr + epsilon) / WINDOW;
    gg = (gg + epsilon) / WINDOW;
    bb = (bb + epsilon) / WINDOW;
    rg /= WINDOW;
    rb /= WINDOW;
    gb /= WINDOW;
    const c00 = gg * bb - gb * gb;
    const c01 = rb * gb - rg * bb;
    const c02 = rg * gb - rb * gg;
    const c11 = rr * bb - rb * rb;
    const c12 = rg * rb - rr * gb;
    const c22 = rr * gg - rg * rg;
    const scale = 1 / (WINDOW * (rr * c00 + rg * c01 + rb * c02));
    for (let k = 0; k < WINDOW * 3; k += 3) {
      const r = colors[k]!;
      const g = colors[k + 1]!;
      const b = colors[k + 2]!;
      projected[k] = (c00 * r + c01 * g + c02 * b) * scale;
      projected[k + 1] = (c01 * r + c11 * g + c12 * b) * scale;
      projected[k + 2] = (c02 * r + c12 * g + c22 * b) * scale;
    }
    for (let a = 0; a < WINDOW; a++) {
      const first = members[a]!;
      const firstNumber = numbers[first]!;
      const r = colors[a * 3]!;
      const g = colors[a * 3 + 1]!;
      const b = colors[a * 3 + 2]!;
      if (firstNumber >= 0) {
        diagonal[firstNumber]! +=
          1 - 1 / WINDOW - (r * projected[a * 3]! + g * projected[a * 3 + 1]! + b * projected[a * 3 + 2]!);
      }
      const ax = a % 3;
      const ay = (a - ax) / 3;
      for (let c = a + 1; c < WINDOW; c++) {
        const secondNumber = numbers[members[c]!]!;
        if (firstNumber < 0 && secondNumber < 0) continue;
        const value = -1 / WINDOW - (r * projected[c * 3]! + g * projected[c * 3 + 1]! + b * projected[c * 3 + 2]!);
        if (firstNumber < 0) {
          rightSide[secondNumber]! -= value * known[first]!;
        } else if (secondNumber < 0) {
          rightSide[firstNumber]! -= value * known[members[c]!]!;
        } else {
          const cx = c % 3;
          entries[firstNumber * NEIGHBORS + slotOf(cx - ax, (c - cx) / 3 - ay)]! += value;
        }
      }
    }
  }
}
