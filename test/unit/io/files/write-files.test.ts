import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MaskwrightError } from '../../../../src/errors.js';
import { writeFiles } from '../../../../src/io/files/write-files.js';
import { temporaryFolder } from '../../../support/folder.js';

const folder = temporaryFolder();

function inFolder(name: string, content?: string): string {
  const path = join(folder(), name);
  if (content !== undefined) {
    writeFileSync(path, content);
  }
  return path;
}

describe('writeFiles', () => {
  it('makes folders, replaces files and leaves nothing else behind', async () => {
    const old = inFolder('old.txt', 'before');
    const fresh = inFolder('new/deep/file.txt');
    await writeFiles([
      { path: old, data: 'after' },
      { path: fresh, data: new Uint8Array([1, 2, 3]) },
    ]);
    expect(readFileSync(old, 'utf8')).toBe('after');
    expect([...readFileSync(fresh)]).toEqual([1, 2, 3]);
    expect(readdirSync(folder()).sort()).toEqual(['new', 'old.txt']);
  });

  it('writes none of the files when one fails its check', async () => {
    const first = inFolder('first.txt', 'kept');
    const second = inFolder('second.txt');
    const write = writeFiles([
      { path: first, data: 'lost' },
      { path: second, data: 'bad', verify: () => Promise.reject(new MaskwrightError('OUTPUT_CHECK', 'no')) },
    ]);
    await expect(write).rejects.toMatchObject({ code: 'OUTPUT_CHECK' });
    expect(readFileSync(first, 'utf8')).toBe('kept');
    expect(readdirSync(folder())).toEqual(['first.txt']);
  });

  it('writes a file piece by piece, and takes the next piece only when the one before is on the disk', async () => {
    const path = inFolder('pieces.bin');
    const sizes: number[] = [];
    await writeFiles([
      {
        path,
        data: async function* () {
          for (let i = 0; i < 3; i++) {
            const [temporary] = readdirSync(folder());
            sizes.push(statSync(join(folder(), temporary!)).size);
            yield new Uint8Array(1000).fill(i);
          }
        },
      },
    ]);
    expect(sizes).toEqual([0, 1000, 2000]);
    expect(readFileSync(path).equals(Buffer.concat([0, 1, 2].map((value) => Buffer.alloc(1000, value))))).toBe(true);
  });

  it.each([
    ['an error of the encoder, as it was thrown', 'fails'],
    ['the reason of an abort', 'aborts'],
  ])('leaves nothing behind and throws %s', async (_, how) => {
    const reason = new TypeError('the reason');
    const controller = new AbortController();
    const data = async function* () {
      yield new Uint8Array(10);
      if (how === 'fails') throw reason;
      controller.abort(reason);
      yield new Uint8Array(10);
    };
    const files = [
      { path: inFolder('whole.txt'), data: 'whole' },
      { path: inFolder('half.bin'), data },
    ];
    await expect(writeFiles(files, { signal: controller.signal })).rejects.toBe(reason);
    expect(readdirSync(folder())).toEqual([]);
  });

  it.each([
    ['by its own name', (input: string) => input],
    [
      'through a symbolic link',
      (input: string) => {
        symlinkSync(input, inFolder('link.txt'));
        return inFolder('link.txt');
      },
    ],
    [
      'through a hard link',
      (input: string) => {
        linkSync(input, inFolder('hard.txt'));
        return inFolder('hard.txt');
      },
    ],
    [
      'through a linked folder',
      (input: string) => {
        symlinkSync(folder(), inFolder('alias'));
        return join(inFolder('alias'), input.split('/').at(-1)!);
      },
    ],
  ])('never writes over an input %s', async (_, name) => {
    const input = inFolder('input.txt', 'precious');
    await expect(writeFiles([{ path: name(input), data: 'x' }], { inputs: [input] })).rejects.toMatchObject({
      code: 'OUTPUT_IS_INPUT',
    });
    expect(readFileSync(input, 'utf8')).toBe('precious');
  });

  it('replaces a link by a file, and leaves what it pointed to alone', async () => {
    const elsewhere = inFolder('elsewhere.txt', 'precious');
    symlinkSync(elsewhere, inFolder('link.txt'));
    await writeFiles([{ path: inFolder('link.txt'), data: 'new' }]);
    expect(readFileSync(elsewhere, 'utf8')).toBe('precious');
    expect(readFileSync(inFolder('link.txt'), 'utf8')).toBe('new');
  });

  it('refuses two results of one name, a folder, and existing files that are to be kept', async () => {
    const path = inFolder('a.txt');
    await expect(
      writeFiles([
        { path, data: '1' },
        { path, data: '2' },
      ]),
    ).rejects.toMatchObject({ code: 'OUTPUT_COLLISION' });
    mkdirSync(inFolder('sub'));
    await expect(writeFiles([{ path: inFolder('sub'), data: '1' }])).rejects.toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
    });
    writeFileSync(path, 'old');
    await expect(writeFiles([{ path, data: '1' }], { keepExisting: true })).rejects.toMatchObject({
      code: 'OUTPUT_EXISTS',
    });
    expect(readFileSync(path, 'utf8')).toBe('old');
  });

  it('says that a folder cannot be made where a file stands', async () => {
    inFolder('file', 'x');
    await expect(writeFiles([{ path: join(inFolder('file'), 'a.txt'), data: 'x' }])).rejects.toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
    });
  });

  it('reports a full disk and leaves nothing on it', async (context) => {
    const mount = inFolder('small');
    mkdirSync(mount);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', mount], { stdio: 'ignore' });
    } catch {
      context.skip('mounting a small file system is not permitted here');
    }
    try {
      const write = writeFiles([
        { path: join(mount, 'small.bin'), data: new Uint8Array(1000) },
        { path: join(mount, 'large.bin'), data: new Uint8Array(200_000) },
      ]);
      await expect(write).rejects.toMatchObject({ code: 'OUTPUT_DISK_FULL' });
      expect(readdirSync(mount)).toEqual([]);
    } finally {
      execFileSync('umount', [mount]);
    }
    expect(existsSync(mount)).toBe(true);
  });
});
