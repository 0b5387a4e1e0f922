import { expect, it } from 'vitest';
import { trimToSize, useKey } from '../../src/lru-map.js';

it('trimToSize removes the keys that were not used for longest', () => {
  const map = new Map([...'abcd'].map((key, i) => [key, i]));
  expect(useKey(map, 'a')).toBe(0);
  expect(useKey(map, 'none')).toBeUndefined();
  trimToSize(map, 2);
  expect([...map.keys()]).toEqual(['d', 'a']);
});

it('trimToSize leaves a map that is small enough as it is', () => {
  const map = new Map([['a', 1]]);
  trimToSize(map, 1);
  trimToSize(map, 5);
  expect([...map]).toEqual([['a', 1]]);
});
