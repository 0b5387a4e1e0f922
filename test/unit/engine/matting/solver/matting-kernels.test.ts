import { describe, expect, it } from 'vitest';
import { bandCells } from '../../../../../src/engine/matting/solver/band-cells.js';
import { groupLevels } from '../../../../../src/engine/matting/solver/block-aggregation.js';
import { solveConjugateGradients } from '../../../../../src/engine/matting/solver/conjugate-gradients.js';
import {
  type MattingKernels,
  mattingKernelsInJavaScript,
  openMattingKernels,
} from '../../../../../src/engine/matting/solver/matting-kernels.js';
import { mattingLaplacian } from '../../../../../src/engine/matting/solver/matting-laplacian.js';
import { buildMultigrid } from '../../../../../src/engine/matting/solver/multigrid.js';
import { createMask, createRaster, type Mask, type Raster } from '../../../../../src/raster/index.js';
import { seededRandom } from '../../../../support/random.js';

const WIDTH = 90;
const HEIGHT = 61;

/** Colors that change slowly, with noise. */
function drawImage(random: () => number): Raster {
  const image = createRaster(WIDTH, HEIGHT, 3);
  for (let k = 0; k < image.data.length; k++) {
    const x = Math.floor(k / 3) % WIDTH;
    image.data[k] = 90 + 60 * Math.sin(x / (5 + (k % 3))) + random() * 40;
  }
  return image;
}

/** Holes, gaps of all widths, and a band that reaches all borders. */
function drawTrimap(random: () => number): Mask {
  const trimap = createMask(WIDTH, HEIGHT);
  for (let i = 0; i < trimap.data.length; i++) {
    const wave = Math.sin((i % WIDTH) / 7) + Math.cos(Math.floor(i / WIDTH) / 6);
    trimap.data[i] = wave > 1.2 ? 255 : wave < -1.2 || random() < 0.05 ? 0 : 128;
  }
  return trimap;
}

function solve(kernels: MattingKernels, image: Raster, trimap: Mask): Float32Array {
  const cells = bandCells(trimap);
  const groups = groupLevels(cells);
  const { matrix, rightSide } = mattingLaplacian(image, trimap, cells, 1e-4, kernels);
  const multigrid = buildMultigrid(matrix, cells, image, groups, kernels);
  const alpha = kernels.float32(cells.count);
  solveConjugateGradients(matrix, rightSide, alpha, multigrid, kernels, {
    iterations: 200,
    tolerance: 1e-6,
    unknowns: cells.count,
  });
  return alpha.slice();
}

describe('openMattingKernels', () => {
  it('solves the same equations in WebAssembly as in JavaScript', () => {
    const random = seededRandom(3);
    const image = drawImage(random);
    const trimap = drawTrimap(random);
    const oracle = solve(mattingKernelsInJavaScript(), image, trimap);
    const kernels = openMattingKernels(2 ** 23);
    const found = solve(kernels, image, trimap);
    expect(kernels.dot).not.toBe(mattingKernelsInJavaScript().dot);
    expect(oracle.some((value) => value > 0.9)).toBe(true);
    expect(Math.max(...found.map((value, i) => Math.abs(value - oracle[i]!)))).toBeLessThan(2e-4);
  });
});
