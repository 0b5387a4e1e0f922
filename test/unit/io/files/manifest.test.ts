import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { appendToManifest, readManifest, writeManifest } from '../../../../src/io/files/manifest.js';
import { temporaryFolder } from '../../../support/folder.js';

const folder = temporaryFolder();
const ENTRY = { input: 'a.png', key: 'k', outputs: [{ path: 'a.mask.png', sha256: '00' }] };

describe('a manifest', () => {
  it('keeps its entries, and leaves out a line that was cut off', async () => {
    const path = join(folder(), 'deep', 'list.jsonl');
    expect(await readManifest(path)).toEqual([]);
    await appendToManifest(path, ENTRY);
    await appendToManifest(path, { ...ENTRY, input: 'b.png' });
    writeFileSync(path, `${readFileSync(path, 'utf8')}{"input":"c.p`);
    expect((await readManifest(path)).map(({ input }) => input)).toEqual(['a.png', 'b.png']);
  });

  it.each([
    ['a symbolic link', (path: string, victim: string) => symlinkSync(victim, path)],
    ['a hard link', (path: string, victim: string) => linkSync(victim, path)],
    ['a folder', (path: string) => mkdirSync(path)],
    ['a pipe', (path: string) => execFileSync('mkfifo', [path])],
  ])('is not followed where it is %s', async (_, link) => {
    const path = join(folder(), 'list.jsonl');
    const victim = join(folder(), 'photo.png');
    writeFileSync(victim, 'pixels');
    link(path, victim);
    await expect(appendToManifest(path, ENTRY)).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
    await expect(readManifest(path)).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
    expect(readFileSync(victim, 'utf8')).toBe('pixels');
  });

  it('replaces a link, rather than the file behind it, as a whole', async () => {
    const path = join(folder(), 'list.jsonl');
    const victim = join(folder(), 'photo.png');
    writeFileSync(victim, 'pixels');
    symlinkSync(victim, path);
    await writeManifest(path, [ENTRY]);
    expect(await readManifest(path)).toEqual([ENTRY]);
    expect(readFileSync(victim, 'utf8')).toBe('pixels');
  });
});
