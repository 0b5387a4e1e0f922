import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { drawDepth } from '../../src/render/colormap-inferno.js';
import { buildLayers } from '../../src/depth/layers/layers-build.js';
import { gradientDepth } from '../../src/depth/normalize-depth.js';
import { cleanBands } from '../../src/depth/layers/slice-clean.js';
import { sliceDepth } from '../../src/depth/layers/slice-depth.js';
import { sortDepths, splitDepthCompat } from '../../src/depth/layers/split-depth.js';
import { decodeImage, decodeMask } from '../../src/io/image/decode-image.js';
import { createDepthMap, type Raster } from '../../src/raster/index.js';

// Written by image-to-layers itself from one image of random samples and a vertical gradient.
const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/layers/${name}`, import.meta.url));

interface Case {
  readonly w: number;
  readonly h: number;
  readonly n: number;
  readonly feather: number;
  readonly clean: string;
}
const cases = JSON.parse(readFileSync(fixture('manifest.json'), 'utf8')) as Case[];

describe('layers of image-to-layers', () => {
  it('has 11 cases to compare', () => {
    expect(cases).toHaveLength(11);
  });

  it.each(cases)('$n layers, feather $feather, clean-edges $clean: every file within 1 level', async (item) => {
    const { raster } = await decodeImage(fixture('randrgba.png'));
    const depth = gradientDepth(item.w, item.h);
    const sliced = sliceDepth(depth, splitDepthCompat(sortDepths(depth), item.n));
    const bands = item.clean === 'off' ? sliced : cleanBands(sliced, { radiusPx: Number(item.clean), compat: true });
    let seen = 0;
    for (const layer of buildLayers(raster, bands, { featherPx: item.feather, compat: true })) {
      const name = `randrgba_grad_n${item.n}_f${item.feather}_c${item.clean}_L${layer.index + 1}.png`;
      const expected = (await decodeImage(fixture(name))).raster;
      const difference = largestDifference(expected, layer.raster);
      expect({ name, close: difference <= 1 }).toEqual({ name, close: true });
      seen++;
    }
    expect(seen).toBe(item.n);
  });

  it('the gradient is equal to the bit', () => {
    const { data } = gradientDepth(160, 96);
    expect(Buffer.from(data.buffer).equals(readFileSync(fixture('randrgba_grad.f32')))).toBe(true);
  });

  it('the depth image is equal', async () => {
    const expected = (await decodeImage(fixture('randrgba_grad_depthmap.png'))).raster;
    expect(drawDepth(gradientDepth(160, 96))).toEqual(expected);
  });
});

// OpenCV's opening and SciPy's distances on a depth with halos and noise; a pixel of band i has the gray 20 i.
describe('clean-edges of image-to-layers', () => {
  const bytes = readFileSync(fixture('halos.f32'));
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const depth = createDepthMap(104, 72, values, { depthOrder: 'near-is-large', unit: 'relative' });

  it.each([4, 7].flatMap((layers) => [1, 2, 3, 5, 8].map((radiusPx) => ({ layers, radiusPx }))))(
    '$layers layers, radius $radiusPx: every pixel is equal',
    async ({ layers, radiusPx }) => {
      const bands = sliceDepth(depth, splitDepthCompat(sortDepths(depth), layers));
      const { mask } = await decodeMask(fixture(`halos_n${layers}_r${radiusPx}.png`));
      const cleaned = cleanBands(bands, { radiusPx, compat: true });
      expect(Array.from(cleaned.data)).toEqual(Array.from(mask.data, (gray) => gray / 20));
    },
  );
});

function largestDifference(a: Raster, b: Raster): number {
  expect(b.data.length).toBe(a.data.length);
  return Array.from(a.data).reduce((most, sample, i) => Math.max(most, Math.abs(sample - b.data[i]!)), 0);
}
