import { type Mask, type Raster, sampleMaximum } from '../../../raster/index.js';
import { type BandCells, RUN } from './band-cells.js';
import { BAND_REACH } from './band-matrix.js';
import { TRIMAP_MARGIN } from '../make-trimap.js';
import type { MattingKernels } from './matting-kernels.js';
import { KNOWN_BACKGROUND, KNOWN_FOREGROUND, type MattingLine, type MattingSystem } from './matting-windows.js';

/**
 * The closed-form matting Laplacian (Levin, Lischinski and Weiss, "A closed-form solution to natural image matting",
 * 2008) over windows of 3 x 3, restricted to the unknown pixels: known ones go to the right side.
 *
 * @param epsilon variance of color, of values in [0, 1], below which a window counts as of one color
 */
export function mattingLaplacian(
  image: Raster,
  trimap: Mask,
  cells: BandCells,
  epsilon: number,
  kernels: MattingKernels,
): MattingSystem {
  const { count, runs, firstRuns } = cells;
  const { width, height } = image;
  const segments = kernels.int32(cells.segments.length);
  segments.set(cells.segments);
  const matrix = {
    diagonal: kernels.float32(count),
    inverse: kernels.float32(count),
    entries: kernels.float32(count * BAND_REACH),
    segments,
    chunks: cells.chunks,
  };
  const system = { matrix, rightSide: kernels.float32(count) };
  const lines = [0, 1, 2].map(() => ({
    members: kernels.int32(width),
    colors: kernels.float64(width * 3),
    row: -1,
  }));
  const isCenter = new Uint8Array(width);
  const isNear = new Uint8Array(width);
  for (let y = 1; y < height - 1; y++) {
    const [begin, end] = [firstRuns[y - 1]! * RUN, firstRuns[y + 2]! * RUN];
    if (begin === end) continue;
    // Unknown pixels and one more on either side. Windows in gaps between them may hold none: they add nothing.
    isCenter.fill(0);
    for (let run = begin; run < end; run += RUN) {
      isCenter.fill(1, Math.max(runs[run + 1]! + 1, 1), Math.min(runs[run + 2]! - 1, width - 1));
    }
    const around = [y - 1, y, y + 1].map((row) => {
      const line = lines[row % 3]!;
      if (line.row !== row) readLine(image, trimap, cells, row, isNear, line);
      line.row = row;
      return line;
    });
    for (let x = isCenter.indexOf(1); x >= 0;) {
      const next = isCenter.indexOf(0, x);
      kernels.addWindows(around, x, next, system, epsilon);
      x = isCenter.indexOf(1, next);
    }
  }
  // Cells that no window holds keep the first guess.
  for (let cell = 0; cell < count; cell++) {
    if (matrix.diagonal[cell] === 0) {
      matrix.diagonal[cell] = 1;
      system.rightSide[cell] = 0.5 * cells.unknown[cell]!;
    }
    matrix.inverse[cell] = 1 / matrix.diagonal[cell]!;
  }
  return system;
}

/** Reads the pixels of a row that windows may hold. */
function readLine(
  image: Raster,
  trimap: Mask,
  { firstRuns, runs, unknown }: BandCells,
  row: number,
  isNear: Uint8Array,
  { members, colors }: MattingLine,
): void {
  const { width, height, channels, data } = image;
  const toUnit = 1 / sampleMaximum(image);
  isNear.fill(0);
  const last = firstRuns[Math.min(row + 3, height)]! * RUN;
  for (let run = firstRuns[Math.max(row - 2, 0)]! * RUN; run < last; run += RUN) {
    isNear.fill(1, Math.max(runs[run + 1]!, 0), runs[run + 2]);
  }
  for (let x = isNear.indexOf(1); x >= 0; x = isNear.indexOf(1, x + 1)) {
    const i = row * width + x;
    members[x] = trimap.data[i]! < TRIMAP_MARGIN ? KNOWN_BACKGROUND : KNOWN_FOREGROUND;
    colors[x * 3] = data[i * channels]! * toUnit;
    colors[x * 3 + 1] = data[i * channels + 1]! * toUnit;
    colors[x * 3 + 2] = data[i * channels + 2]! * toUnit;
  }
  for (let run = firstRuns[row]! * RUN; run < firstRuns[row + 1]! * RUN; run += RUN) {
    for (let cell = runs[run]!, x = runs[run + 1]!; x < runs[run + 2]!; x++, cell++) {
      if (unknown[cell] === 1) members[x] = cell;
    }
  }
}
