import { assertSameSize, createMask, type Mask, type Raster } from '../../raster/index.js';
import { bandCells } from './band-cells.js';
import { solveConjugateGradients } from './conjugate-gradients.js';
import { TRIMAP_MARGIN } from './make-trimap.js';
import { mattingLaplacian } from './matting-laplacian.js';
import { buildMultigrid } from './multigrid.js';

/** Regularization and stopping rule of `matte`. */
export interface MatteOptions {
  /** Variance of color, of values in [0, 1], below which a window counts as of one color. */
  readonly epsilon?: number | undefined;
  /** Rounds of the solver, at most. */
  readonly iterations?: number | undefined;
  /** The solver ends where its preconditioner takes no pixel's alpha, 0..1, for farther off than this. */
  readonly tolerance?: number | undefined;
}

/** Defaults of `matte`. */
export const MATTE_DEFAULTS = { epsilon: 1e-7, iterations: 100, tolerance: 1e-4 } as const satisfies MatteOptions;

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
  const { length } = trimap.data;
  const foreground = new Uint8Array(length);
  const unknown = new Uint8Array(length);
  const data = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    const value = trimap.data[i]!;
    if (value > 255 - TRIMAP_MARGIN) {
      foreground[i] = 1;
      data[i] = 255;
    } else if (value >= TRIMAP_MARGIN) {
      unknown[i] = 1;
    }
  }
  const cells = bandCells(unknown, image.width);
  const { matrix, rightSide } = mattingLaplacian(image, foreground, cells, epsilon);
  const alpha = Float64Array.from(cells.unknown, (value) => value * 0.5);
  const multigrid = buildMultigrid(matrix, cells, image);
  solveConjugateGradients(matrix, rightSide, alpha, multigrid, { iterations, tolerance });
  for (let cell = 0; cell < cells.count; cell++) {
    if (cells.unknown[cell] === 1) data[cells.pixels[cell]!] = Math.min(Math.max(alpha[cell]!, 0), 1) * 255 + 0.5;
  }
  return createMask(image.width, image.height, data);
}
