import { mkdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { examineCache } from '../../../../src/run/doctor/examine.js';
import { temporaryFolder } from '../../../support/folder.js';

const folder = temporaryFolder();

it('a cache with room is fine, whether its folder exists or not', async () => {
  const options = { needed: 1, variable: 'HF_HUB_CACHE' };
  expect(await examineCache('model cache', folder(), options)).toMatchObject({ status: 'ok' });
  expect(await examineCache('model cache', join(folder(), 'a', 'b'), options)).toMatchObject({ status: 'ok' });
});

it('a disk with too little room is a warning that says how much is needed', async () => {
  mkdirSync(folder(), { recursive: true });
  const { bavail, bsize } = statfsSync(folder());
  const needed = 2 * bavail * bsize;
  const finding = await examineCache('model cache', folder(), { needed, variable: 'HF_HUB_CACHE' });
  expect(finding).toMatchObject({ status: 'warning', hint: expect.stringMatching(/ are needed: .*HF_HUB_CACHE$/) });
});

// Root may write where the mode forbids it; nobody has room in /proc.
it.runIf(process.platform === 'linux')('a cache in a place that cannot be written is a warning', async () => {
  const options = { needed: 1, variable: 'MASKWRIGHT_CACHE' };
  const finding = await examineCache('heatmap cache', '/proc/none/heatmaps', options);
  expect(finding).toMatchObject({ status: 'warning', hint: expect.stringContaining('MASKWRIGHT_CACHE') });
});
