import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { normalizeDepth } from '../../src/depth/normalize-depth.js';
import { decodeDepth } from '../../src/io/depth/decode-depth.js';
import { decodeImage } from '../../src/io/image/decode-image.js';
import { findDepth, resizeDepth } from '../../src/sources/depth/find-depth.js';
import { openModels } from '../../src/sources/model-pool.js';
import { examplePath, exampleTruth } from '../support/examples.js';

const MODEL = fileURLToPath(new URL('../../models/tiny-depth/', import.meta.url));
const TRUTHS = fileURLToPath(new URL('../fixtures/examples/', import.meta.url));
/** Single things of the still life that have a mask: no surfaces, and no word that names several of them. */
const THINGS = ['banana', 'bottle', 'bowl', 'cup', 'leaf', 'orange', 'pear', 'red-apple'];

describe.skipIf(!existsSync(join(MODEL, 'onnx/model.onnx')))('the embedded depth network', () => {
  it('has nine in ten pairs of things of the still life in the right order', async () => {
    const image = await decodeImage(examplePath('still-life'));
    const models = openModels({ model: MODEL });
    const found = await findDepth(
      { name: image.name, size: async () => image.raster, decoded: async () => image },
      { kind: 'model', estimator: models.depthEstimator },
    );
    await models.close();
    const guess = resizeDepth(normalizeDepth(found.depth), image.raster).data;
    const truth = normalizeDepth((await decodeDepth(examplePath('still-life').replace('.png', '.exr'))).map).data;

    const present = readdirSync(TRUTHS);
    const medians = THINGS.filter((thing) => present.includes(`still-life.${thing}.png`)).map((thing) => {
      const mask = exampleTruth('still-life', thing).data;
      const median = (values: Float32Array): number => {
        const inside = values.filter((_, i) => mask[i]! >= 128).sort();
        return inside[inside.length >> 1]!;
      };
      return { truth: median(truth), guess: median(guess) };
    });
    expect(medians.length).toBeGreaterThan(5);
    const pairs = medians.flatMap((a, i) =>
      medians.slice(i + 1).flatMap((b) => (Math.abs(a.truth - b.truth) >= 0.05 ? [[a, b] as const] : [])),
    );
    const right = pairs.filter(([a, b]) => a.truth > b.truth === a.guess > b.guess);
    expect(pairs.length).toBeGreaterThan(8);
    expect(right.length / pairs.length).toBeGreaterThanOrEqual(0.9);
  });
});
