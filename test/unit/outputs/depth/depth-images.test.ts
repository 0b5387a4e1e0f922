import { describe, expect, it } from 'vitest';
import { addNoise } from '../../../../src/depth/gray/add-noise.js';
import { drawRegions } from '../../../../src/outputs/depth/depth-images.js';
import { addSplit, allocateLevels, initialSplits, setFlag } from '../../../../src/depth/gray/gray-splits.js';
import { mapGrays } from '../../../../src/depth/gray/map-grays.js';
import { regionColor } from '../../../../src/render/region-colors.js';
import { type DepthEnd, parseDepthEnd, selectDepth } from '../../../../src/depth/select-depth.js';
import { suggestCutoff } from '../../../../src/depth/suggest-cutoff.js';
import { createDepthMap, type DepthMap } from '../../../../src/raster/index.js';

function mapOf(values: readonly number[], depthOrder: DepthMap['depthOrder'] = 'near-is-small'): DepthMap {
  return createDepthMap(values.length, 1, Float32Array.from(values), { depthOrder, unit: 'distance' });
}

function endOf(text: string | undefined): DepthEnd | undefined {
  return text === undefined ? undefined : parseDepthEnd(text);
}

const ramp = mapOf([0, 1, 2, 3, 4, 5, 6, 7, Number.NaN, Infinity]);
const whole = initialSplits({ min: 0, max: 7 });

describe('mapGrays', () => {
  it('the near end is light, the background black', () => {
    const { data, inside } = mapGrays(ramp, whole);
    expect(data[0]).toBe(255);
    expect([data[8], data[9]]).toEqual([0, 0]);
    expect([...inside.data]).toEqual([255, 255, 255, 255, 255, 255, 255, 255, 0, 0]);
    expect([...mapGrays(ramp, whole, { polarity: 'near-black' }).data]).toEqual([...data].map((value) => 255 - value));
  });

  it('takes large values for near where the map says so', () => {
    const { data } = mapGrays(mapOf([0, 7, Number.NaN], 'near-is-large'), whole);
    expect([...data]).toEqual([0, 255, 0]);
  });

  it('puts what is at the cutoff or beyond outside', () => {
    const splits = initialSplits({ min: 0, max: 7 }, { cutoff: 4 });
    expect([...mapGrays(ramp, splits, { cutoff: 4 }).inside.data]).toEqual([255, 255, 255, 255, 0, 0, 0, 0, 0, 0]);
  });

  it('a cutoff of 0 is used', () => {
    const map = mapOf([-2, -1, 0, 1]);
    const splits = initialSplits({ min: -2, max: 1 }, { cutoff: 0 });
    expect([...mapGrays(map, splits, { cutoff: 0 }).inside.data]).toEqual([255, 255, 0, 0]);
  });

  it('everything is at the far end where the cutoff is nearer than every depth', () => {
    const { data, inside } = mapGrays(ramp, initialSplits({ min: 0, max: 7 }, { cutoff: -1 }), { cutoff: -1 });
    expect(new Set(data)).toEqual(new Set([0]));
    expect(new Set(inside.data)).toEqual(new Set([0]));
  });

  it('gives one depth alone the first level, also compressed', () => {
    expect([...mapGrays(mapOf([5, 5]), initialSplits({ min: 5, max: 5 }), { compress: true }).data]).toEqual([
      255, 255,
    ]);
  });

  it('refuses more than 256 levels', () => {
    expect(() => mapGrays(ramp, allocateLevels(addSplit(whole, 3), 1, 1))).toThrow('257 levels');
  });

  it('shows no bands with 16 bits', () => {
    const slope = mapOf(Array.from({ length: 5000 }, (_, i) => i / 100));
    const splits = initialSplits({ min: 0, max: 49.99 });
    const fine = mapGrays(slope, splits, { bits: 16 });
    expect(new Set(fine.data).size).toBe(5000);
    expect(new Set(mapGrays(slope, splits).data).size).toBe(256);
    expect(fine.data[0]).toBe(65535);
  });
});

describe('drawRegions', () => {
  it('colors the splits that have a region, and leaves the others gray', () => {
    const splits = setFlag(setFlag(addSplit(addSplit(whole, 3), 5), 0, 'region', '1'), 1, 'region', '-1');
    const { data } = drawRegions(ramp, splits, mapGrays(ramp, splits));
    const pixel = (x: number): number[] => [...data.subarray(x * 3, x * 3 + 3)];
    expect(pixel(0)).toEqual([64, 128, 128]);
    expect(pixel(2)).toEqual([64, 128, 128]);
    expect(pixel(3)).toEqual([0, 0, 0]);
    expect(pixel(8)).toEqual([0, 0, 0]);
  });

  it('has the hues of sd-webui-regional-prompter', () => {
    // hsv(h, 50 %, 50 %) for 0, 180, 90, 270, 45, 135, 225, 315 degrees.
    expect([0, 1, 2, 3, 4, 5, 6, 7].map((region) => regionColor(region))).toEqual([
      [128, 64, 64],
      [64, 128, 128],
      [96, 128, 64],
      [96, 64, 128],
      [128, 112, 64],
      [64, 128, 80],
      [64, 80, 128],
      [128, 64, 112],
    ]);
  });
});

describe('addNoise', () => {
  const many = mapOf(Array.from({ length: 4000 }, (_, i) => (i % 2 === 0 ? 5 : Infinity)));
  const grays = mapGrays(many, whole);

  it('touches only what is outside, the same way for the same seed', () => {
    const noisy = addNoise(grays, 7);
    expect(noisy.data.filter((_, i) => i % 2 === 0)).toEqual(grays.data.filter((_, i) => i % 2 === 0));
    expect(noisy.data).toEqual(addNoise(grays, 7).data);
    expect(noisy.data).not.toEqual(addNoise(grays, 8).data);
  });

  it('uses all levels about equally', () => {
    const values = [...addNoise(grays, 1).data].filter((_, i) => i % 2 === 1);
    const mean = values.reduce((a, b) => a + b) / values.length;
    expect(Math.abs(mean - 127.5)).toBeLessThan(6);
    expect(new Set(values).size).toBeGreaterThan(240);
  });
});

describe('suggestCutoff', () => {
  const scene = [...Array(900).keys()].map((i) => 180 + i / 10);
  const backdrop = Array.from({ length: 3000 }, (_, i) => 405 + (i % 10));

  it('is where the gap before a backdrop begins', () => {
    const map = mapOf([...scene, ...backdrop]);
    const cutoff = suggestCutoff(map, { min: 180, max: 414 });
    expect(cutoff).toBeGreaterThan(269.9);
    expect(cutoff).toBeLessThan(271.5);
  });

  it('is on the side of the camera where large values are near', () => {
    const map = mapOf(
      [...scene, ...backdrop].map((depth) => -depth),
      'near-is-large',
    );
    const cutoff = suggestCutoff(map, { min: -414, max: -180 });
    expect(cutoff).toBeLessThan(-269.9);
    expect(cutoff).toBeGreaterThan(-271.5);
  });

  it('is not there without a gap', () => {
    expect(suggestCutoff(mapOf(scene), { min: 180, max: 269.9 })).toBeUndefined();
  });
});

describe('selectDepth', () => {
  const named = setFlag(addSplit(whole, 3), 1, 'label', 'Back');

  it.each([
    ['3', '5', [0, 0, 0, 255, 255, 255, 0, 0, 0, 0]],
    [undefined, '2.5', [255, 255, 255, 0, 0, 0, 0, 0, 0, 0]],
    ['6', undefined, [0, 0, 0, 0, 0, 0, 255, 255, 0, 0]],
    ['0%', '50%', [255, 255, 255, 255, 255, 0, 0, 0, 0, 0]],
    ['back', undefined, [0, 0, 0, 255, 255, 255, 255, 255, 0, 0]],
    [undefined, 'default', [255, 255, 255, 0, 0, 0, 0, 0, 0, 0]],
    [undefined, undefined, [255, 255, 255, 255, 255, 255, 255, 255, 0, 0]],
  ])('from %s to %s', (near, far, expected) => {
    expect([...selectDepth(ramp, { near: endOf(near), far: endOf(far) }, named).data]).toEqual(expected);
  });

  it('counts from the other side where large values are near', () => {
    const map = mapOf([0, 1, 2, 3], 'near-is-large');
    expect([...selectDepth(map, { near: parseDepthEnd('3'), far: parseDepthEnd('2') }).data]).toEqual([0, 0, 255, 255]);
    expect([...selectDepth(map, { far: parseDepthEnd('0%') }).data]).toEqual([0, 0, 0, 255]);
  });

  it('refuses ends the wrong way round, and names without splits', () => {
    expect(() => selectDepth(ramp, { near: parseDepthEnd('5'), far: parseDepthEnd('3') })).toThrow(
      'the near end (5) is farther than the far end (3)',
    );
    expect(() => selectDepth(ramp, { near: parseDepthEnd('hand') })).toThrow('neither a depth nor a percentage');
    expect(() => selectDepth(mapOf([Number.NaN]), { near: parseDepthEnd('5%') })).toThrow('background throughout');
  });

  it.each(['101%', '-1%'])('refuses %s', (text) => {
    expect(() => parseDepthEnd(text)).toThrow('is not from 0% to 100%');
  });
});
