import { inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deflateRuns } from '../../../../../src/io/image/png/deflate-runs.js';

/** Stretches of one byte and of noise: what tokens are made of. */
const data = fc
  .array(
    fc.oneof(
      fc
        .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 1200 }))
        .map(([value, length]) => Buffer.alloc(length, value)),
      fc.uint8Array({ maxLength: 60 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => Buffer.concat(parts));

describe('deflateRuns', () => {
  it('zlib inflates the bytes that were deflated, in one part or in several', () => {
    fc.assert(
      fc.property(fc.array(data, { minLength: 1, maxLength: 3 }), (parts) => {
        const stream = Buffer.concat(parts.map((part, i) => deflateRuns(part, i === parts.length - 1)));
        expect(inflateRawSync(stream).equals(Buffer.concat(parts))).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    ['noise, in blocks that use codes of their own', (i: number) => Math.imul(i + 1, 2654435761) >>> 24],
    [
      'frequencies that fall by half: codes are cut to the longest that is allowed',
      (i: number) => Math.clz32(Math.imul(i + 1, 2654435761)),
    ],
    ['one byte throughout', () => 7],
  ])('inflates to %s', (_, valueAt) => {
    const bytes = Uint8Array.from({ length: 300_001 }, (__, i) => valueAt(i));
    expect(inflateRawSync(deflateRuns(bytes, true)).equals(bytes)).toBe(true);
  });

  it('takes at most 2 bits for 8 bytes or more of one value: a match of 258 bytes and its distance', () => {
    expect(deflateRuns(new Uint8Array(258 * 4000), true).length).toBeLessThan((4000 * 3) / 8 + 9 * 100);
  });
});
