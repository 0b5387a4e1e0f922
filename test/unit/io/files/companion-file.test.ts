import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { companionFile, openCompanions } from '../../../../src/io/files/companion-file.js';
import { temporaryFolder } from '../../../support/folder.js';

const folder = temporaryFolder();

function make(...names: string[]): string {
  mkdirSync(join(folder(), 'masks'));
  for (const name of names) {
    writeFileSync(join(folder(), 'masks', name), '');
  }
  return join(folder(), 'masks');
}

describe('companionFile', () => {
  it('a plain path is itself, and - is standard input', async () => {
    expect(await companionFile('mask.png', 'a/cat.jpg')).toBe('mask.png');
    expect(await companionFile('-', 'a/cat.jpg')).toBe('-');
  });

  it('{stem} and {parent} are those of the input', async () => {
    expect(await companionFile('masks/{parent}/{stem}.m.png', 'a/cat.1.jpg')).toBe('masks/a/cat.1.m.png');
  });

  it('a folder gives the file with the stem of the input, whatever its ending', async () => {
    const masks = make('cat.TIF', 'cat2.png', 'cat.txt', 'cat_mask.png');
    expect(await companionFile(masks, 'a/cat.jpg')).toBe(join(masks, 'cat.TIF'));
  });

  it('a folder gives the file with mask or depth behind the stem where none has the stem alone', async () => {
    const masks = make('cat_mask.png', 'dog.depth.png');
    expect(await companionFile(masks, 'cat.jpg')).toBe(join(masks, 'cat_mask.png'));
    expect(await companionFile(masks, 'dog.jpg')).toBe(join(masks, 'dog.depth.png'));
  });

  it('an image that lies among the masks is not its own mask', async () => {
    const both = make('cat.jpg', 'cat.mask.png', 'dog.png');
    expect(await companionFile(both, join(both, 'cat.jpg'))).toBe(join(both, 'cat.mask.png'));
    await expect(companionFile(both, join(both, 'dog.png'))).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND' });
  });

  it('none and several are refused, naming them', async () => {
    const masks = make('dog.png', 'dog.webp');
    await expect(companionFile(masks, 'cat.jpg')).rejects.toMatchObject({
      code: 'INPUT_NOT_FOUND',
      message: expect.stringContaining('no file for cat.jpg'),
    });
    await expect(companionFile(masks, 'dog.jpg')).rejects.toMatchObject({
      code: 'INPUT_NOT_FOUND',
      message: expect.stringContaining('2 files for dog.jpg: dog.png, dog.webp'),
    });
  });

  it('for many inputs, files and folders are distinguished as for one', async () => {
    const masks = make('0.png', '80_mask.png');
    mkdirSync(join(masks, 'Folder90'));
    writeFileSync(join(masks, 'Folder90', '90.png'), '');
    const companion = openCompanions();
    for (let i = 0; i < 100; i++) {
      expect(await companion(masks + '/{stem}.png', `${i}.jpg`)).toBe(join(masks, `${i}.png`));
    }
    expect(await companion(`${masks}/Folder{stem}`, '90.jpg')).toBe(join(masks, 'Folder90', '90.png'));
    expect(await companion(masks, '80.jpg')).toBe(join(masks, '80_mask.png'));
  });
});
