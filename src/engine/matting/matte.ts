import { assertSameSize, createMask, type Mask, type Raster } from '../../raster/index.js';
import { asWords } from '../packed-bytes.js';
import { type BandCells, bandCells } from './solver/band-cells.js';
import { groupLevels, type PointGroups } from './solver/block-aggregation.js';
import { solveConjugateGradients } from './solver/conjugate-gradients.js';
import { TRIMAP_MARGIN } from './make-trimap.js';
import { openMattingKernels } from './solver/matting-kernels.js';
import { mattingLaplacian } from './solver/matting-laplacian.js';
import { buildMultigrid } from './solver/multigrid.js';

/** Regularization and stopping rule of `matte`. */
export interface MatteOptions {
  /** Variance of color, of values in [0, 1], below which a window counts as of one color. */
  readonly epsilon?: number | undefined;
  /** Rounds of the solver, at most. */
  readonly iterations?: number | undefined;
  /**
   * The solver ends where its preconditioner changes alpha, 0..1, by no more than this (the root of the mean square over
   * the band) and no pixel by more than 32 times as much.
   */
  readonly tolerance?: number | undefined;
}

/** Defaults of `matte`. */
export const MATTE_DEFAULTS = { epsilon: 1e-7, iterations: 100, tolerance: 1.5e-5 } as const satisfies MatteOptions;

/**
 * The alpha of a thing with soft edges, hair or fur: closed-form matting (Levin, Lischinski and Weiss 2008). In every
 * window of 3 x 3 pixels alpha is taken for linear in color; the alpha that fits all windows best is solved for in the
 * unknown band only, by conjugate gradients with a multigrid preconditioner.
 *
 * @param image 8 or 16 bit; its alpha is ignored
 * @param trimap 0 = background, 255 = foreground, between = unknown (see `makeTrimap`)
 * @returns 0 and 255 where the trimap is, alpha in [0, 255] between
 * @throws `SIZE_MISMATCH` where sizes differ
 * @example
 * import { makeTrimap, type Mask, matte, type Raster } from 'maskwright/engine';
 *
 * const alphaOf = (image: Raster, mask: Mask): Mask => matte(image, makeTrimap(mask));
 */
export function matte(image: Raster, trimap: Mask, options: MatteOptions = {}): Mask {
  assertSameSize('the image', image, 'the trimap', trimap);
  const {
    epsilon = MATTE_DEFAULTS.epsilon,
    iterations = MATTE_DEFAULTS.iterations,
    tolerance = MATTE_DEFAULTS.tolerance,
  } = options;
  const data = knownAlpha(trimap);
  const cells = bandCells(trimap);
  const groups = groupLevels(cells);
  const kernels = openMattingKernels(bytesOf(image.width, cells, groups));
  const { matrix, rightSide } = mattingLaplacian(image, trimap, cells, epsilon, kernels);
  const alpha = kernels.float32(cells.count);
  let unknowns = 0;
  for (let cell = 0; cell < cells.count; cell++) {
    unknowns += cells.unknown[cell]!;
    alpha[cell] = cells.unknown[cell]! * 0.5;
  }
  const multigrid = buildMultigrid(matrix, cells, image, groups, kernels);
  solveConjugateGradients(matrix, rightSide, alpha, multigrid, kernels, { iterations, tolerance, unknowns });
  for (let cell = 0; cell < cells.count; cell++) {
    if (cells.unknown[cell] === 0) continue;
    data[cells.rows[cell]! * image.width + cells.columns[cell]!] = Math.min(Math.max(alpha[cell]!, 0), 1) * 255 + 0.5;
  }
  return createMask(image.width, image.height, data);
}

/** 0 and 255 where the trimap knows it. */
function knownAlpha({ data }: Mask): Uint8Array {
  const out = data.slice();
  const words = asWords(data);
  for (let word = 0; word < words.length; word++) {
    if (words[word] === 0 || words[word] === -1) continue;
    for (let i = word * 4; i < word * 4 + 4; i++) out[i] = data[i]! > 255 - TRIMAP_MARGIN ? 255 : 0;
  }
  return out;
}

/** Bytes of the solver's arrays, with what alignment adds to them. */
const BYTES = { cell: 108, point: 524, level: 256, column: 84, all: 2064 } as const;

/** What the arrays of the solver take: the equations, the levels and the vectors. */
function bytesOf(width: number, cells: BandCells, groups: readonly PointGroups[]): number {
  const points = groups.reduce((sum, { columns }) => sum + columns.length, 0);
  return (
    BYTES.all +
    BYTES.column * width +
    BYTES.cell * cells.count +
    cells.segments.byteLength +
    BYTES.point * points +
    BYTES.level * groups.length
  );
}
