import { describe, expect, it } from 'vitest';
import {
  assertDistinctOutputs,
  namingFor,
  fillName,
  safeNamePart,
  stemOf,
} from '../../../../src/io/files/output-names.js';

const PARTS = { stem: 'photo', text: 'red: apple?', kind: 'masked', ext: 'png' };

describe('fillName', () => {
  it('fills in the placeholders, and keeps words from being folders', () => {
    expect(fillName({ outdir: 'out', name: '{stem}.{text}.{kind}.{ext}' }, PARTS)).toBe(
      'out/photo.red_ apple_.masked.png',
    );
    expect(fillName({ outdir: 'out', name: '{text}' }, { ...PARTS, text: '../../etc' })).toBe('out/.._.._etc');
  });

  it('refuses a placeholder that there is not, and lists those there are', () => {
    expect(() => fillName({ outdir: 'out', name: '{nam}.png' }, PARTS)).toThrow(
      expect.objectContaining({ code: 'USAGE', hint: expect.stringMatching(/\{stem\}.*\{index\}/) as string }),
    );
  });
});

describe('namingFor', () => {
  const naming = { outdir: 'out', name: '{index}-{parent}-{stem}.png' };

  it('keeps the folder below the named one, and numbers as wide as the last', () => {
    expect(namingFor(naming, { path: 'in/a/b/x.png', folder: 'a/b' }, 4, 120)).toEqual({
      outdir: 'out/a/b',
      name: '005-b-{stem}.png',
    });
  });

  it('takes no placeholder from the name of a folder', () => {
    expect(namingFor(naming, { path: 'in/{nam}$&/x.png', folder: '' }, 0, 1).name).toBe('1-_nam_$&-{stem}.png');
  });
});

describe('assertDistinctOutputs', () => {
  it('names both inputs that would write one file', () => {
    const plans = [
      { input: 'a/x.png', writes: ['out/x.mask.png'] },
      { input: 'b/x.png', writes: ['out/y.png', 'out/../out/x.mask.png'] },
    ];
    expect(() => assertDistinctOutputs(plans)).toThrow(
      expect.objectContaining({
        code: 'OUTPUT_COLLISION',
        message: expect.stringMatching(/a\/x\.png and b\/x\.png/) as string,
      }),
    );
    expect(() => assertDistinctOutputs(plans.slice(1))).not.toThrow();
  });

  it('lets standard output be written by one input', () => {
    expect(() => assertDistinctOutputs([{ input: '-', writes: ['-'] }])).not.toThrow();
  });
});

describe('fillName and namingFor', () => {
  it.each(['../{stem}', 'a/../../{stem}', '/tmp/{stem}', '..', '{stem}/..', 'C:\\{stem}'])(
    'refuse the name %j',
    (name) => {
      expect(() => fillName({ outdir: 'out', name }, PARTS)).toThrow(expect.objectContaining({ code: 'USAGE' }));
    },
  );

  it.each(['..', '../a', 'a/../..'])('refuse the folder %j of an input', (folder) => {
    expect(() => namingFor({ outdir: 'out', name: '{stem}' }, { path: 'x.png', folder }, 0, 1)).toThrow(
      expect.objectContaining({ code: 'USAGE' }),
    );
  });
});

describe('stemOf', () => {
  it.each([
    ['a/photo.one.png', 'photo.one'],
    ['-', 'stdin'],
    ['a/...png', '_'],
    ['a/..png', '_'],
    ['.png', '.png'],
  ])('%s has the stem %s', (input, stem) => {
    expect(stemOf(input)).toBe(stem);
  });
});

describe('safeNamePart', () => {
  it('replaces control characters and those that turn the direction of reading', () => {
    expect(safeNamePart('a\u202egnp.b\u200f\u2028\n\u0007c')).toBe('a_gnp.b____c');
  });
});
