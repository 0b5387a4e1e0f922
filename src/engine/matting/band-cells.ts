/**
 * The unknown pixels of an image as cells in reading order. Each row's unknown pixels lie in runs that reach two pixels
 * further on either side, so that all unknown pixels within two columns of a cell are consecutive cells: one number a
 * row finds five neighbors. Cells that are not unknown take no part in the equations. The first and the last two cells
 * are no pixels: a cell behind or before another always exists.
 */
export interface BandCells {
  readonly count: number;
  /** Position in the image of each cell. */
  readonly pixels: Int32Array;
  /** 1 where a cell is an unknown pixel. */
  readonly unknown: Uint8Array;
  /** The cell of the pixel below and of the one two rows below; the cell itself where no unknown pixel is near there. */
  readonly below: Int32Array;
  readonly belowTwo: Int32Array;
  /** The cell of each pixel of the image, 0 where it is none. */
  readonly numbers: Int32Array;
}

/** How far a window of 3 x 3 pixels joins pixels. */
const REACH = 2;

/** @param unknown 1 where a pixel is unknown, 0 elsewhere, row by row */
export function bandCells(unknown: Uint8Array, width: number): BandCells {
  const numbers = new Int32Array(unknown.length);
  let count = REACH;
  for (let row = 0; row < unknown.length; row += width) {
    const end = row + width;
    let next = row;
    for (let i = row; i < end; i++) {
      if (unknown[i] === 0) continue;
      for (next = Math.max(next, i - REACH); next < end && next <= i + REACH; next++) numbers[next] = count++;
    }
  }
  count += REACH;
  const pixels = new Int32Array(count);
  const own = new Uint8Array(count);
  const below = new Int32Array(count);
  const belowTwo = new Int32Array(count);
  for (let i = 0; i < numbers.length; i++) {
    const cell = numbers[i]!;
    if (cell === 0) continue;
    pixels[cell] = i;
    own[cell] = unknown[i]!;
    const [first, second] = [i + width, i + 2 * width];
    below[cell] = first < numbers.length && numbers[first] !== 0 ? numbers[first]! : cell;
    belowTwo[cell] = second < numbers.length && numbers[second] !== 0 ? numbers[second]! : cell;
  }
  return { count, pixels, unknown: own, below, belowTwo, numbers };
}
