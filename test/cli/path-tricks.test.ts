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
import { basename, join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { encodeImage } from '../../src/io/image/encode-image.js';
import { createMask, createRaster } from '../../src/raster/index.js';
import type { CliResult } from '../support/cli.js';
import { runCli } from '../support/warm-cli.js';
import { temporaryFolder } from '../support/folder.js';
import { seededRandom } from '../support/random.js';

const folder = temporaryFolder();

function inFolder(...names: string[]): string {
  return join(folder(), ...names);
}

/** An image of noise, which does not compress, and a mask of its left half. */
async function images(side = 16): Promise<{ image: string; mask: string }> {
  const random = seededRandom(1);
  const data = Uint8Array.from({ length: side * side * 3 }, () => random() * 256);
  const half = Uint8Array.from({ length: side * side }, (_, i) => (i % side < side / 2 ? 255 : 0));
  const image = join(inFolder(), 'image.png');
  const mask = join(inFolder(), 'mask.png');
  writeFileSync(image, await encodeImage(createRaster(side, side, 3, data), { format: 'png' }));
  writeFileSync(mask, await encodeImage(createMask(side, side, half), { format: 'png' }));
  return { image, mask };
}

function run(...args: string[]): Promise<CliResult> {
  return runCli(args, { cwd: inFolder() });
}

/** Every file below the test's folder, with its content: to see that nothing else changed. */
function everything(): Record<string, string> {
  const files = readdirSync(inFolder(), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name), 'base64')]),
  );
}

/** One line that says it, and perhaps one, indented, of what to do. */
function expectOneLine({ stderr }: CliResult): void {
  expect(stderr).toMatch(/^maskwright: [^\n]+\n(?: {2}[^\n]+\n)?$/);
}

/** Names that every file system takes, and that read as they are. */
function expectSafe(name: string): void {
  expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
  // oxlint-disable-next-line no-control-regex
  expect(name).not.toMatch(/[<>:"/\\|?*\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]|[. ]$/);
  expect(name).not.toMatch(/^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i);
}

describe('prompts in names of files', () => {
  it('lead to files inside the output folder, whatever the prompt', async () => {
    const { image } = await images();
    const words = [
      '../../up',
      '/etc/passwd',
      'C:\\up',
      'a'.repeat(300),
      '🍊'.repeat(60),
      '漢'.repeat(60),
      '\u202egnp.exe',
      '-rf',
      'dots... ',
      'CON',
      'nul',
      'two\nlines \u001b[31m',
    ];
    const before = everything();
    const { code, stdout, stderr } = await run(
      'mask',
      image,
      '--model=tiny',
      '--outdir=out',
      '--no-cache',
      '--name={text}.{kind}.{ext}',
      ...words.flatMap((text) => ['-tm', `"${text}"`]),
    );
    expect([code, stderr.replaceAll(/^maskwright: .*\n/gm, '')]).toEqual([0, '']);
    // oxlint-disable-next-line no-control-regex
    expect(stdout + stderr).not.toMatch(/[\u001b\u202e]/);
    const names = readdirSync(inFolder('out'));
    expect(names).toHaveLength(words.length * 3);
    names.forEach(expectSafe);
    for (const [path, content] of Object.entries(before)) {
      expect(everything()[path]).toBe(content);
    }
    expect(Object.keys(everything())).toHaveLength(Object.keys(before).length + names.length);
  });

  it('a NUL is refused or replaced, by the program and by the library', async () => {
    const { image } = await images();
    const { inpaintImage, maskImage } = await import('../../src/index.js');
    const out = inFolder('out');
    const files = await maskImage(image, { prompt: '"a\0b"', model: 'tiny', outdir: out });
    expect(files).toBeDefined();
    readdirSync(out).forEach(expectSafe);
    await expect(
      inpaintImage({ image: image, masks: [join(inFolder(), 'mask.png')], output: join(out, 'a\0.png') }),
    ).rejects.toMatchObject({ category: 'usage' });
    await expect(
      inpaintImage({ image: 'a\0.png', masks: ['mask.png'], output: join(out, 'a.png') }),
    ).rejects.toMatchObject({ category: 'input' });
  });
});

describe('names of images', () => {
  it('are kept in the names of results, however odd', async () => {
    const { image } = await images();
    const names = [
      'CON.png',
      'aux.photo.png',
      'nul..png',
      '-rf.png',
      `${'a'.repeat(250)}.png`,
      `${'🍊'.repeat(60)}.png`,
      '\u202egnp.jpg.png',
      ' lead and trail .png',
      'two\nlines\u001b[31m.png',
      '$(touch pwned).png',
    ];
    mkdirSync(inFolder('odd'));
    for (const name of names) {
      writeFileSync(inFolder('odd', name), readFileSync(image));
    }
    const { code, stdout, stderr } = await run('channel', 'odd', '--channel', 'hsv.s', '--outdir', 'out');
    expect([code, stderr]).toEqual([0, '']);
    // oxlint-disable-next-line no-control-regex
    expect(stdout).not.toMatch(/[\u001b\u202e]/);
    const written = readdirSync(inFolder('out')).filter((name) => name.endsWith('.png'));
    expect(written).toHaveLength(names.length);
    written.forEach(expectSafe);
    expect(existsSync(inFolder('pwned'))).toBe(false);
  });

  it('may begin with a dash', async () => {
    const { image } = await images();
    writeFileSync(inFolder('-v.png'), readFileSync(image));
    expect(await run('channel', './-v.png', '--channel', 'rgb.r', '--outdir', 'out')).toMatchObject({ code: 0 });
    expect(readdirSync(inFolder('out'))).toEqual([expect.stringMatching(/^-v\./)]);
  });

  it.each(['../{stem}.png', '/tmp/{stem}.png', '{parent}/../../{stem}.png', '.', 'a/../..'])(
    'a result cannot be named %s',
    async (name) => {
      const { image } = await images();
      const before = everything();
      const result = await run('channel', image, '--channel', 'rgb.r', '--outdir', 'out', '--name', name);
      expect([result.code, result.stderr]).toEqual([
        2,
        expect.stringMatching(/does not stay in the output folder|names no file/),
      ]);
      expectOneLine(result);
      expect(everything()).toEqual(before);
    },
  );
});

describe('an input is never written over', () => {
  const ways: [string, (image: string, mask: string) => string][] = [
    ['its own name', (image) => image],
    ['a way round', (image) => join(inFolder(), 'sub', '..', basename(image))],
    ['a symbolic link', (image) => (symlinkSync(image, inFolder('link.png')), inFolder('link.png'))],
    [
      'a link to a link',
      (image) => {
        symlinkSync(image, inFolder('one.png'));
        symlinkSync('one.png', inFolder('two.png'));
        return inFolder('two.png');
      },
    ],
    ['a hard link', (image) => (linkSync(image, inFolder('hard.png')), inFolder('hard.png'))],
    ['a hard link to the mask', (_, mask) => (linkSync(mask, inFolder('hard.png')), inFolder('hard.png'))],
    [
      'a folder that is a link',
      (image) => {
        symlinkSync(inFolder(), inFolder('folder'));
        return join(inFolder('folder'), basename(image));
      },
    ],
  ];
  it.each(ways)('no input is overwritten by %s', async (_, make) => {
    const { image, mask } = await images();
    mkdirSync(inFolder('sub'));
    const output = make(image, mask);
    const before = [readFileSync(image), readFileSync(mask)];
    for (const argv of [
      ['inpaint', image, '-m', mask, '-o', output],
      ['inpaint', image, '-m', mask, '-o', 'ok.png', '--save-mask', output],
    ]) {
      const result = await run(...argv);
      expect([argv, result.code]).toEqual([argv, 5]);
      expectOneLine(result);
    }
    expect([readFileSync(image), readFileSync(mask)]).toEqual(before);
    expect(existsSync(inFolder('ok.png'))).toBe(false);
  });

  it.each([
    ['its own file', 'image.crop.json', undefined],
    ['its table', 'recipe.json', 'image.crop.json'],
    ['its image', 'recipe.json', undefined],
  ])('by a recipe that makes %s', async (_, recipeName, table) => {
    const { mask } = await images();
    const isImage = recipeName === 'recipe.json' && table === undefined;
    const recipe = {
      ...(table === undefined ? { inputs: 'image.png' } : { table }),
      sources: [{ kind: 'file', path: mask }],
      outputs: [isImage ? { kind: 'mask', name: '{stem}.{ext}' } : { kind: 'crop', size: 8 }],
      outdir: '.',
    };
    if (table !== undefined) {
      writeFileSync(inFolder(table), 'file\nimage.png\n');
    }
    writeFileSync(inFolder(recipeName), JSON.stringify(recipe));
    const before = everything();
    const result = await run('run', recipeName);
    expect([result.code, result.stderr]).toEqual([5, expect.stringContaining('inputs are never overwritten')]);
    expectOneLine(result);
    expect(everything()).toEqual(before);
  });
});

describe('a result takes the place of a link', () => {
  it('a file that the link points to outside the folder is not changed', async () => {
    const { image, mask } = await images();
    mkdirSync(inFolder('outside'));
    writeFileSync(inFolder('outside', 'precious.png'), 'precious');
    mkdirSync(inFolder('out'));
    symlinkSync(inFolder('outside', 'precious.png'), inFolder('out', 'result.png'));
    expect(await run('inpaint', image, '-m', mask, '-o', 'out/result.png')).toMatchObject({ code: 0 });
    expect(readFileSync(inFolder('outside', 'precious.png'), 'utf8')).toBe('precious');
    expect(statSync(inFolder('out', 'result.png')).size).toBeGreaterThan(100);
  });
});

/** Mounts a small file system for the length of a test; skips it where that is not permitted. */
async function withMount(context: TestContext, options: string, work: (mount: string) => Promise<void>): Promise<void> {
  const mount = inFolder('mount');
  mkdirSync(mount);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', mount], { stdio: 'ignore' });
  } catch {
    context.skip('mounting a small file system is not permitted here');
  }
  try {
    await work(mount);
  } finally {
    execFileSync('umount', [mount]);
  }
}

describe('a disk that cannot take a result', () => {
  const commands: [string, (image: string, mask: string, out: string) => string[]][] = [
    ['inpaint', (image, mask, out) => ['inpaint', image, '-m', mask, '-o', join(out, 'out.png')]],
    ['mask', (image, mask, out) => ['mask', image, '-m', mask, '--outdir', out]],
    ['crop', (image, mask, out) => ['crop', image, mask, '--size', '256', '--outdir', out]],
    ['layers', (image, _, out) => ['layers', image, '--no-model', '--output-dir', join(out, 'layers')]],
    ['composite', (image, mask, out) => ['composite', '-b', image, '-c', image, '-m', mask, '-o', join(out, 'x.png')]],
  ];
  for (const [name, argv] of commands) {
    it(`that is full: ${name} says so and leaves nothing half-written`, async (context) => {
      const { image, mask } = await images(256);
      await withMount(context, 'size=64k', async (mount) => {
        const result = await run(...argv(image, mask, mount));
        expect([result.code, result.stderr]).toEqual([5, expect.stringContaining('no space left')]);
        expectOneLine(result);
        const left = readdirSync(mount, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
        // Layers are written one by one, each whole, and listed.
        expect(left.filter((entry) => entry.name.endsWith('.tmp'))).toEqual([]);
        expect(name === 'layers' ? [] : left.map((entry) => entry.name)).toEqual([]);
      });
    });

    it(`that is read-only: ${name} says so`, async (context) => {
      const { image, mask } = await images();
      await withMount(context, 'size=1m,ro', async (mount) => {
        const result = await run(...argv(image, mask, mount));
        expect([result.code, result.stderr]).toEqual([5, expect.stringContaining('cannot be written')]);
        expectOneLine(result);
        expect(readdirSync(mount)).toEqual([]);
      });
    });
  }
});

// What files that name files may do: a job or a recipe reads images wherever it says, as a command line would,
// for it only gets pixels out of images; it writes only inside the folder of results, and over no input.
type JobFile = { original: { file: string }; files: { stitch: string } };

describe('a manifest or recipe that points elsewhere', () => {
  async function job(change: (job: JobFile) => void): Promise<CliResult> {
    const { image, mask } = await images();
    await run('crop', image, mask, '--outdir', 'job');
    const path = inFolder('job', 'image.crop.json');
    const value = JSON.parse(readFileSync(path, 'utf8')) as JobFile;
    change(value);
    writeFileSync(path, JSON.stringify(value));
    return run('stitch', 'job/image.crop.png', '--job', path, '-o', 'final.png');
  }

  it('reads an image by an absolute path and by one that leads out', async () => {
    expect(await job(({ original }) => (original.file = inFolder('image.png')))).toMatchObject({ code: 0 });
    expect(await job(({ original }) => (original.file = '../job/../image.png'))).toMatchObject({ code: 0 });
  });

  it('gets nothing out of what is no image, and shows nothing of it', async () => {
    symlinkSync('/etc/passwd', inFolder('link'));
    await job(() => undefined);
    const path = inFolder('job', 'image.crop.json');
    const sound = readFileSync(path, 'utf8');
    const secrets = ['/etc/passwd', '../../../../../../etc/passwd', '../link', '/dev/zero', '/proc/self/mem', '/'];
    for (const file of secrets) {
      for (const change of [{ original: { file } }, { files: { stitch: file } }]) {
        const value = JSON.parse(sound) as JobFile;
        Object.assign(value.original, change.original);
        Object.assign(value.files, change.files);
        writeFileSync(path, JSON.stringify(value));
        const result = await run('stitch', 'job/image.crop.png', '--job', path, '-o', 'again.png');
        expect([file, result.code]).toEqual([file, 3]);
        expectOneLine(result);
        expect(result.stderr).not.toMatch(/root:|\/bin\//);
        expect(existsSync(inFolder('again.png'))).toBe(false);
      }
    }
  });

  it('overwrites none of what a manifest reads', async () => {
    await job(() => undefined);
    for (const path of ['image.png', 'job/image.crop.png', 'job/image.crop.stitch.png', 'job/image.crop.json']) {
      const before = everything();
      const result = await run('stitch', 'job/image.crop.png', '--job', 'job/image.crop.json', '-o', path);
      expect([path, result.code]).toEqual([path, 5]);
      expect(everything()).toEqual(before);
    }
  });

  it('a recipe names results inside its folder of results only (case 30)', async () => {
    const { mask } = await images();
    for (const name of ['../up.png', '/tmp/maskwright-up.png', '{words}/../../up.png']) {
      const recipe = {
        inputs: 'image.png',
        variables: { words: '../..' },
        sources: [{ kind: 'file', path: mask }],
        outputs: [{ kind: 'mask', name }],
      };
      writeFileSync(inFolder('recipe.json'), JSON.stringify(recipe));
      const before = everything();
      const result = await run('run', 'recipe.json');
      expect([name, result.code]).toEqual([name, 2]);
      expectOneLine(result);
      expect(everything()).toEqual(before);
    }
  });

  it('a listing of layers removes nothing outside its folder, by .. or by a link', async () => {
    await images();
    mkdirSync(inFolder('layers'));
    mkdirSync(inFolder('elsewhere'));
    writeFileSync(inFolder('elsewhere', 'a.png'), '');
    symlinkSync(inFolder('elsewhere'), inFolder('layers', 'away'));
    const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    writeFileSync(
      inFolder('layers', '.maskwright-layers.json'),
      JSON.stringify({ 'away/a.png': empty, '../elsewhere/a.png': empty, [inFolder('elsewhere', 'a.png')]: empty }),
    );
    expect(await run('layers', 'image.png', '--no-model', '--output-dir', 'layers')).toMatchObject({ code: 0 });
    expect(existsSync(inFolder('elsewhere', 'a.png'))).toBe(true);
  });
});
