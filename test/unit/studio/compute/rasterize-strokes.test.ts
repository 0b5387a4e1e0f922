import fc from 'fast-check';
import { expect, it } from 'vitest';
import { drawStrokes, emptyRetouch } from '../../../../src/studio/compute/rasterize-strokes.js';
import type { Stroke } from '../../../../src/studio/model/studio-document.js';
import { propertyRuns } from '../../../support/property-runs.js';

const SIZE = { width: 24, height: 16 };
const line = (points: readonly number[], more: Partial<Stroke> = {}): Stroke => ({
  shape: 'line',
  mode: 'add',
  points,
  radius: 3,
  hardness: 1,
  ...more,
});

const stroke = fc.record({
  shape: fc.constant('line' as const),
  mode: fc.constantFrom('add' as const, 'erase' as const),
  points: fc
    .array(fc.integer({ min: -2, max: 26 }), { minLength: 2, maxLength: 6 })
    .map((all) => all.slice(0, all.length & ~1)),
  radius: fc.integer({ min: 1, max: 6 }),
  hardness: fc.constantFrom(0, 0.5, 1),
});

/** The coverage of one stroke alone. */
function coverageOf(one: Stroke): Uint8Array {
  const retouch = emptyRetouch(SIZE);
  drawStrokes([{ ...one, mode: 'add' }], retouch);
  return retouch.add.data;
}

it('two masks hold any sequence of strokes: max(min(mask, 255 - erase), add)', () => {
  fc.assert(
    fc.property(fc.array(stroke, { maxLength: 6 }), fc.integer({ min: 0, max: 255 }), (strokes, value) => {
      const retouch = emptyRetouch(SIZE);
      drawStrokes(strokes, retouch);
      // Stroke by stroke, on a mask of one value.
      const expected = new Uint8Array(SIZE.width * SIZE.height).fill(value);
      for (const one of strokes) {
        const coverage = coverageOf(one);
        for (let i = 0; i < expected.length; i++) {
          expected[i] =
            one.mode === 'add' ? Math.max(expected[i]!, coverage[i]!) : Math.min(expected[i]!, 255 - coverage[i]!);
        }
      }
      const { add, erase } = retouch;
      const actual = add.data.map((a, i) => Math.max(Math.min(value, 255 - erase.data[i]!), a));
      expect([...actual]).toEqual([...expected]);
    }),
    { numRuns: propertyRuns(60) },
  );
});

it('a hard stroke covers what is nearer than its radius, and nothing beyond a pixel more', () => {
  const { add } = ((retouch) => (drawStrokes([line([6, 8, 18, 8])], retouch), retouch))(emptyRetouch(SIZE));
  const wrong = [...add.data].filter((value, i) => {
    const [x, y] = [(i % SIZE.width) + 0.5, Math.floor(i / SIZE.width) + 0.5];
    const distance = Math.hypot(x - Math.min(18, Math.max(6, x)), y - 8);
    return (distance <= 2.5 && value !== 255) || (distance >= 3.5 && value !== 0);
  });
  expect(wrong).toEqual([]);
});

it('a lasso selects the pixels whose centers are inside', () => {
  const retouch = emptyRetouch(SIZE);
  drawStrokes([line([2, 2, 10, 2, 10, 8, 2, 8], { shape: 'polygon' })], retouch);
  const inside = [...retouch.add.data].flatMap((value, i) =>
    value > 0 ? [[i % SIZE.width, Math.floor(i / SIZE.width)]] : [],
  );
  expect(inside).toHaveLength(8 * 6);
  expect(inside.every(([x, y]) => x! >= 2 && x! < 10 && y! >= 2 && y! < 8)).toBe(true);
});

it('strokes scale with the image: at half the size they cover a quarter of the pixels', () => {
  const big = emptyRetouch({ width: 200, height: 200 });
  const small = emptyRetouch({ width: 100, height: 100 });
  const strokes = [line([50, 50, 150, 120], { radius: 30 })];
  drawStrokes(strokes, big);
  drawStrokes(strokes, small, 0.5);
  const sum = (data: Uint8Array): number => data.reduce((total, value) => total + value / 255, 0);
  expect(sum(small.add.data) / sum(big.add.data)).toBeCloseTo(0.25, 2);
});
