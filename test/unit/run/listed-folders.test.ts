import { createHash } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeFiles } from '../../../src/io/files/write-files.js';
import { LISTING_NAME, openListedFolders } from '../../../src/run/listed-folders.js';
import { temporaryFolder } from '../../support/folder.js';

const folder = temporaryFolder();
const at = (name: string): string => join(folder(), 'out', name);
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const listing = (): unknown => JSON.parse(readFileSync(at(LISTING_NAME), 'utf8'));
const listed = (force = false): { path: string; force: boolean; clear: boolean } => ({
  path: join(folder(), 'out'),
  force,
  clear: true,
});

/** One run that writes a file of this content. */
async function runOnce(name: string, data: string, { finish = true } = {}): Promise<void> {
  const folders = openListedFolders([]);
  await folders.claim(listed(), [{ path: at(name), data }]);
  await writeFiles([{ path: at(name), data }]);
  if (finish) {
    await folders.finish({ clear: true });
  }
}

describe('a listed folder', () => {
  it('lists each file with the SHA-256 of its content', async () => {
    await runOnce('a.png', 'one');
    expect(listing()).toEqual({ 'a.png': [sha256('one')] });
  });

  it('keeps a file of another program that has a name which a killed run listed and never wrote', async () => {
    await openListedFolders([]).claim(listed(), [{ path: at('a.png'), data: 'never written' }]);
    writeFileSync(at('a.png'), 'precious');
    const next = openListedFolders([]);
    await expect(next.claim(listed(), [{ path: at('a.png'), data: 'new' }])).rejects.toThrow(/was changed since/);
    await next.claim(listed(), [{ path: at('b.png'), data: 'b' }]);
    expect(await next.finish({ clear: true })).toEqual([{ path: join(folder(), 'out'), files: [] }]);
    expect(readFileSync(at('a.png'), 'utf8')).toBe('precious');
  });

  it('knows the file of the run before, whether a killed run had replaced it or not', async () => {
    await runOnce('a.png', 'one');
    await openListedFolders([]).claim(listed(), [{ path: at('a.png'), data: 'two' }]);
    expect(listing()).toEqual({ 'a.png': [sha256('one'), sha256('two')] });
    await runOnce('a.png', 'three', { finish: false });
    await runOnce('b.png', 'b');
    expect(existsSync(at('a.png'))).toBe(false);
  });

  it.each([
    ['a symbolic link', symlinkSync],
    ['a hard link that was changed', linkSync],
  ])('neither follows nor removes %s', async (_, link) => {
    mkdirSync(join(folder(), 'out'));
    writeFileSync(join(folder(), 'input.png'), 'input');
    link(join(folder(), 'input.png'), at('a.png'));
    const folders = openListedFolders([]);
    await expect(folders.claim(listed(), [{ path: at('a.png'), data: 'x' }])).rejects.toThrow(/was not written by/);
    expect(readFileSync(join(folder(), 'input.png'), 'utf8')).toBe('input');
    await folders.claim(listed(true), [{ path: at('a.png'), data: 'x' }]);
    await writeFiles([{ path: at('a.png'), data: 'x' }]);
    expect(readFileSync(join(folder(), 'input.png'), 'utf8')).toBe('input');
  });

  it('does not write its listing through a link', async () => {
    mkdirSync(join(folder(), 'out'));
    writeFileSync(join(folder(), 'input.json'), '{}');
    symlinkSync(join(folder(), 'input.json'), at(LISTING_NAME));
    await runOnce('a.png', 'one');
    expect(readFileSync(join(folder(), 'input.json'), 'utf8')).toBe('{}');
  });
});
