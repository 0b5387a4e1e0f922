import { nearestSource } from '../engine/nearest-source.js';

/** Where the nearest pixels are that are opaque enough. */
export interface Spread {
  /** Index of the nearest such pixel, by steps along rows and columns; -1 where there is none at all. */
  readonly bySteps: Int32Array;
  /** Index of the nearest such pixel as the crow flies; -1 where there is none at all. */
  readonly byDistance: Int32Array;
  /** Steps along rows and columns to the nearest; 0 for those pixels themselves. */
  readonly steps: Int32Array;
}

/** From every pixel of at least `minimumAlpha` into the others. `data` is 8-bit RGBA. */
export function spreadInward(data: Uint8Array, width: number, height: number, minimumAlpha: number): Spread {
  const count = width * height;
  const bySteps = new Int32Array(count).fill(-1);
  const steps = new Int32Array(count);
  const isSource = new Uint8Array(count);
  for (let i = 0, a = 3; i < count; i++, a += 4) {
    if (data[a]! >= minimumAlpha) {
      bySteps[i] = i;
      isSource[i] = 1;
    }
  }
  walkInward(bySteps, steps, width);
  return { bySteps, byDistance: nearestSource(isSource, width, height), steps };
}

function walkInward(source: Int32Array, steps: Int32Array, width: number): void {
  const count = source.length;
  const queue = new Int32Array(count);
  let end = 0;
  for (let i = 0; i < count; i++) {
    if (source[i] === i) {
      const x = i % width;
      const touches =
        (x > 0 && source[i - 1] === -1) ||
        (x < width - 1 && source[i + 1] === -1) ||
        source[i - width] === -1 ||
        source[i + width] === -1;
      if (touches) {
        queue[end++] = i;
      }
    }
  }
  const visit = (from: number, to: number): void => {
    if (source[to] === -1) {
      source[to] = source[from]!;
      steps[to] = steps[from]! + 1;
      queue[end++] = to;
    }
  };
  for (let head = 0; head < end; head++) {
    const i = queue[head]!;
    const x = i % width;
    if (x > 0) visit(i, i - 1);
    if (x < width - 1) visit(i, i + 1);
    if (i >= width) visit(i, i - width);
    if (i + width < count) visit(i, i + width);
  }
}
