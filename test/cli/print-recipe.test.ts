import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../src/io/image/decode-image.js';
import { encodeImage } from '../../src/io/image/encode-image.js';
import { runCli } from '../support/warm-cli.js';
import { temporaryFolder } from '../support/folder.js';
import { randomMask, randomRaster } from '../support/images.js';

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
  // Depths without ties, so that the network's and the file's layers are all there.
  const depths = Buffer.from(Float32Array.from({ length: 64 * 48 }, (_, i) => 1 + ((i * 37) % 3072) / 3072).buffer);
  mkdirSync(at('maps/deep'), { recursive: true });
  for (const name of ['maps/a.pfm', 'maps/deep/b.pfm']) {
    writeFileSync(at(name), Buffer.concat([Buffer.from('Pf\n64 48\n-1.0\n'), depths]));
  }
}

/** Files of a folder with their pixels' or text's hash: what an image says of its making differs. */
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

const words = (line: string): string[] => line.split(' ');

describe('--print-recipe', () => {
  // Of every command: test/unit/cli/one-path.test.ts, in one process.
  it.each<[string, string[]]>([
    [
      'inpaint over a folder',
      words('inpaint in -m m.png -m n.png --combine subtract --grow 2% --feather 3 --outdir out'),
    ],
    [
      'layers by maps, at given cuts',
      words(
        'layers --input-dir in --prefix a --depth-file maps/a.pfm --depth-near large --split at=0.2,0.6 ' +
          '--clean-edges 1 --depth-map --preview --outdir out',
      ),
    ],
    [
      'edit with the image, for a target',
      words('edit m.png --image in/a.png --from-channel luma --combine intersect --for comfyui --outdir out'),
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
    expect(stdout).toBe(`inputs:
  - a.png
model: tiny
sources:
  - kind: prompt
    prompt: face AND NOT "hair"
    threshold: 0.4
  - kind: prompt
    prompt: sky
outputs:
  - kind: debug
`);
  });

  it('of depth puts each result into the folder of its map, and keeps files that exist', async () => {
    await draw();
    const { stdout } = await runCli(['depth', 'maps', '-r', '--print-recipe'], { cwd: folder() });
    expect(stdout).toContain('outdir: "{folder}"\n');
    writeFileSync(at('r.yaml'), stdout);
    expect((await runCli(['run', 'r.yaml'], { cwd: folder() })).code).toBe(0);
    expect(readdirSync(at('maps')).sort()).toEqual(['a.depth.png', 'a.pfm', 'deep']);
    expect(readdirSync(at('maps/deep')).sort()).toEqual(['b.depth.png', 'b.pfm']);
    expect(await runCli(['run', 'r.yaml'], { cwd: folder() })).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('maps/a.depth.png exists already') as string,
    });
  });

  it('names the list of images', async () => {
    writeFileSync(at('list'), 'x.png\ny.png\n');
    const args = words('mask --files-from list -m m.png --print-recipe');
    expect((await runCli(args, { cwd: folder() })).stdout).toContain('filesFrom: list\n');
  });

  it.each<[string, string, number]>([
    ['layers a.png --fetch-latest-model', '--fetch-latest-model', 2],
    ['layers a.png --model base', 'not for commercial use', 4],
    ['depth a.pfm --interactive', '--interactive', 2],
    ['stitch a.png --job j.json -o c.png', 'stitch', 2],
    ['repair a.png --from b.png -o c.png', 'repair', 2],
    ['check a.png', 'check', 2],
  ])('says what a recipe has nothing like: %s', async (line, what, expected) => {
    const { code, stdout, stderr } = await runCli([...words(line), '--print-recipe']);
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
    expect(stderr).toContain(what);
    expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
  });
});
