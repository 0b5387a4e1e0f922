import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { createFolder } from '../../../../src/io/files/create-folder.js';
import { temporaryFolder } from '../../../support/folder.js';

const folder = temporaryFolder();

vi.mock(import('node:fs/promises'), async (load) => {
  const original = await load();
  return { ...original, mkdir: vi.fn<typeof original.mkdir>(original.mkdir) as never };
});

describe('createFolder', () => {
  it('creates a folder with those above it, and leaves one that exists', async () => {
    const path = join(folder(), 'a/b/c');
    await Promise.all([createFolder(path), createFolder(path)]);
    await createFolder(path);
    await createFolder('.');
    expect(statSync(path).isDirectory()).toBe(true);
  });

  it('creates a folder whose parent another task creates between two of its steps', async () => {
    const path = join(folder(), 'outputs/b');
    vi.mocked(mkdir).mockImplementationOnce(() => {
      mkdirSync(dirname(path));
      return Promise.reject(Object.assign(new Error('no such folder'), { code: 'ENOENT' }));
    });
    await createFolder(path);
    expect(statSync(path).isDirectory()).toBe(true);
  });

  it('fails where a file stands in its way', async () => {
    const file = join(folder(), 'file');
    writeFileSync(file, '');
    await expect(createFolder(file)).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(createFolder(join(file, 'a'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  it.runIf(existsSync('/proc/self'))('fails, rather than going on for ever, where no folder can be', async () => {
    await expect(createFolder('/proc/no/such/folder')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
