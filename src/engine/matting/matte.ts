import { assertSameSize, createMask, type Mask, type Raster } from '../../raster/index.js';
import { type ColorPlanes, toColorPlanes } from '../filters/color-planes.js';
import { solveConjugateGradients } from './conjugate-gradients.js';
import { TRIMAP_MARGIN } from './make-trimap.js';
import { mattingLaplacian } from './matting-laplacian.js';

/** Regularization and stopping rule of `matte`. */
export interface MatteOptions {
  /** Variance of color, of values in [0, 1], below which a window counts as of one color. */
  readonly epsilon?: number | undefined;
  /** Rounds of the solver, at most. */
  readonly iterations?: number | undefined;
  /** The solver ends where the residual has shrunk to this share. */
  readonly tolerance?: number | undefined;
}

/** Defaults of `matte`. */
export const MATTE_DEFAULTS = { epsilon: 1e-7, iterations: 100, tolerance: 2e-5 } as const satisfies MatteOptions;

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
  const known = Float32Array.from(trimap.data, (value) =>
    value < TRIMAP_MARGIN ? 0 : value > 255 - TRIMAP_MARGIN ? 1 : -1,
  );
  const alpha = solveAlpha(toColorPlanes(image), known, options);
  const data = new Uint8Array(alpha.length);
  for (let i = 0; i < data.length; i++) {
    data[i] = Math.min(Math.max(alpha[i]!, 0), 1) * 255 + 0.5;
  }
  return createMask(image.width, image.height, data);
}

function solveAlpha(planes: ColorPlanes, known: Float32Array, options: MatteOptions): Float32Array {
  const {
    epsilon = MATTE_DEFAULTS.epsilon,
    iterations = MATTE_DEFAULTS.iterations,
    tolerance = MATTE_DEFAULTS.tolerance,
  } = options;
  const { matrix, rightSide, pixels } = mattingLaplacian(planes, known, epsilon);
  const solution = new Float64Array(pixels.length + 1).fill(0.5, 0, pixels.length);
  // Unknown pixels that no window holds, in images less than three pixels wide, keep the first guess.
  for (let n = 0; n < pixels.length; n++) {
    if (matrix.diagonal[n] === 0) {
      matrix.diagonal[n] = 1;
      rightSide[n] = 0.5;
    }
  }
  solveConjugateGradients(matrix, rightSide, solution, { iterations, tolerance });
  const out = known.slice();
  for (let n = 0; n < pixels.length; n++) {
    out[pixels[n]!] = solution[n]!;
  }
  return out;
}
