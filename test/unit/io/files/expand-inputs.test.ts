import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { expandInputs, type ExpandOptions } from '../../../../src/io/files/expand-inputs.js';
import { temporaryFolder } from '../../../support/folder.js';

const folder = temporaryFolder();

function make(...names: string[]): void {
  for (const name of names) {
    mkdirSync(dirname(join(folder(), name)), { recursive: true });
    writeFileSync(join(folder(), name), '');
  }
}

/** What is found, with paths relative to the test's folder, as `path (kept folder)`. */
async function found(names: string[], options?: ExpandOptions): Promise<string[]> {
  const files = await expandInputs(
    names.map((name) => (name === '-' ? name : join(folder(), name))),
    options,
  );
  return files.map((file) => {
    const path = file.path === '-' ? '-' : relative(folder(), file.path).split(sep).join('/');
    return file.folder === '' ? path : `${path} (${file.folder.split(sep).join('/')})`;
  });
}

describe('expandInputs', () => {
  beforeEach(() => {
    make('in/frame10.png', 'in/frame2.PNG', 'in/notes.txt', 'in/.hidden.png', 'in/a/x.jpg', 'in/a/b/y.webp');
  });

  it('takes the images of a folder, numbers by value, and with recursive those inside', async () => {
    expect(await found(['in'])).toEqual(['in/frame2.PNG', 'in/frame10.png']);
    expect(await found(['in'], { recursive: true })).toEqual([
      'in/a/b/y.webp (a/b)',
      'in/a/x.jpg (a)',
      'in/frame2.PNG',
      'in/frame10.png',
    ]);
  });

  it('matches nothing with a NUL in a pattern', async () => {
    await expect(found(['in/\0names/*.png'])).rejects.toMatchObject({
      code: 'INPUT_NOT_FOUND',
      message: expect.stringContaining('no file matches'),
    });
  });

  it('matches patterns, and keeps the folders behind their fixed part', async () => {
    expect(await found(['in/*.{png,PNG}'])).toEqual(['in/frame2.PNG', 'in/frame10.png']);
    expect(await found(['in/**/*.{jpg,webp}'])).toEqual(['in/a/b/y.webp (a/b)', 'in/a/x.jpg (a)']);
  });

  it('takes a file whose name looks like a pattern', async () => {
    make('photo[1].png', 'photo1.png');
    expect(await found(['photo[1].png'])).toEqual(['photo[1].png']);
  });

  it('takes each file once, in the order named, and hands on what does not exist', async () => {
    expect(await found(['in/frame10.png', 'gone.png', '-', 'in', 'in/../in/frame2.PNG'])).toEqual([
      'in/frame10.png',
      'gone.png',
      '-',
      'in/frame2.PNG',
    ]);
  });

  it('leaves the results out, unless their folder is named itself', async () => {
    make('in/out/old.png');
    const exclude = join(folder(), 'in/out');
    expect(await found(['in'], { recursive: true, exclude })).not.toContain('in/out/old.png (out)');
    expect(await found(['in/**/*.png'], { exclude })).toEqual(['in/frame10.png']);
    expect(await found(['in/out'], { exclude })).toEqual(['in/out/old.png']);
    expect(await found(['in/out/*.png'], { exclude })).toEqual(['in/out/old.png']);
  });

  it('a link to a folder above does not make a loop', async () => {
    symlinkSync(join(folder(), 'in'), join(folder(), 'in/a/loop'));
    expect(await found(['in'], { recursive: true })).toHaveLength(4);
  });

  it.each([
    ['lines', 'one.png\r\ntwo two.png\n\n'],
    ['NULs', 'one.png\0two two.png\0'],
    ['a byte order mark', '\uFEFFone.png\ntwo two.png'],
  ])('reads a list with %s', async (_, text) => {
    writeFileSync(join(folder(), 'list'), text);
    const files = await expandInputs([], { filesFrom: join(folder(), 'list') });
    expect(files.map(({ path }) => path)).toEqual(['one.png', 'two two.png']);
  });

  it('a name without a file is an error that names it', async () => {
    make('empty/notes.txt');
    await expect(found(['empty'])).rejects.toMatchObject({
      code: 'INPUT_NOT_FOUND',
      hint: expect.stringContaining('--recursive') as string,
    });
    await expect(found(['in/*.bmp'])).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND' });
    await expect(found([])).rejects.toMatchObject({ code: 'USAGE' });
    await expect(expandInputs([], { filesFrom: join(folder(), 'nowhere') })).rejects.toMatchObject({
      code: 'INPUT_NOT_FOUND',
    });
  });
});

describe('expandInputs: folders kept under the output folder', () => {
  beforeEach(() => {
    make('in/a/x.png', 'in/b/y.png', 'z.png');
  });

  it.each([
    ['in/{a,b}/*.png', ['in/a/x.png (a)', 'in/b/y.png (b)']],
    ['i{n/a,n/b}/*.png', ['in/a/x.png (in/a)', 'in/b/y.png (in/b)']],
    ['i{n/..,n/a}/*.png', ['in/a/x.png (in/a)', 'z.png']],
    ['in/../*.png', ['z.png']],
    ['in/a/../b/*.png', ['in/b/y.png']],
  ])('the pattern %s keeps folders that lie inside', async (pattern, expected) => {
    expect(await found([pattern])).toEqual(expected);
  });

  it('skipped folders with images in them are reported', async () => {
    make('in/top.png', 'in/empty/notes.txt', 'in/.hidden/h.png', 'in/out/r.png');
    const calls: [string, readonly string[]][] = [];
    const onSkipped = (name: string, skipped: readonly string[]): void => void calls.push([name, [...skipped].sort()]);
    const options = { onSkipped, exclude: join(folder(), 'in/out') };
    await expandInputs([join(folder(), 'in')], options);
    expect(calls).toEqual([[join(folder(), 'in'), ['a', 'b']]]);
    await expandInputs([join(folder(), 'in')], { ...options, recursive: true });
    expect(calls).toHaveLength(1);
  });
});
