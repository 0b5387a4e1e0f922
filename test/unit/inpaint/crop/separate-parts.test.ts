import { describe, expect, it } from 'vitest';
import { separateParts } from '../../../../src/inpaint/crop/separate-parts.js';
import { createMask } from '../../../../src/raster/index.js';

const row = (...values: readonly number[]): number[][] =>
  separateParts(createMask(values.length, 1, Uint8Array.from(values))).map(({ data }) => [...data]);

describe('separateParts', () => {
  it('parts below level 128 are skipped, and their pixels go with the nearest part', () => {
    expect(row(255, 0, 0, 90, 0, 255)).toEqual([
      [255, 0, 0, 0, 0, 0],
      [0, 0, 0, 90, 0, 255],
    ]);
  });

  it('things joined only by faint pixels are separate parts', () => {
    expect(row(255, 100, 20, 100, 200)).toEqual([
      [255, 100, 20, 0, 0],
      [0, 0, 0, 100, 200],
    ]);
  });

  it('a mask without a selected pixel has no parts', () => {
    expect(row(127, 0, 1)).toEqual([]);
  });
});
