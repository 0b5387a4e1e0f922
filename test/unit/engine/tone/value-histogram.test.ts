import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteHistogram, histogram } from '../../../../src/engine/tone/value-histogram.js';

describe('byteHistogram', () => {
  it('counts every value, wherever in memory the bytes begin', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(3), (values, offset) => {
        const memory = new Uint8Array(values.length + offset + 3).fill(9);
        memory.set(values, offset);
        const expected = Array<number>(256).fill(0);
        for (const value of values) expected[value]!++;
        expect(Array.from(byteHistogram(memory.subarray(offset, offset + values.length)))).toEqual(expected);
      }),
    );
  });
});

describe('histogram', () => {
  it('counts 1 in the last bin', () => {
    expect([...histogram(Float32Array.of(0, 0.24, 0.25, 0.5, 0.99, 1), 4)]).toEqual([2, 1, 1, 2]);
  });
});
