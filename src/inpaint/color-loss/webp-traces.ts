import type { Hole } from './find-holes.js';

/** Whether a pixel equals one of the predictors of lossless WebP (RFC 9649, 4.1), from its left and upper neighbors. */
export function isPredictedPixel(data: Uint8Array, width: number, i: number): boolean {
  const x = i % width;
  if (i < width || x === 0 || x === width - 1) {
    return false;
  }
  const left = (i - 1) * 4;
  const top = (i - width) * 4;
  const topLeft = top - 4;
  const topRight = top + 4;
  return PREDICTORS.some((predict) => {
    for (let c = 0; c < 3; c++) {
      if (predict(data[left + c]!, data[top + c]!, data[topLeft + c]!, data[topRight + c]!) !== data[i * 4 + c]) {
        return false;
      }
    }
    return true;
  });
}

/** Predictors 1 to 10, 12 and 13 of RFC 9649; 11 chooses between the left and the top pixel. */
const PREDICTORS: readonly ((left: number, top: number, topLeft: number, topRight: number) => number)[] = [
  (left) => left,
  (_, top) => top,
  (_, __, ___, topRight) => topRight,
  (_, __, topLeft) => topLeft,
  (left, top, _, topRight) => (((left + topRight) >> 1) + top) >> 1,
  (left, _, topLeft) => (left + topLeft) >> 1,
  (left, top) => (left + top) >> 1,
  (_, top, topLeft) => (topLeft + top) >> 1,
  (_, top, __, topRight) => (top + topRight) >> 1,
  (left, top, topLeft, topRight) => (((left + topLeft) >> 1) + ((top + topRight) >> 1)) >> 1,
  (left, top, topLeft) => Math.min(Math.max(left + top - topLeft, 0), 255),
  (left, top, topLeft) => {
    const mean = (left + top) >> 1;
    return Math.min(Math.max(mean + Math.trunc((mean - topLeft) / 2), 0), 255);
  },
];

/** Mean differences of luma in the blocks of a hole, in levels. */
export interface BlockSteps {
  /** Pairs of neighboring blocks, one below the other. */
  readonly pairs: number;
  /** Between the means of blocks side by side. */
  readonly along: number;
  /** Between the means of blocks one below the other. */
  readonly between: number;
  /** Between neighboring pixels, the median of all blocks. */
  readonly within: number;
}

const BLOCK = 8;

/** Measures the 8 x 8 blocks that are wholly in a hole, a row of blocks at a time; `data` is 8-bit RGBA. */
export function measureBlocks(data: Uint8Array, width: number, height: number, hole: Hole): BlockSteps {
  const columns = width >> 3;
  const rows = height >> 3;
  const lineOf = () => ({ row: -1, inside: new Uint8Array(columns), means: new Float64Array(columns) });
  let upper = lineOf();
  let line = lineOf();
  const differences = new Float64Array(hole.area / (BLOCK * BLOCK));
  const steps = { along: 0, besides: 0, between: 0, pairs: 0 };
  let measuredBlocks = 0;
  for (let run = 0; run < hole.begins.length;) {
    const row = Math.floor(hole.begins[run]! / width) >> 3;
    if (row >= rows) break;
    [upper, line] = [line, upper];
    line.row = row;
    run = countInside(hole, run, width, line);
    for (let x = 0; x < columns; x++) {
      if (line.inside[x] !== BLOCK * BLOCK) continue;
      const { mean, difference } = measureBlock(data, width, x * BLOCK, row * BLOCK);
      line.means[x] = mean;
      differences[measuredBlocks++] = difference;
      if (x > 0 && line.inside[x - 1] === BLOCK * BLOCK) {
        steps.along += Math.abs(mean - line.means[x - 1]!);
        steps.besides++;
      }
      if (upper.row === row - 1 && upper.inside[x] === BLOCK * BLOCK) {
        steps.between += Math.abs(mean - upper.means[x]!);
        steps.pairs++;
      }
    }
  }
  return {
    pairs: Math.min(steps.pairs, steps.besides),
    along: steps.along / Math.max(steps.besides, 1),
    between: steps.between / Math.max(steps.pairs, 1),
    within: differences.subarray(0, measuredBlocks).sort()[measuredBlocks >> 1] ?? 0,
  };
}

/** Counts the pixels of the hole in each block of a row of blocks, from `run` on; the first run below it. */
function countInside(
  { begins, ends }: Hole,
  run: number,
  width: number,
  { row, inside }: { readonly row: number; readonly inside: Uint8Array },
): number {
  inside.fill(0);
  let next = run;
  for (; next < begins.length; next++) {
    const y = Math.floor(begins[next]! / width);
    if (y >> 3 !== row) break;
    const end = Math.min(ends[next]! - y * width, inside.length * BLOCK);
    for (let x = begins[next]! - y * width; x < end; x++) inside[x >> 3]!++;
  }
  return next;
}

/** The mean luma of a block, and the mean difference of neighbors off its border, which a loop filter changes. */
function measureBlock(
  data: Uint8Array,
  width: number,
  left: number,
  top: number,
): { readonly mean: number; readonly difference: number } {
  let sum = 0;
  let difference = 0;
  let pairs = 0;
  for (let y = 0; y < BLOCK; y++) {
    for (let x = 0; x < BLOCK; x++) {
      const i = (top + y) * width + left + x;
      const value = lumaAt(data, i);
      sum += value;
      if (x > 0 && y > 0 && x < BLOCK - 2 && y < BLOCK - 2) {
        difference += Math.abs(value - lumaAt(data, i + 1)) + Math.abs(value - lumaAt(data, i + width));
        pairs += 2;
      }
    }
  }
  return { mean: sum / (BLOCK * BLOCK), difference: difference / pairs };
}

function lumaAt(data: Uint8Array, i: number): number {
  return 0.299 * data[i * 4]! + 0.587 * data[i * 4 + 1]! + 0.114 * data[i * 4 + 2]!;
}
