import { describe, expect, it } from 'vitest';
import type { InputFile } from '../../../../src/io/files/expand-inputs.js';
import { isInShard, parseShard, placesInShard } from '../../../../src/run/batch/shard.js';

/** A thousand names in folders, as product photographs have them. */
const NAMES = Array.from({ length: 1000 }, (_, i) => `${i % 17}/photo ${i}${i % 3 === 0 ? ' é' : ''}.jpg`);

function inputsBelow(folder: string, names: readonly string[]): InputFile[] {
  return names.map((name) => ({ path: `${folder}/${name}`, folder: '', relativePath: name }));
}

function shardOf(input: InputFile, count: number): number {
  return Array.from({ length: count }, (_, index) => index).findIndex((index) => isInShard(input, { index, count }));
}

describe('shards', () => {
  it.each([1, 2, 7, 32])('%i parts of 1,000 names are together exactly the whole', (count) => {
    const inputs = inputsBelow('photos', NAMES);
    const parts = Array.from({ length: count }, (_, index) => placesInShard(inputs, { index, count }));
    expect(parts.flat().sort((a, b) => a - b)).toEqual(inputs.map((_, i) => i));
  });

  it('parts have about the same size', () => {
    const inputs = inputsBelow('photos', NAMES);
    const sizes = Array.from({ length: 8 }, (_, index) => placesInShard(inputs, { index, count: 8 }).length);
    // 125 in the mean; the standard deviation of a binomial distribution is 10.5, and this is five times that.
    expect(Math.max(...sizes.map((size) => Math.abs(size - 125)))).toBeLessThan(53);
  });

  it('further files and another folder move no file to another part', () => {
    const more = [...NAMES, ...Array.from({ length: 500 }, (_, i) => `new/${i}.jpg`)].reverse();
    const before = new Map(inputsBelow('photos', NAMES).map((input) => [input.relativePath, shardOf(input, 5)]));
    const after = new Map(inputsBelow('/mnt/other', more).map((input) => [input.relativePath, shardOf(input, 5)]));
    for (const name of NAMES) {
      expect(after.get(name)).toBe(before.get(name));
    }
  });

  it('the part of a name is SHA-256 of the path, its first 48 bits modulo the number of parts', () => {
    expect(shardOf({ path: 'a\\b.png', folder: '' }, 1000)).toBe(shardOf({ path: 'a/b.png', folder: '' }, 1000));
    // The first 48 bits of SHA-256('abc') in FIPS 180-2, appendix B.1.
    expect(shardOf({ path: 'abc', folder: '' }, 1000)).toBe(Number(0xba7816bf8f01n % 1000n));
  });
});

describe('--shard', () => {
  it.each([
    ['1/1', {}, { index: 0, count: 1 }],
    ['2/8', {}, { index: 1, count: 8 }],
    ['8/8', { JOB_COMPLETION_INDEX: '1' }, { index: 7, count: 8 }],
    ['auto', { AWS_BATCH_JOB_ARRAY_INDEX: '3', AWS_BATCH_JOB_ARRAY_SIZE: '10' }, { index: 3, count: 10 }],
    ['auto/6', { JOB_COMPLETION_INDEX: '5' }, { index: 5, count: 6 }],
    ['auto', { SLURM_ARRAY_TASK_ID: '0', SLURM_ARRAY_TASK_COUNT: '4' }, { index: 0, count: 4 }],
    [
      'auto',
      {
        SLURM_ARRAY_TASK_ID: '9',
        SLURM_ARRAY_TASK_COUNT: '5',
        SLURM_ARRAY_TASK_MIN: '1',
        SLURM_ARRAY_TASK_STEP: '2',
      },
      { index: 4, count: 5 },
    ],
  ])('%s with %o is the part %o', (text, environment, shard) => {
    expect(parseShard(text, environment)).toEqual(shard);
  });

  it.each([
    ['0/4', {}, 'OPTION_RANGE'],
    ['5/4', {}, 'OPTION_RANGE'],
    ['1/0', {}, 'OPTION_RANGE'],
    ['1', {}, 'OPTION_RANGE'],
    ['a/b', {}, 'OPTION_RANGE'],
    ['-1/4', {}, 'OPTION_RANGE'],
    ['1.5/4', {}, 'OPTION_RANGE'],
    ['', {}, 'OPTION_RANGE'],
    ['auto', {}, 'USAGE'],
    ['auto', { JOB_COMPLETION_INDEX: '1' }, 'USAGE'],
    ['auto', { AWS_BATCH_JOB_ARRAY_INDEX: 'x' }, 'USAGE'],
    ['auto/4', { JOB_COMPLETION_INDEX: '4' }, 'OPTION_RANGE'],
    [
      'auto',
      { SLURM_ARRAY_TASK_ID: '2', SLURM_ARRAY_TASK_COUNT: '5', SLURM_ARRAY_TASK_MIN: '1', SLURM_ARRAY_TASK_STEP: '2' },
      'USAGE',
    ],
  ])('%s with %o is refused: %s', (text, environment, code) => {
    expect(() => parseShard(text, environment)).toThrow(expect.objectContaining({ code }) as Error);
  });
});
