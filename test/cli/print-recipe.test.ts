import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../src/io/decode-image.js';
import { encodeImage } from '../../src/io/encode-image.js';
import { runCli } from '../support/cli.js';
import { temporaryFolder } from '../support/folder.js';
import { randomMask, randomRaster } from '../support/pictures.js';

const folder = temporaryFolder();
const at = (name: string): string => join(folder(), name);

async function draw(): Promise<void> {
  mkdirSync(at('in'));
  for (const [i, name] of ['in/a.png', 'in/b.png', 'over.png'].entries()) {
    writeFileSync(at(name), await encodeImage(randomRaster(i, 64, 48, 3)));
  }
  for (const [i, name] of ['m.png', 'n.png'].entries()) {
    writeFileSync(at(name), await encodeImage(randomMask(i, 64, 48)));
  }
}

/** Files of a folder with their pixels' or text's hash: what a picture says of its making differs. */
async function contents(path: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(path, { recursive: true }).map(String).sort()) {
    if (statSync(join(path, name)).isDirectory()) {
      continue;
    }
    const bytes = readFileSync(join(path, name));
    const data = name.endsWith('.png') ? (await decodeImage(bytes)).raster.data : bytes;
    if (!name.startsWith('.')) found[name] = createHash('sha256').update(data).digest('hex');
  }
  return found;
}

describe('--print-recipe', () => {
  it.each<[string, string[]]>([
    [
      'inpaint over a folder',
      [
        'inpaint',
        'in',
        '-m',
        'm.png',
        '-m',
        'n.png',
        '--combine',
        'subtract',
        '--grow',
        '2%',
        '--feather',
        '3',
        '--outdir',
        'out',
        '--name',
        '{stem}-x.png',
        '--opacity',
        '20',
        '--save-mask',
        'masks/{stem}.png',
      ],
    ],
    [
      'inpaint of one picture, by key and channel',
      [
        'inpaint',
        'in/a.png',
        '--key',
        '#804020',
        '--tolerance',
        '30',
        '--from-channel',
        'hsv.s',
        '--combine',
        'mean',
        '-o',
        'out/ready.png',
        '--save-mask',
        'out/used.png',
      ],
    ],
    [
      'mask, shaped',
      [
        'mask',
        'in',
        '-m',
        'm.png',
        '--threshold-mask',
        '100',
        '--open',
        '1',
        '--fill-holes',
        '--drop-islands',
        '1%',
        '--keep-largest',
        '3',
        '--invert',
        '--overlay',
        '--hard',
        '--outdir',
        'out',
      ],
    ],
    [
      'mask for a program',
      ['mask', 'in/a.png', '-m', 'm.png', '--for', 'diffusers', '--fit-target', '--outdir', 'out'],
    ],
    [
      'crop',
      [
        'crop',
        'in/a.png',
        'm.png',
        '--threshold-mask',
        '250',
        '--keep-largest',
        '1',
        '--size',
        '128',
        '--aspect',
        '3:2',
        '--context',
        '1.5',
        '--stitch-feather',
        '2',
        '--outdir',
        'out',
      ],
    ],
    [
      'composite',
      [
        'composite',
        '-b',
        'in/a.png',
        '-c',
        'over.png',
        '-m',
        'm.png',
        '-i',
        'n.png',
        '--blend',
        'multiply',
        '--opacity',
        '60',
        '--levels',
        '20,200,1.3',
        '-o',
        'out/c.png',
        '-s',
        'out/s.png',
      ],
    ],
  ])('of %s gives a recipe that writes the same', async (_, args) => {
    await draw();
    const direct = await runCli(args, { cwd: folder() });
    expect(direct.code, direct.stderr).toBe(0);
    renameSync(at('out'), at('direct'));
    const printed = await runCli([...args, '--print-recipe'], { cwd: folder() });
    expect(printed.code, printed.stderr).toBe(0);
    expect(readdirSync(folder())).not.toContain('out');
    writeFileSync(at('r.yaml'), printed.stdout);
    const run = await runCli(['run', 'r.yaml'], { cwd: folder() });
    expect(run.code, `${printed.stdout}\n${run.stderr}`).toBe(0);
    expect(await contents(at('out'))).toEqual(await contents(at('direct')));
  });

  it('keeps words, thresholds and the model, and leaves defaults out', async () => {
    const { stdout } = await runCli([
      'mask',
      'a.png',
      '-tm',
      'face AND NOT "hair"',
      '0.4',
      '-tm',
      'sky',
      '--model',
      'tiny',
      '--print-recipe',
    ]);
    expect(stdout).toBe(`model: tiny
inputs:
  - a.png
sources:
  - kind: text
    prompt: face AND NOT "hair"
    threshold: 0.4
  - kind: text
    prompt: sky
outputs:
  - kind: debug
    name: "{stem}.{text}.{kind}.{ext}"
`);
  });

  it('says what a recipe has nothing like', async () => {
    const { code, stderr } = await runCli(['composite', '-b', 'a.png', '-c', 'b.png', '-o', 'c.png', '--print-recipe']);
    expect(code).toBe(2);
    expect(stderr).toContain('a composite without masks');
  });
});
