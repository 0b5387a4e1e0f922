import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { decodeImage } from '../../src/io/image/decode-image.js';
import { encodeImage } from '../../src/io/image/encode-image.js';
import { createMask } from '../../src/raster/index.js';
import { runCli } from '../support/warm-cli.js';
import { temporaryFolder } from '../support/folder.js';
import { randomRaster } from '../support/images.js';

const folder = temporaryFolder();
const at = (name: string): string => join(folder(), name);
const SIDE = 24;

// Many runs a test, each a process of its own.
vi.setConfig({ testTimeout: 120_000 });

async function draw(...names: string[]): Promise<void> {
  await Promise.all(
    names.map(async (name, i) => {
      mkdirSync(dirname(at(name)), { recursive: true });
      writeFileSync(at(name), await encodeImage(randomRaster(i, SIDE, SIDE, 3)));
    }),
  );
}

async function drawMask(): Promise<void> {
  writeFileSync(at('mask.png'), await encodeImage(createMask(SIDE, SIDE, new Uint8Array(SIDE * SIDE).fill(255, 40))));
}

/** Files below a folder, hidden ones too, with the hash of their content. */
function snapshot(path: string): Record<string, string> {
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [file.slice(path.length + 1), createHash('sha256').update(readFileSync(file)).digest('hex')]),
  );
}

const inpaint = (...args: string[]): ReturnType<typeof runCli> => runCli(['inpaint', ...args], { cwd: folder() });

describe('a batch of images', () => {
  it('takes its images from folders, patterns and lists, and keeps their folders', async () => {
    await draw('in/a.png', 'in/deep/b.png', 'in/deep/c.png', 'other/d.png');
    await drawMask();
    writeFileSync(at('list'), 'other/d.png\n');
    const args = ['in', '-r', 'in/**/c.png', '--files-from', 'list', '-m', 'mask.png', '--outdir', 'out'];
    expect(await inpaint(...args)).toMatchObject({ code: 0, stderr: '' });
    expect(Object.keys(snapshot(at('out')))).toEqual([
      '.maskwright-manifest.jsonl',
      'a.inpaint.png',
      'd.inpaint.png',
      'deep/b.inpaint.png',
      'deep/c.inpaint.png',
    ]);
  });

  it('names results by a template, with the number and folder of each image', async () => {
    await draw('x/a.png', 'y/a.png');
    await drawMask();
    const args = ['x/a.png', 'y/a.png', '-m', 'mask.png', '--outdir', 'out'];
    const clash = await inpaint(...args);
    expect(clash.code).toBe(5);
    expect(clash.stderr).toMatch(/x\/a\.png and y\/a\.png would both be written to out\/a\.inpaint\.png/);
    expect(readdirSync(folder()).sort()).toEqual(['mask.png', 'x', 'y']);
    expect(
      await inpaint(...args, '--name', '{index}-{parent}-{stem}.webp', '--save-mask', '{parent}/m.png'),
    ).toMatchObject({ code: 0 });
    expect(readdirSync(at('out')).sort()).toEqual(['.maskwright-manifest.jsonl', '1-x-a.webp', '2-y-a.webp', 'x', 'y']);
  });

  it('takes each mask from a folder of masks; an image without one fails alone', async () => {
    await draw('in/a.png', 'in/b.png', 'in/c.png', 'in/deep/d.png');
    await drawMask();
    for (const name of ['a.png', 'b_mask.png']) {
      mkdirSync(at('masks'), { recursive: true });
      copyFileSync(at('mask.png'), at(join('masks', name)));
    }
    const args = ['in', '-m', 'masks', '--outdir', 'out'];
    const first = await inpaint(...args);
    expect(first.code).toBe(3);
    expect(first.stderr).toContain('the folder masks has no file for in/c.png');
    expect(first.stderr).toContain('images in folders inside in are skipped (deep): --recursive takes them too');
    expect(Object.keys(snapshot(at('out')))).toEqual(['.maskwright-manifest.jsonl', 'a.inpaint.png', 'b.inpaint.png']);
    copyFileSync(at('mask.png'), at('masks/c.png'));
    expect((await inpaint(...args, '--resume')).stdout).toMatch(/^1 done, 2 done already/m);
  });

  it('takes names that begin with a dash behind --', async () => {
    await draw('-a.png', 'b.png');
    await drawMask();
    expect(await inpaint('-m', 'mask.png', '--outdir', 'out', '--', '-a.png', 'b.png')).toMatchObject({ code: 0 });
    expect(readdirSync(at('out')).sort()).toEqual(['-a.inpaint.png', '.maskwright-manifest.jsonl', 'b.inpaint.png']);
  });

  it('refuses one output file for several images', async () => {
    await draw('a.png', 'b.png');
    await drawMask();
    expect(await inpaint('a.png', 'b.png', '-m', 'mask.png', '-o', 'out.png')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('2 images cannot be written to one file') as string,
    });
  });

  it('continues past bad images and reports them: in lines, in JSON lines and in one document', async () => {
    await draw('in/a.png', 'in/b.png', 'in/c.png', 'in/d.png');
    await drawMask();
    writeFileSync(at('in/b.png'), 'no image');
    writeFileSync(at('in/d.png'), '');
    const args = ['in', 'gone.png', '-m', 'mask.png', '--outdir', 'out'];
    const plain = await inpaint(...args);
    expect(plain.code).toBe(3);
    expect(plain.stdout).toContain('2 done, 3 failed');
    for (const name of ['in/b.png', 'in/d.png', 'gone.png']) {
      expect(plain.stderr.split(name)).toHaveLength(3);
    }
    expect(readdirSync(at('out')).filter((name) => name.endsWith('.png'))).toEqual(['a.inpaint.png', 'c.inpaint.png']);

    const lines = (await inpaint(...args, '--json-lines')).stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toHaveLength(6);
    expect(lines.at(-1)!['summary']).toEqual({ done: 2, skipped: 0, failed: 3 });
    expect(
      lines
        .filter((line) => 'error' in line)
        .map((line) => `${line['input'] as string} ${(line['error'] as { code: string }).code}`)
        .sort(),
    ).toEqual(['gone.png INPUT_NOT_FOUND', 'in/b.png INPUT_FORMAT', 'in/d.png INPUT_EMPTY']);

    const document = JSON.parse((await inpaint(...args, '--json')).stdout) as {
      results: { input: string }[];
      failures: unknown[];
    };
    expect(document.results.map(({ input }) => input)).toEqual(['in/a.png', 'in/c.png']);
    expect(document.failures).toHaveLength(3);
  });

  it('skips with --resume what is done from the same file with the same options', async () => {
    await draw('in/a.png', 'in/b.png', 'in/c.png');
    await drawMask();
    const args = ['in', '-m', 'mask.png', '--outdir', 'out'];
    await inpaint(...args);
    const before = snapshot(at('out'));
    expect((await inpaint(...args, '--resume')).stdout).toContain('0 done, 3 done already');
    expect(snapshot(at('out'))).toEqual(before);
    writeFileSync(at('out/a.inpaint.png'), 'damaged');
    rmSync(at('out/b.inpaint.png'));
    expect((await inpaint(...args, '--resume')).stdout).toContain('2 done, 1 done already');
    expect(snapshot(at('out'))).toEqual(before);
    expect((await inpaint(...args, '--resume', '--opacity', '20')).stdout).toMatch(/^3 done in/m);
    await draw('in/c.png');
    writeFileSync(at('mask.png'), readFileSync(at('in/c.png')));
    expect((await inpaint(...args, '--resume', '--opacity', '20')).stdout).toMatch(/^3 done in/m);
  });

  it('ends as an unbroken run would after kill -9 and --resume', async () => {
    await draw(...Array.from({ length: 40 }, (_, i) => `in/${i}.png`));
    await drawMask();
    const args = ['inpaint', 'in', '-m', 'mask.png', '--outdir'];
    await inpaint(...args.slice(1), 'whole');
    const whole = snapshot(at('whole'));
    expect(Object.keys(whole)).toHaveLength(41);
    let killed = 0;
    for (const done of [1, 7, 19]) {
      const out = `out-${done}`;
      killed += (await killWhen([...args, out], done)) === 'SIGKILL' ? 1 : 0;
      const { code, stdout } = await inpaint(...args.slice(1), out, '--resume');
      expect(code).toBe(0);
      expect(stdout).toMatch(/done already in/);
      expect(snapshot(at(out))).toEqual(whole);
    }
    expect(killed).toBe(3);
  });

  it('stops at Ctrl-C with whole files, and continues with --resume', async () => {
    await draw(...Array.from({ length: 60 }, (_, i) => `in/${i}.png`));
    await drawMask();
    const args = ['in', '-m', 'mask.png', '--outdir', 'out'];
    const { code, stderr } = await runCli(['inpaint', ...args], { cwd: folder(), interruptWhen: /3\.inpaint\.png/ });
    expect(code).toBe(130);
    expect(stderr).toMatch(/stopped with \d+ of 60 done; .*--resume/);
    expect(readdirSync(at('out')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    expect((await inpaint(...args, '--resume')).stdout).toMatch(/done already/);
    expect(readdirSync(at('out'))).toHaveLength(61);
  });
});

describe('Ctrl-C at a run that reads standard input', () => {
  it('ends it while it waits, and keeps what is done', async () => {
    await draw('a.png');
    const program = fileURLToPath(new URL('../../bin/maskwright.js', import.meta.url));
    // Standard input never ends, so that image stays in work.
    const args = ['channel', 'a.png', '-', '-c', 'luma', '--outdir', 'out', '--jobs', '1'];
    const child = spawn(process.execPath, [program, ...args], { cwd: folder(), stdio: ['pipe', 'pipe', 'ignore'] });
    const ended = new Promise<number | null>((resolve) => {
      child.on('close', resolve);
    });
    await new Promise((resolve) => {
      child.stdout.once('data', resolve);
    });
    // Standard input is being read when the program has emptied the pipe of more than it holds.
    await new Promise((resolve) => {
      child.stdin.write(new Uint8Array(1 << 20), resolve);
    });
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(readdirSync(at('out')).sort()).toEqual(['.maskwright-manifest.jsonl', 'a.yuv.y.png']);
  });
});

/** Kills a run at once when it has reported so many images; gives the signal that ended it. */
function killWhen(args: string[], done: number): Promise<NodeJS.Signals | null> {
  const program = fileURLToPath(new URL('../../bin/maskwright.js', import.meta.url));
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, ...args], { cwd: folder(), stdio: ['ignore', 'pipe', 'ignore'] });
    let reported = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      reported += chunk.toString().split('.inpaint.png  ').length - 1;
      if (reported >= done) child.kill('SIGKILL');
    });
    child.on('close', (_, signal) => resolve(signal));
  });
}

describe('every command that makes images takes many', () => {
  const cases: readonly [string, string[], string[]][] = [
    [
      'composite',
      ['-b', 'in', '-c', 'over/{stem}.png', '-m', 'mask.png', '--outdir', 'out'],
      ['a.composite.png', 'b.composite.png'],
    ],
    ['edit', ['in', '--each', '--threshold-mask', 'otsu', '--outdir', 'out'], ['a.edited.png', 'b.edited.png']],
    [
      'outpaint',
      ['in', '--left', '8', '--overlap', '2', '--outdir', 'out'],
      ['a.extended.png', 'a.mask.png', 'b.extended.png', 'b.mask.png'],
    ],
    ['repair', ['in', '--from', 'in/{stem}.png', '--outdir', 'out'], ['a.repaired.png', 'b.repaired.png']],
    ['channel', ['in', '-c', 'luma', '--outdir', 'out', '--name', '{stem}.png'], ['a.png', 'b.png']],
    [
      'mask',
      ['in', '-m', 'mask.png', '--outdir', 'out', '--name', '{stem}.{kind}.png'],
      ['a', 'b'].flatMap((stem) => ['deselected', 'masked', 'selected'].map((kind) => `${stem}.${kind}.png`)),
    ],
    [
      'crop',
      ['in', '-m', 'mask.png', '--outdir', 'out'],
      ['a', 'b'].flatMap((stem) =>
        ['crop.json', 'crop.mask.png', 'crop.png', 'crop.stitch.png'].map((name) => `${stem}.${name}`),
      ),
    ],
  ];

  it('stitch puts each painted crop into its own image', async () => {
    await draw('in/a.png', 'in/b.png');
    await drawMask();
    expect((await runCli(['crop', 'in', 'mask.png', '--outdir', 'crops'], { cwd: folder() })).code).toBe(0);
    mkdirSync(at('painted'));
    for (const name of ['a.crop.png', 'b.crop.png']) {
      writeFileSync(at(`painted/${name}`), readFileSync(at(`crops/${name}`)));
    }
    writeFileSync(at('painted/c.crop.png'), 'no image');
    const args = ['stitch', 'painted', '--job', 'crops/{stem}.json', '--outdir', 'final', '--name', '{stem}.png'];
    const { code, stderr } = await runCli(args, { cwd: folder() });
    expect(code, stderr).toBe(3);
    for (const stem of ['a', 'b']) {
      const [back, original] = await Promise.all(
        [`final/${stem}.crop.png`, `in/${stem}.png`].map(async (name) => (await decodeImage(at(name))).raster.data),
      );
      expect(back).toEqual(original);
    }
    expect((await runCli([...args, '--resume'], { cwd: folder() })).stdout).toContain(
      '0 done, 2 done already, 1 failed',
    );
    await draw('in/b.png');
    expect((await runCli([...args, '--resume'], { cwd: folder() })).stdout).toContain(
      '1 done, 1 done already, 1 failed',
    );
    const one = await runCli(['stitch', 'painted', '--job', 'crops/a.crop.json', '--outdir', 'x'], { cwd: folder() });
    expect(one).toMatchObject({ code: 2, stderr: expect.stringContaining('--manifest names one') as string });
  });

  it.each(cases)('%s writes a result for each image', async (command, args, expected) => {
    await draw('in/a.png', 'in/b.png', 'over/a.png', 'over/b.png', 'in/bad.png');
    await drawMask();
    writeFileSync(at('in/bad.png'), 'no image');
    const { code, stderr } = await runCli([command, ...args], { cwd: folder() });
    expect(code, stderr).toBe(3);
    expect(stderr).toContain('1 of 3 failed');
    expect(
      readdirSync(at('out'))
        .filter((name) => !name.startsWith('.'))
        .sort(),
    ).toEqual(expected);
    const again = await runCli([command, ...args, '--resume'], { cwd: folder() });
    expect(again.stdout).toContain('0 done, 2 done already, 1 failed');
  });

  it('check reports each image and writes nothing', async () => {
    await draw('in/a.png', 'in/b.png');
    const { code, stdout } = await runCli(['check', 'in', '--json-lines'], { cwd: folder() });
    // Nothing says where to paint.
    expect(code).toBe(3);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { input?: string; valid?: boolean });
    expect(
      lines
        .slice(0, 2)
        .map(({ input, valid }) => `${input} ${valid}`)
        .sort(),
    ).toEqual(['in/a.png false', 'in/b.png false']);
    expect(readdirSync(folder())).toEqual(['in']);
  });
});
