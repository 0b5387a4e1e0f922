import { describe, expect, it } from 'vitest';
import {
  addSplit,
  allocateLevels,
  findSplit,
  type GraySplits,
  initialSplits,
  moveBorder,
  removeSplit,
  assertLevels,
  setFlag,
  totalLevels,
} from '../../../../src/depth/gray/gray-splits.js';

const whole = initialSplits({ min: 100, max: 200 });
const three = addSplit(addSplit(whole, 150), 180);

function borders(splits: GraySplits): number[][] {
  return splits.map(({ start, end }) => [start, end]);
}

describe('initialSplits', () => {
  it('covers the range, its end too, with all levels', () => {
    expect(whole).toEqual([{ start: 100, end: 200.01, levels: 256, flags: { label: 'Default' } }]);
  });

  it('the cutoff is the far end of the scale, inside the range and beyond it', () => {
    expect(borders(initialSplits({ min: 100, max: 200 }, { cutoff: 130 }))).toEqual([[100, 130.01]]);
    expect(borders(initialSplits({ min: 100, max: 200 }, { cutoff: 130, depthOrder: 'near-is-large' }))).toEqual([
      [130, 200.01],
    ]);
    expect(borders(initialSplits({ min: 100, max: 200 }, { cutoff: 90 }))).toEqual([[100, 200.01]]);
    expect(borders(initialSplits({ min: 100, max: 594 }, { cutoff: 600 }))).toEqual([[100, 600.01]]);
  });
});

describe('splits', () => {
  it('are added without levels, and keep what was there', () => {
    expect(borders(three)).toEqual([
      [100, 150],
      [150, 180],
      [180, 200.01],
    ]);
    expect(three.map(({ levels }) => levels)).toEqual([256, 0, 0]);
    expect(three[0]!.flags).toEqual({ label: 'Default' });
    expect(three[1]!.flags).toEqual({});
  });

  it.each([99, 200.01, 1e9])('are not added outside the map, at %d', (depth) => {
    expect(() => addSplit(whole, depth)).toThrow(`${depth} is outside the map: 100 to 200.01`);
  });

  it('are not added where one starts already', () => {
    expect(() => addSplit(three, 150)).toThrow('a split starts at 150 already');
  });

  it('have borders that move between their neighbors', () => {
    expect(borders(moveBorder(three, 150, 179))).toEqual([
      [100, 179],
      [179, 180],
      [180, 200.01],
    ]);
    for (const to of [100, 180, 50, 500]) {
      expect(() => moveBorder(three, 150, to)).toThrow('a split would vanish');
    }
    expect(() => moveBorder(three, 100, 120)).toThrow('an end of the map');
    expect(() => moveBorder(three, 200.01, 199)).toThrow('an end of the map');
    expect(() => moveBorder(three, 160, 170)).toThrow(
      expect.objectContaining({ message: 'no split starts at 160', hint: 'borders are at 150, 180' }),
    );
  });

  it('are merged with their levels, the first one too', () => {
    const given = allocateLevels(allocateLevels(three, 0, 100), 1, 50);
    expect(removeSplit(given, 0)).toEqual([
      { start: 100, end: 180, levels: 150, flags: {} },
      { start: 180, end: 200.01, levels: 0, flags: {} },
    ]);
    expect(removeSplit(given, 1)[0]).toEqual({ start: 100, end: 180, levels: 150, flags: { label: 'Default' } });
    expect(borders(removeSplit(given, 2))).toEqual([
      [100, 150],
      [150, 200.01],
    ]);
    expect(() => removeSplit(whole, 0)).toThrow('the only split');
    expect(() => removeSplit(given, 3)).toThrow('there is no split 3');
  });

  it.each([-1, 257, 1.5, Number.NaN])('cannot have %d levels', (levels) => {
    expect(() => allocateLevels(three, 1, levels)).toThrow('levels cannot be allocated');
  });

  it('may have too many levels together, which is refused when they are used', () => {
    const splits = allocateLevels(three, 1, 1);
    expect(totalLevels(splits)).toBe(257);
    expect(() => assertLevels(splits)).toThrow('257 levels are allocated, but there are 256');
    expect(() => assertLevels(three)).not.toThrow();
  });

  it('are found by number, or by a name that only one has', () => {
    const named = setFlag(setFlag(three, 1, 'LABEL', 'Hand'), 2, 'label', 'hand');
    expect(findSplit(named, '2')).toBe(2);
    expect(findSplit(named, 'default')).toBe(0);
    expect(() => findSplit(named, 'hand')).toThrow('"hand" names the splits 1 and 2');
    expect(() => findSplit(named, 'foot')).toThrow(
      expect.objectContaining({ hint: 'splits are numbered 0 to 2, and named Default, Hand, hand' }),
    );
    expect(() => findSplit(named, '-1')).toThrow('there is no split -1');
  });

  it('have flags with lower-case keys, and regions that are numbers', () => {
    expect(setFlag(three, 1, 'Mine', 'x')[1]!.flags).toEqual({ mine: 'x' });
    expect(setFlag(setFlag(three, 1, 'Mine', 'x'), 1, 'MINE', undefined)[1]!.flags).toEqual({});
    expect(setFlag(three, 1, 'region', '-1')[1]!.flags).toEqual({ region: '-1' });
    for (const region of ['one', '-2', '1.5', '', '1000']) {
      expect(() => setFlag(three, 1, 'region', region)).toThrow('is not a region');
    }
  });
});
