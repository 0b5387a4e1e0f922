import { afterEach, describe, expect, it } from 'vitest';
import { fitToSize } from '../../../../src/io/image/fit-to-size.js';
import { type DepthConfig, depthInputSize } from '../../../../src/models/depth-anything/depth-config.js';
import { type DepthEstimator, loadDepthEstimator } from '../../../../src/models/depth-anything/depth-estimator.js';
import type { ModelChoice } from '../../../../src/models/registry/model-choice.js';
import { createRaster } from '../../../../src/raster/index.js';
import { temporaryFolder } from '../../../support/folder.js';
import { toyClipSegFiles, writeModel } from '../../../support/toy-clipseg.js';
import { toyDepthFiles } from '../../../support/toy-depth.js';

const folder = temporaryFolder();
const open: DepthEstimator[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((estimator) => estimator.dispose()));
});

async function load(choice: ModelChoice): Promise<DepthEstimator> {
  const estimator = await loadDepthEstimator(choice);
  open.push(estimator);
  return estimator;
}

describe('the size of the input', () => {
  const config: DepthConfig = {
    size: { width: 518, height: 518 },
    keepAspect: true,
    multiple: 14,
    mean: [0, 0, 0],
    std: [1, 1, 1],
  };
  // By transformers' DPTImageProcessor, but for the last: its input of 7770 x 518 would take 10 GB.
  it.each([
    [640, 480, 686, 518],
    [480, 640, 518, 686],
    [1536, 1024, 784, 518],
    [518, 518, 518, 518],
    [300, 100, 518, 168],
    [2000, 5, 518, 14],
    [2000, 518, 2002, 518],
    [5000, 600, 4312, 518],
    [9000, 600, 518, 28],
  ])('of %i x %i is %i x %i', (width, height, columns, rows) => {
    expect(depthInputSize({ width, height }, config)).toEqual({ width: columns, height: rows });
  });

  it('is fixed where the shape is not kept', () => {
    expect(depthInputSize({ width: 640, height: 100 }, { ...config, keepAspect: false })).toEqual(config.size);
  });
});

describe('a depth network', () => {
  it('gives depth in its own values, large for near', async () => {
    const estimator = await load({ model: writeModel(folder(), toyDepthFiles()) });
    expect(estimator.identity).toMatchObject({ dtype: 'fp32', device: 'cpu' });
    const size = estimator.inputSize({ width: 100, height: 60 });
    expect(size).toEqual({ width: 70, height: 42 });
    const data = Uint8Array.from({ length: 70 * 42 * 3 }, (_, i) => (i * 31) % 256);
    const depth = await estimator.estimate(createRaster(70, 42, 3, data));
    expect(depth).toMatchObject({
      kind: 'depth',
      depthOrder: 'near-is-large',
      unit: 'relative',
      width: 70,
      height: 42,
    });
    for (let i = 0; i < depth.data.length; i += 97) {
      const mean = (data[i * 3]! + data[i * 3 + 1]! + data[i * 3 + 2]!) / 3 / 255;
      expect(depth.data[i]!).toBeCloseTo(((mean - 0.5) / 0.5) * 3, 4);
    }
  });

  it('refuses a model for words', async () => {
    const model = writeModel(folder(), toyClipSegFiles());
    await expect(load({ model })).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND', message: /"clipseg" model/ });
    await expect(load({ model: 'clipseg' })).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  });
});

describe('pixels for a network', () => {
  it('are flattened, 8-bit and of the size that is asked for, whether they shrink or grow', () => {
    const gray = createRaster(40, 30, 4, new Uint16Array(40 * 30 * 4).fill(0x8080));
    for (const size of [
      { width: 14, height: 14 },
      { width: 84, height: 70 },
    ]) {
      const fitted = fitToSize(gray, size);
      expect(fitted).toMatchObject({ ...size, channels: 3 });
      expect([...new Set(fitted.data)]).toEqual([191]);
    }
  });
});
