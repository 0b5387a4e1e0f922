import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isPlausible } from '../../../../src/run/doctor/plausibility.js';
import { temporaryFolder } from '../../../support/folder.js';
import { unpackModel } from '../../../support/model-fixtures.js';
import { writeModel } from '../../../support/toy-clipseg.js';
import { toyDepthFiles } from '../../../support/toy-depth.js';

const folder = temporaryFolder();

describe('a trained model is plausible', () => {
  it('one for words finds the disc', async () => {
    expect(await isPlausible({ model: 'tiny' }, 'text-segmentation')).toBe(true);
  });

  it('one for depth gives values that vary', async () => {
    expect(await isPlausible({ model: writeModel(folder(), toyDepthFiles()) }, 'depth-estimation')).toBe(true);
  });

  it('one for subjects gives values that vary', async () => {
    const model = unpackModel('test/fixtures/birefnet', join(folder(), 'birefnet'));
    expect(await isPlausible({ model }, 'background-removal')).toBe(true);
  });
});

describe('a model that does not do its work is implausible', () => {
  it('one for words that knows none of them', async () => {
    expect(await isPlausible({ model: writeModel(folder()) }, 'text-segmentation')).toBe(false);
  });

  it('one for clicks with random weights', async () => {
    const model = unpackModel('test/fixtures/promptable/sam2', join(folder(), 'sam2'));
    expect(await isPlausible({ model }, 'mask-generation')).toBe(false);
  });

  it('a folder without weights is an error', async () => {
    await expect(isPlausible({ model: folder() }, 'image-matting')).rejects.toMatchObject({ code: /^MODEL/ });
  });
});
