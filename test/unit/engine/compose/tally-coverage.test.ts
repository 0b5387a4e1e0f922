import { describe, expect, it } from 'vitest';
import { type Coverage, COVERAGE_ONE, openTally } from '../../../../src/engine/index.js';

/** 7 x 300: selected are columns 2 to 4 of rows 100 to 219; row 100 is covered by exactly half, row 99 by one step less. */
const SIZE = { width: 7, height: 300 };
const WHOLE = new Uint16Array(7 * 300);
for (let y = 100; y < 220; y++) WHOLE.fill(y === 100 ? COVERAGE_ONE / 2 : COVERAGE_ONE, y * 7 + 2, y * 7 + 5);
WHOLE.fill(COVERAGE_ONE / 2 - 1, 99 * 7, 100 * 7);
const draw = (from: number, to: number): Coverage => ({
  kind: 'coverage',
  width: 7,
  height: to - from,
  data: WHOLE.slice(from * 7, to * 7),
});

describe('openTally', () => {
  it.each<[string, (readonly [number, number])[]]>([
    ['nothing was drawn', []],
    ['all rows were drawn at once', [[0, 300]]],
    [
      'strips overlap, after a sample from the middle',
      [
        [0, 1],
        [150, 160],
        [0, 90],
        [80, 200],
        [199, 300],
      ],
    ],
    ['the end was not drawn', [[0, 120]]],
  ])('counts every pixel once where %s', (_, drawn) => {
    const tally = openTally(SIZE, draw);
    for (const [from, to] of drawn) tally.add(draw(from, to), from, to);
    expect(tally.share()).toBe((3 * 120) / 2100);
    expect(tally.bounds()).toEqual({ x: 2, y: 100, width: 3, height: 120 });
    // 119 rows of three whole pixels, three halves, and seven of one step less than half.
    expect(tally.mean()).toBeCloseTo((3 * 119 + 1.5 + 3.5 - 7 / COVERAGE_ONE) / 2100, 12);
  });

  it('has no bounds where nothing is selected', () => {
    const tally = openTally({ width: 7, height: 99 }, draw);
    expect(tally.share()).toBe(0);
    expect(tally.bounds()).toBeUndefined();
  });
});
