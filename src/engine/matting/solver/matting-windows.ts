import type { BandMatrix } from './band-matrix.js';

/** The equations of the unknown pixels, over the cells of their band. */
export interface MattingSystem {
  readonly matrix: BandMatrix;
  readonly rightSide: Float32Array;
}

/** A row of the image. */
export interface MattingLine {
  /** The cell of each pixel, or what is known of it. */
  readonly members: Int32Array;
  /** Three values in [0, 1] a pixel. */
  readonly colors: Float64Array;
}

/** Pixels of a window of 3 x 3. */
const WINDOW = 9;

/** For each pair of a window's pixels, in reading order, the plane of the first one's entry for the second. */
export const PAIR_PLANES = Int32Array.from({ length: WINDOW * WINDOW }, (_, pair) => {
  const [first, second] = [Math.floor(pair / WINDOW), pair % WINDOW];
  const dx = (second % 3) - (first % 3);
  const dy = Math.floor(second / 3) - Math.floor(first / 3);
  return dy === 0 ? dx - 1 : dy * 5 + dx - 1;
});

/** Members of a window that are no unknown pixels. */
export const KNOWN_BACKGROUND = -1;
export const KNOWN_FOREGROUND = -2;

const colors = new Float64Array(WINDOW * 3);
const projected = new Float64Array(WINDOW * 3);
const members = new Int32Array(WINDOW);

/**
 * Adds the equations of the windows around pixels of a row.
 *
 * @param lines the row above, the row and the row below
 * @param begin column of the first pixel, 1 or more
 * @param end column behind the last
 */
export function addWindows(
  lines: readonly MattingLine[],
  begin: number,
  end: number,
  system: MattingSystem,
  epsilon: number,
): void {
  for (let x = begin; x < end; x++) {
    for (let row = 0, k = 0; row < 3; row++) {
      const line = lines[row]!;
      for (let i = x - 1; i <= x + 1; i++, k++) {
        members[k] = line.members[i]!;
        colors[k * 3] = line.colors[i * 3]!;
        colors[k * 3 + 1] = line.colors[i * 3 + 1]!;
        colors[k * 3 + 2] = line.colors[i * 3 + 2]!;
      }
    }
    projectColors(epsilon);
    addWindow(system);
  }
}

/** Takes the mean from a window's colors; `projected` are they times the inverse covariance, over the pixels' number. */
function projectColors(epsilon: number): void {
  let mr = 0;
  let mg = 0;
  let mb = 0;
  for (let k = 0; k < WINDOW * 3; k += 3) {
    mr += colors[k]!;
    mg += colors[k + 1]!;
    mb += colors[k + 2]!;
  }
  mr /= WINDOW;
  mg /= WINDOW;
  mb /= WINDOW;
  let rr = epsilon;
  let rg = 0;
  let rb = 0;
  let gg = epsilon;
  let gb = 0;
  let bb = epsilon;
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
  // Sums instead of means: the number of pixels cancels out.
  const c00 = gg * bb - gb * gb;
  const c01 = rb * gb - rg * bb;
  const c02 = rg * gb - rb * gg;
  const c11 = rr * bb - rb * rb;
  const c12 = rg * rb - rr * gb;
  const c22 = rr * gg - rg * rg;
  const scale = 1 / (rr * c00 + rg * c01 + rb * c02);
  for (let k = 0; k < WINDOW * 3; k += 3) {
    const r = colors[k]!;
    const g = colors[k + 1]!;
    const b = colors[k + 2]!;
    projected[k] = (c00 * r + c01 * g + c02 * b) * scale;
    projected[k + 1] = (c01 * r + c11 * g + c12 * b) * scale;
    projected[k + 2] = (c02 * r + c12 * g + c22 * b) * scale;
  }
}

function addWindow({ matrix: { diagonal, entries }, rightSide }: MattingSystem): void {
  const count = diagonal.length;
  for (let a = 0; a < WINDOW; a++) {
    const first = members[a]!;
    const r = projected[a * 3]!;
    const g = projected[a * 3 + 1]!;
    const b = projected[a * 3 + 2]!;
    if (first >= 0) {
      diagonal[first]! += 1 - 1 / WINDOW - (r * colors[a * 3]! + g * colors[a * 3 + 1]! + b * colors[a * 3 + 2]!);
    }
    for (let c = a + 1; c < WINDOW; c++) {
      const second = members[c]!;
      const value = -1 / WINDOW - (r * colors[c * 3]! + g * colors[c * 3 + 1]! + b * colors[c * 3 + 2]!);
      if (first >= 0) {
        if (second >= 0) entries[PAIR_PLANES[a * WINDOW + c]! * count + first]! += value;
        else if (second === KNOWN_FOREGROUND) rightSide[first]! -= value;
      } else if (first === KNOWN_FOREGROUND && second >= 0) {
        rightSide[second]! -= value;
      }
    }
  }
}
