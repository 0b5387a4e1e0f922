import { describe, expect, it } from 'vitest';
import { drawDepthHistogram } from '../../../../src/render/draw-histogram.js';
import { analyzeLayers } from '../../../../src/depth/layers/analyze-layers.js';
import { cleanBands } from '../../../../src/depth/layers/slice-clean.js';
import { sliceDepth } from '../../../../src/depth/layers/slice-depth.js';
import { sortDepths, splitDepth } from '../../../../src/depth/layers/split-depth.js';
import { createDepthMap, type DepthMap } from '../../../../src/raster/index.js';

/** A near half and a far half, with `lines` of the far depth, each `thickness` pixels thick, across the near half. */
function striped(lines: number, thickness: number): DepthMap {
  const [width, height] = [200, 200];
  const data = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const inLine = y % 40 >= 15 && y % 40 < 15 + thickness && y < lines * 40;
      data[y * width + x] = x < 100 || (inLine && x >= 110) ? 0 : 1;
    }
  }
  return createDepthMap(width, height, data, { depthOrder: 'near-is-large', unit: 'relative' });
}

describe('analyzeLayers', () => {
  it.each([
    [0, 2],
    [0.15, 2],
    [0.3, 3],
    [0.5, 4],
    [0.7, 5],
  ])('suggests layers by the spread: halves %d apart make %d', (distance, layers) => {
    // Twenty depths close to two, so that there are enough of them for five layers.
    const data = Float32Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? 0 : distance) + (i % 20) / 1e5);
    const analysis = analyzeLayers(createDepthMap(20, 20, data, { depthOrder: 'near-is-large', unit: 'relative' }));
    expect(analysis.deviation).toBeCloseTo(distance / 2, 3);
    expect(analysis.suggestedLayers).toBe(layers);
  });

  it('suggests no more layers than there are depths', () => {
    const data = Float32Array.from({ length: 400 }, (_, i) => (i % 3 === 0 ? 1 : (i % 3) / 4));
    const analysis = analyzeLayers(createDepthMap(20, 20, data, { depthOrder: 'near-is-large', unit: 'relative' }));
    expect(analysis.deviation).toBeGreaterThan(0.3);
    expect(analysis.suggestedLayers).toBe(3);
    expect(analysis.shares.map((shares) => shares.length)).toEqual([2, 3]);
  });

  it('needs no cleaning where everything is thick', () => {
    expect(analyzeLayers(striped(0, 0))).toMatchObject({
      fragments: 0,
      fragmentShare: 0,
      suggestedCleanEdgesPx: 0,
      humps: 2,
    });
  });

  it.each([
    [2, 1],
    [3, 2],
    [5, 3],
    [9, 5],
  ])('lines %d pixels thick need radius %d, and that radius does remove them', (thickness, radiusPx) => {
    const depth = striped(5, thickness);
    const analysis = analyzeLayers(depth);
    expect(analysis).toMatchObject({ fragments: 5, suggestedCleanEdgesPx: radiusPx });
    expect(analysis.fragmentShare).toBeCloseTo((5 * thickness * 90) / 40_000, 9);
    const bands = sliceDepth(depth, splitDepth(sortDepths(depth), { kind: 'quantile', layers: 2 }));
    const line = 15 * 200 + 150;
    expect(bands.data[line]).toBe(0);
    expect(cleanBands(bands, { radiusPx }).data[line]).toBe(1);
    if (radiusPx > 1) {
      expect(cleanBands(bands, { radiusPx: radiusPx - 1 }).data[line]).toBe(0);
    }
  });
});

describe('drawDepthHistogram', () => {
  it('has bars where depths are, in their colors, and a white line at a threshold', () => {
    const { width, height, data } = drawDepthHistogram({ data: Float32Array.from([0, 0, 0, 0, 1]) }, [0.5]);
    const at = (x: number, y: number): number[] =>
      Array.from(data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3));
    expect(at(0, height - 1)).toEqual([0, 0, 4]);
    expect(at(width - 1, height - 1)).toEqual([252, 255, 164]);
    expect(at(width / 2, 0)).toEqual([255, 255, 255]);
    expect(at(100, height - 1)).toEqual(at(100, 0));
    expect(at(0, 10)).toEqual([0, 0, 4]);
    expect(at(width - 1, 10)).not.toEqual([252, 255, 164]);
  });
});
