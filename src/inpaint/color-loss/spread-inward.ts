/** The way from every pixel to the nearest one that is opaque enough, by steps along rows and columns. */
export interface Spread {
  /** Index of that pixel; -1 where there is none at all. */
  readonly source: Int32Array;
  /** Steps to it; 0 for those pixels themselves. */
  readonly steps: Int32Array;
}

/** Walks from the pixels of at least `minimumAlpha` into the others, ring by ring. `data` is 8-bit RGBA. */
export function spreadInward(data: Uint8Array, width: number, height: number, minimumAlpha: number): Spread {
  const count = width * height;
  const source = new Int32Array(count).fill(-1);
  const steps = new Int32Array(count);
  let others = count;
  for (let i = 0, a = 3; i < count; i++, a += 4) {
    if (data[a]! >= minimumAlpha) {
      source[i] = i;
      others--;
    }
  }
  const queue = new Int32Array(others);
  let end = 0;
  const visit = (from: number, to: number): void => {
    if (source[to] === -1) {
      source[to] = source[from]!;
      steps[to] = steps[from]! + 1;
      queue[end++] = to;
    }
  };
  const visitNeighbors = (i: number): void => {
    const x = i % width;
    if (x > 0) visit(i, i - 1);
    if (x < width - 1) visit(i, i + 1);
    if (i >= width) visit(i, i - width);
    if (i + width < count) visit(i, i + width);
  };
  for (let i = 0; i < count; i++) {
    if (source[i] === i) visitNeighbors(i);
  }
  for (let head = 0; head < end; head++) {
    visitNeighbors(queue[head]!);
  }
  return { source, steps };
}
