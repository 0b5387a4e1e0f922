import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { dilate } from '../../../../src/engine/index.js';
import { createRowMemory } from '../../../../src/engine/morphology/byte-maximum.js';
import { arbitraryMask } from '../../../support/arbitrary-masks.js';
import { expectSamePixels } from '../../../support/same-pixels.js';

afterEach(() => vi.unstubAllGlobals());

describe('row memory', () => {
  it('max writes the largest of three bytes, at any offset', () => {
    const offset = fc.nat(150);
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 300, maxLength: 300 }),
        fc.tuple(offset, offset, offset, offset),
        fc.integer({ min: 1, max: 6 }),
        (values, [out, a, b, c], blocks) => {
          const memory = createRowMemory(values.length);
          memory.bytes.set(values);
          // In blocks of 16 bytes, as the vector instruction reads before it writes.
          const expected = values.slice();
          for (let block = 0; block < blocks; block++) {
            const read = expected.slice();
            for (let i = 16 * block; i < 16 * block + 16; i++) {
              expected[out + i] = Math.max(read[a + i]!, read[b + i]!, read[c + i]!);
            }
          }
          memory.max(out, a, b, c, 16 * blocks);
          expect(memory.bytes.slice(0, values.length)).toEqual(expected);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('dilation is the same where WebAssembly is missing', () => {
    fc.assert(
      fc.property(arbitraryMask({ maxSide: 40 }), fc.double({ min: 1, max: 20, noNaN: true }), (mask, radius) => {
        vi.unstubAllGlobals();
        const fast = dilate(mask, radius);
        vi.stubGlobal('WebAssembly', undefined);
        expectSamePixels(dilate(mask, radius), fast);
      }),
      { numRuns: 100 },
    );
  });
});
