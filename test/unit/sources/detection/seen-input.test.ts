import { utimesSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { decodeImage } from '../../../../src/io/image/decode-image.js';
import { encodeImage } from '../../../../src/io/image/encode-image.js';
import { parsePrompts } from '../../../../src/prompts/parse-prompt.js';
import { createRaster } from '../../../../src/raster/index.js';
import { findPrompts } from '../../../../src/sources/detection/find-prompts.js';
import { seenInput } from '../../../../src/sources/detection/seen-input.js';
import { openModels } from '../../../../src/sources/model-pool.js';
import { temporaryFolder } from '../../../support/folder.js';
import { writeModel } from '../../../support/toy-clipseg.js';

const folder = temporaryFolder();

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('seenInput', () => {
  it('remembers a question about a file until the file changes', async () => {
    const list = join(folder(), 'cache', 'inputs');
    const file = join(folder(), 'image.png');
    writeFileSync(file, 'one');
    const seen = seenInput(list, file, ['orange']);
    expect(await seen.has()).toBe(false);
    await seen.add();
    expect(await seen.has()).toBe(true);
    expect(await seenInput(list, file, ['apple']).has()).toBe(false);
    utimesSync(file, 1, 1);
    expect(await seen.has()).toBe(false);
  });

  it('keeps the newest lines of a list that grew too long', async () => {
    const list = join(folder(), 'inputs');
    const file = join(folder(), 'image.png');
    writeFileSync(file, 'one');
    writeFileSync(list, `${'x'.repeat(16)}\n`.repeat(20_000));
    const seen = seenInput(list, file, ['orange']);
    await seen.add();
    expect(await seen.has()).toBe(true);
    expect((await readFile(list)).length).toBeLessThan(200_000);
  });

  it('loads nothing for a file that cannot be read', async () => {
    expect(await seenInput(join(folder(), 'inputs'), join(folder(), 'missing.png'), []).has()).toBe(true);
  });
});

describe('the network', () => {
  it('is loaded while the image is decoded, and not where the answers are cached', async () => {
    vi.stubEnv('MASKWRIGHT_CACHE', join(folder(), 'cache'));
    const path = join(folder(), 'image.png');
    writeFileSync(path, await encodeImage(createRaster(8, 8, 3), { format: 'png' }));
    const pool = openModels({ model: writeModel(join(folder(), 'model')) });
    let preloaded = 0;
    const find = async (decodesAfterLoading: boolean): Promise<void> => {
      let resolve!: () => void;
      const promise = new Promise<void>((done) => (resolve = done));
      const models = {
        ...pool,
        preloadSegmenter: () => {
          preloaded++;
          pool.preloadSegmenter();
          resolve();
        },
      };
      // Never decoded, and the test never ends, where loading waits for the pixels.
      const decoded = async () => (decodesAfterLoading ? promise.then(() => decodeImage(path)) : decodeImage(path));
      const image = { name: path, path, decoded, size: async () => (await decoded()).raster };
      const prompts = parsePrompts('orange').map((prompt) => ({ prompt }));
      const none = () => {
        throw new Error('not needed');
      };
      await findPrompts(prompts, image, { models, prompt: { threshold: 0.5, fit: 'stretch' }, open: none, read: none });
    };
    await find(true);
    expect(preloaded).toBe(1);
    await find(false);
    expect(preloaded).toBe(1);
    await pool.close();
  });
});
