import fc from 'fast-check';
import { expect, it } from 'vitest';
import { drawStrokes, emptyRetouch, strokeBounds } from '../../../../src/studio/compute/rasterize-strokes.js';
import { createRetouchLayer } from '../../../../src/studio/compute/retouch-layer.js';
import type { Stroke } from '../../../../src/studio/model/studio-document.js';
import { propertyRuns } from '../../../support/property-runs.js';

const SIZE = { width: 24, height: 16 };

const stroke: fc.Arbitrary<Stroke> = fc.record({
  shape: fc.constantFrom('line' as const, 'polygon' as const),
  mode: fc.constantFrom('add' as const, 'erase' as const),
  points: fc
    .array(fc.double({ min: -9, max: 33, noNaN: true }), { minLength: 2, maxLength: 8 })
    .map((all) => all.slice(0, all.length & ~1)),
  radius: fc.integer({ min: 1, max: 6 }),
  hardness: fc.constantFrom(0, 0.5, 1),
});

it('after strokes are added, taken back and added again the masks are those of all strokes drawn at once', () => {
  fc.assert(
    fc.property(
      fc.array(stroke, { minLength: 1, maxLength: 6 }),
      fc.array(stroke, { maxLength: 2 }),
      fc.array(fc.nat(8), { maxLength: 6 }),
      fc.constantFrom(1, 0.5),
      (strokes, others, counts, scale) => {
        const layer = createRetouchLayer(SIZE, scale);
        for (const [k, count] of counts.entries()) {
          const wanted = [...strokes.slice(0, count), ...(k % 2 === 0 ? [] : others)];
          const expected = emptyRetouch(SIZE);
          drawStrokes(wanted, expected, scale);
          const actual = layer.draw(wanted);
          expect([...actual.add.data]).toEqual([...expected.add.data]);
          expect([...actual.erase.data]).toEqual([...expected.erase.data]);
        }
      },
    ),
    { numRuns: propertyRuns(60) },
  );
});

it('a stroke changes nothing outside of its bounds', () => {
  fc.assert(
    fc.property(stroke, fc.constantFrom(1, 0.5), (one, scale) => {
      const { x, y, width, height } = strokeBounds(one, SIZE, scale);
      const retouch = emptyRetouch(SIZE);
      drawStrokes([one], retouch, scale);
      const outside = [...retouch.add.data, ...retouch.erase.data].filter((value, k) => {
        const i = k % (SIZE.width * SIZE.height);
        const [column, row] = [i % SIZE.width, Math.floor(i / SIZE.width)];
        return value > 0 && !(column >= x && column < x + width && row >= y && row < y + height);
      });
      expect(outside).toEqual([]);
    }),
    { numRuns: propertyRuns(60) },
  );
});
