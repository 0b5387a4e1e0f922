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

/** Measures the 8 x 8 blocks that are wholly in a hole; `data` is 8-bit RGBA. */
export function measureBlocks(data: Uint8Array, width: number, height: number, hole: Int32Array): BlockSteps {
  const columns = width >> 3;
  const rows = height >> 3;
  const inside = new Uint8Array(columns * rows);
  for (const i of hole) {
    const x = (i % width) >> 3;
    const y = Math.floor(i / width) >> 3;
    if (x < columns && y < rows) inside[y * columns + x]!++;
  }
  const means = new Float64Array(columns * rows);
  const differences: number[] = [];
  const steps = { along: 0, besides: 0, between: 0, pairs: 0 };
  for (let block = 0; block < inside.length; block++) {
    if (inside[block] !== BLOCK * BLOCK) continue;
    const x = block % columns;
    const measured = measureBlock(data, width, x * BLOCK, Math.floor(block / columns) * BLOCK);
    means[block] = measured.mean;
    differences.push(measured.difference);
    if (x > 0 && inside[block - 1] === BLOCK * BLOCK) {
      steps.along += Math.abs(measured.mean - means[block - 1]!);
      steps.besides++;
    }
    if (block >= columns && inside[block - columns] === BLOCK * BLOCK) {
      steps.between += Math.abs(measured.mean - means[block - columns]!);
      steps.pairs++;
    }
  }
  differences.sort((a, b) => a - b);
  return {
    pairs: Math.min(steps.pairs, steps.besides),
    along: steps.along / Math.max(steps.besides, 1),
    between: steps.between / Math.max(steps.pairs, 1),
    within: differences[differences.length >> 1] ?? 0,
  };
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
