import { describe, expect, it } from 'vitest';
import { pathList } from '../../../src/cli/options/path-list.js';

const list = (values: string[], existing: string[] = []): string[] =>
  pathList('--masks', values, (path) => existing.includes(path));

describe('a list of paths', () => {
  it.each([
    [['a.png'], [], ['a.png']],
    [['a.png;b.png'], [], ['a.png', 'b.png']],
    [['a.png, b.png'], [], ['a.png', 'b.png']],
    [['a.png', 'b.png;c.png'], [], ['a.png', 'b.png', 'c.png']],
    [['a,b.png;c.png'], [], ['a,b.png', 'c.png']],
    [['a,b.png'], ['a,b.png'], ['a,b.png']],
    [['a;b.png'], ['a;b.png'], ['a;b.png']],
    [['a.png,b,c.png,d.png'], ['b,c.png'], ['a.png', 'b,c.png', 'd.png']],
    [['a,b,c.png'], ['a,b', 'a,b,c.png'], ['a,b,c.png']],
    [[' padded.png'], [' padded.png'], [' padded.png']],
  ])('%j with %j there is %j', (values, existing, expected) => {
    expect(list(values, existing)).toEqual(expected);
  });

  it.each([['a.png;'], [';a.png'], ['a.png;;b.png'], ['a.png,,b.png'], [''], [' ']])(
    '%j has an empty entry',
    (value) => {
      expect(() => list([value])).toThrow(/--masks has an empty entry/);
    },
  );

  it('is empty where nothing was given', () => {
    expect(pathList('--masks', undefined)).toEqual([]);
  });
});
