import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { combineAdler } from '../../src/io/image/png/combine-adler.js';
import { filterRows } from '../../src/io/image/png/filter-rows.js';
import { slowAdaptiveFilter, slowFilter } from './oracles/png-filter.js';

const byte = fc.oneof(fc.nat(255), fc.constantFrom(0, 127, 128, 255));

/** Rows of 1 to 40 pixels of 1 to 8 bytes: shorter and longer than the 16 bytes that are filtered at once. */
const rowsOfPixels = fc
  .record({
    pixelBytes: fc.constantFrom(1, 2, 3, 4, 6, 8),
    width: fc.integer({ min: 1, max: 40 }),
    height: fc.integer({ min: 1, max: 5 }),
  })
  .chain(({ pixelBytes, width, height }) => {
    const length = pixelBytes * width * height;
    return fc.record({
      pixelBytes: fc.constant(pixelBytes),
      rowBytes: fc.constant(pixelBytes * width),
      rows: fc.array(byte, { minLength: length, maxLength: length }).map((bytes) => Uint8Array.from(bytes)),
    });
  });

describe('filterRows', () => {
  it('adaptive: each row has the filter with the minimum sum of absolute differences, the first of equals', () => {
    fc.assert(
      fc.property(rowsOfPixels, ({ rows, rowBytes, pixelBytes }) => {
        const { data } = filterRows({ rows: below(rows, rowBytes), rowBytes, pixelBytes }, 'adaptive');
        expect(Buffer.from(data)).toEqual(Buffer.from(slowAdaptiveFilter(rows, rowBytes, pixelBytes)));
      }),
    );
  });

  it.each([0, 1, 2, 3, 4] as const)('type %i: every row has the bytes of the specification', (type) => {
    fc.assert(
      fc.property(rowsOfPixels, ({ rows, rowBytes, pixelBytes }) => {
        const { data } = filterRows({ rows: below(rows, rowBytes), rowBytes, pixelBytes }, type);
        const expected = Array.from({ length: rows.length / rowBytes }, (_, y) => [
          type,
          ...slowFilter(rows, rowBytes, pixelBytes, type, y),
        ]);
        expect([...data]).toEqual(expected.flat());
      }),
    );
  });

  it('the first row is filtered against the row above it', () => {
    const rows = Uint8Array.of(10, 20, 30, 11, 22, 33);
    expect([...filterRows({ rows, rowBytes: 3, pixelBytes: 1 }, 2).data]).toEqual([2, 1, 2, 3]);
  });
});

describe('Adler-32', () => {
  it.each([
    ['no byte', 0, 0],
    ['one byte', 1, 255],
    ['a whole block of 16', 16, 255],
    ['5,552 bytes of 255, the most before the sums are reduced', 5552, 255],
    ['more than one reduction', 70_001, 254],
  ])('%s: the checksum that zlib writes', (_, length, value) => {
    const rows = new Uint8Array(2 * Math.max(length, 1)).fill(value);
    const { data, adler } = filterRows({ rows, rowBytes: Math.max(length, 1), pixelBytes: 1 }, 0);
    expect(adler(length)).toBe(zlibAdler(data.subarray(data.length - length)));
  });

  it('combineAdler: the checksum of both pieces, from the checksum of each', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 300 }), (first, second) => {
        expect(combineAdler(zlibAdler(first), zlibAdler(second), second.length)).toBe(
          zlibAdler(Buffer.concat([first, second])),
        );
      }),
    );
    const long = new Uint8Array(200_000).fill(255);
    expect(combineAdler(zlibAdler(long), zlibAdler(long), long.length)).toBe(zlibAdler(Buffer.concat([long, long])));
  });
});

/** The rows of a whole image, with the row of zeros that stands above it. */
function below(rows: Uint8Array, rowBytes: number): Uint8Array {
  return Buffer.concat([new Uint8Array(rowBytes), rows]);
}

/** The last four bytes of a zlib stream. */
function zlibAdler(data: Uint8Array): number {
  const stream = deflateSync(data);
  return stream.readUInt32BE(stream.length - 4);
}
