import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sweepParts } from '../../../../../src/models/hub/download/sweep-parts.js';
import { temporaryFolder } from '../../../../support/folder.js';

const folder = temporaryFolder();
const NOW = Date.UTC(2026, 10, 30);

it('parts that nobody continued for two weeks are removed; younger ones and contents stay', async () => {
  const repository = join(folder(), 'models--a--b');
  const put = (place: string, name: string, days: number): void => {
    mkdirSync(join(repository, place), { recursive: true });
    writeFileSync(join(repository, place, name), 'x');
    const time = (NOW - days * 86_400_000) / 1000;
    utimesSync(join(repository, place, name), time, time);
  };
  put('blobs', 'old.incomplete', 15);
  put('blobs', 'young.incomplete', 13);
  put('blobs', 'content', 400);
  put('refs', 'main', 400);
  put('refs', 'main.0badcafe.tmp', 2);
  put('refs', 'dev.0badcafe.tmp', 0.5);
  expect(await sweepParts(repository, NOW)).toEqual(['old.incomplete', 'main.0badcafe.tmp']);
  expect(readdirSync(join(repository, 'blobs')).sort()).toEqual(['content', 'young.incomplete']);
  expect(readdirSync(join(repository, 'refs')).sort()).toEqual(['dev.0badcafe.tmp', 'main']);
});

it('a repository that is not there is no error', async () => {
  expect(await sweepParts(join(folder(), 'none'))).toEqual([]);
});
