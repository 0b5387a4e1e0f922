import { mkdirSync, readdirSync, readFileSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  clearHeatmapCache,
  heatmapCacheInfo,
  heatmapKeys,
  readHeatmap,
  storeHeatmaps,
} from '../../../../src/io/files/heatmap-cache.js';
import { createHeatmap, createRaster } from '../../../../src/raster/index.js';
import { temporaryFolder } from '../../../support/folder.js';

const folder = temporaryFolder();
const heatmap = createHeatmap(3, 2, Float32Array.of(0, 0.1, 1 / 3, 0.5, 0.999, 1));
const notes = { reading: { phrase: 'orange\n', tokens: 3 } };
/** A file: its line of JSON and six values. */
const entry = { heatmap, notes };

describe('the heatmap cache', () => {
  it('gives back what was stored, to the last bit', async () => {
    const cache = { folder: join(folder(), 'new', 'heatmaps'), limitBytes: 1e6 };
    expect(await readHeatmap(cache, 'a')).toBeUndefined();
    await storeHeatmaps(cache, [['a', entry]]);
    expect(await readHeatmap(cache, 'a')).toEqual(entry);
    expect(await readHeatmap(cache, 'b')).toBeUndefined();
    expect(readdirSync(cache.folder)).toEqual(['a.heatmap']);
  });

  it('takes damaged files for missing ones', async () => {
    const cache = { folder: folder(), limitBytes: 1e6 };
    await storeHeatmaps(cache, [['a', entry]]);
    truncateSync(join(cache.folder, 'a.heatmap'), 60);
    expect(await readHeatmap(cache, 'a')).toBeUndefined();
    for (const content of ['', '\n', 'no json\n1234', '{"format":1}\n', '{"format":9,"width":1,"height":1}\n1234']) {
      writeFileSync(join(cache.folder, 'a.heatmap'), content);
      expect(await readHeatmap(cache, 'a'), content).toBeUndefined();
    }
  });

  it('removes what was used longest ago once the limit is passed', async () => {
    const cache = { folder: folder(), limitBytes: 1e6 };
    await storeHeatmaps(cache, [
      ['a', entry],
      ['b', entry],
      ['c', entry],
    ]);
    const { bytes } = await heatmapCacheInfo(cache);
    for (const [i, key] of ['a', 'b', 'c'].entries()) {
      utimesSync(join(cache.folder, `${key}.heatmap`), 1000 + i, 1000 + i);
    }
    await readHeatmap(cache, 'a');
    await storeHeatmaps({ ...cache, limitBytes: bytes }, [['d', entry]]);
    expect(readdirSync(cache.folder).sort()).toEqual(['a.heatmap', 'c.heatmap', 'd.heatmap']);
  });

  it('stays near the limit while thousands are stored, though it does not count them each time', async () => {
    const cache = { folder: folder(), limitBytes: 20_000 };
    for (let i = 0; i < 1000; i++) {
      await storeHeatmaps(cache, [[`k${i}`, entry]]);
    }
    const { bytes } = await heatmapCacheInfo(cache);
    expect(bytes).toBeGreaterThan(cache.limitBytes * 0.9);
    expect(bytes).toBeLessThan(cache.limitBytes * 1.07 + 100);
    expect(readdirSync(cache.folder)).toContain('k999.heatmap');
  });

  it('takes a file without notes for damaged', async () => {
    const cache = { folder: folder(), limitBytes: 1e6 };
    await storeHeatmaps(cache, [['a', entry]]);
    const path = join(cache.folder, 'a.heatmap');
    writeFileSync(path, Buffer.from(readFileSync(path).toString('latin1').replace('"notes"', '"other"'), 'latin1'));
    expect(await readHeatmap(cache, 'a')).toBeUndefined();
  });

  it('counts and removes its own files only', async () => {
    const cache = { folder: join(folder(), 'heatmaps'), limitBytes: 1e6 };
    expect(await heatmapCacheInfo(cache)).toMatchObject({ heatmaps: 0, bytes: 0 });
    mkdirSync(join(folder(), 'models'));
    await storeHeatmaps(cache, [['a', entry]]);
    expect(await clearHeatmapCache(cache)).toMatchObject({ heatmaps: 1 });
    expect(readdirSync(folder())).toEqual(['models']);
  });

  it('has another key for another image, and for anything else that is different', () => {
    const image = createRaster(2, 1, 3, Uint8Array.of(1, 2, 3, 4, 5, 6));
    const other = createRaster(2, 1, 3, Uint8Array.of(1, 2, 3, 4, 5, 7));
    const turned = createRaster(1, 2, 3, image.data);
    const model = { phrase: 'orange', id: 'tiny', revision: '1', dtype: 'fp32', fit: 'stretch' };
    const keys = [
      heatmapKeys(image)(model),
      heatmapKeys(other)(model),
      heatmapKeys(turned)(model),
      ...Object.keys(model).map((name) => heatmapKeys(image)({ ...model, [name]: 'other' })),
    ];
    expect(new Set(keys).size).toBe(8);
    expect(heatmapKeys(createRaster(2, 1, 3, Uint8Array.of(1, 2, 3, 4, 5, 6)))(model)).toBe(keys[0]);
  });
});
