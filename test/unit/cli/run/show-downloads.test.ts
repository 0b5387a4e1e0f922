import { expect, it } from 'vitest';
import { announceDownload } from '../../../../src/cli/run/show-downloads.js';

const PLAN = {
  id: 'owner/model',
  dtype: 'fp16',
  source: 'https://hub',
  folder: '/cache',
  bytes: 273e6,
  license: 'MIT',
  megabytes: {},
};

it('a download is announced with its smaller weights, where there are some', () => {
  expect(announceDownload({ ...PLAN, megabytes: { fp32: 545, fp16: 273, q8: 139 } }).at(-1)).toBe(
    '  smaller weights: --dtype q8 (139 MB)',
  );
  expect(announceDownload({ ...PLAN, dtype: 'fp32', megabytes: { fp32: 545, fp16: 273, q8: 139 } }).at(-1)).toBe(
    '  smaller weights: --dtype fp16 (273 MB), --dtype q8 (139 MB)',
  );
  expect(announceDownload({ ...PLAN, dtype: 'q8', megabytes: { fp32: 545, q8: 139 } })).toHaveLength(2);
  expect(announceDownload(PLAN)).toHaveLength(2);
});
