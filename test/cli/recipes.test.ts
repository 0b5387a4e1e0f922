import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { decodeImage } from '../../src/io/image/decode-image.js';
import { readPngText } from '../../src/io/image/png/png-chunks.js';
import { recipeJsonSchema } from '../../src/recipe/json-schema.js';
import type { Raster } from '../../src/raster/index.js';
import { runCli } from '../support/warm-cli.js';
import { temporaryFolder } from '../support/folder.js';

const RECIPES = fileURLToPath(new URL('../../examples/recipes/', import.meta.url));
const folder = temporaryFolder();
const read = async (path: string): Promise<Raster> => (await decodeImage(path)).raster;

/** Runs a recipe of the examples into a folder of the test; gives what it wrote, by path. */
async function runExample(name: string, ...args: string[]): Promise<string[]> {
  const { code, stderr } = await runCli(['run', join(RECIPES, name), '--outdir', folder(), '--quiet', ...args]);
  expect(code, stderr).toBe(0);
  return readdirSync(folder(), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder().length + 1))
    .sort();
}

/** Whether two pixels have the same color; alpha is left out. */
function sameColor(a: Raster, b: Raster, pixel: number): boolean {
  return [0, 1, 2].every((c) => a.data[pixel * a.channels + c] === b.data[pixel * b.channels + c]);
}

/** Counts pixels that break the rule of a composite: the overlay where selected, the background where not. */
async function brokenComposite(
  background: string,
  overlay: string,
  mask: string,
  result: string,
): Promise<{ selected: number; broken: number }> {
  const [back, over, through, composed] = await Promise.all([background, overlay, mask, result].map(read));
  let selected = 0;
  let broken = 0;
  for (let i = 0; i < through!.width * through!.height; i++) {
    const value = through!.data[i * through!.channels];
    if (value === 255) {
      selected++;
      broken += sameColor(composed!, over!, i) ? 0 : 1;
    } else if (value === 0) {
      broken += sameColor(composed!, back!, i) ? 0 : 1;
    }
  }
  return { selected, broken };
}

const names = readdirSync(RECIPES).filter((name) => name.endsWith('.yaml'));

// Some examples take several runs of a network a test.
vi.setConfig({ testTimeout: 120_000 });

/** What an example is made for, seen in what it wrote. */
const PURPOSES: Readonly<
  Record<string, readonly [title: string, check: (written: readonly string[]) => Promise<void>]>
> = {
  'selective-sharpening.yaml': [
    'sharpens what the words name, and nothing else',
    async () => {
      const { selected, broken } = await brokenComposite(
        join(RECIPES, '../still-life.png'),
        join(RECIPES, 'images/still-life.sharpened.jpg'),
        join(folder(), 'still-life.mask.png'),
        join(folder(), 'still-life.sharper.png'),
      );
      expect(selected).toBeGreaterThan(10_000);
      expect(broken).toBe(0);
    },
  ],
  'creative-upscale.yaml': [
    'takes what is near from the inventive image',
    async () => {
      const { selected, broken } = await brokenComposite(
        join(RECIPES, 'images/landscape.jpg'),
        join(RECIPES, 'images/landscape.creative.jpg'),
        join(folder(), 'landscape.mask.png'),
        join(folder(), 'landscape.upscaled.png'),
      );
      expect(selected).toBeGreaterThan(50_000);
      expect(broken).toBe(0);
    },
  ],
  'product-crops.yaml': [
    'crops each row of the table into its own folder',
    async (written) => {
      expect(written).toEqual(
        ['1001', '1002', '1003'].flatMap((article) =>
          ['crop.json', 'crop.mask.png', 'crop.png', 'crop.stitch.png'].map((file) => join(article, file)),
        ),
      );
      for (const article of ['1001', '1002', '1003']) {
        expect(await read(join(folder(), article, 'crop.png'))).toMatchObject({ width: 512, height: 512 });
      }
      const back = [
        'stitch',
        join(folder(), '1001/crop.png'),
        '--job',
        join(folder(), '1001/crop.json'),
        '-o',
        join(folder(), 'back.png'),
      ];
      expect(await runCli(back)).toMatchObject({ code: 0 });
    },
  ],
  'frames-in-layers.yaml': [
    'cuts all frames at the same depths, and the layers give each frame back',
    async () => {
      const cuts = new Set<string>();
      for (const frame of ['frame-1', 'frame-2', 'frame-3']) {
        const original = await read(join(RECIPES, `images/frames/${frame}.jpg`));
        const sum = new Float64Array(original.width * original.height * 3);
        for (const layer of ['layer-1', 'layer-2', 'layer-3']) {
          const path = join(folder(), layer, `${frame}.png`);
          const { data } = await read(path);
          const provenance = JSON.parse(readPngText(readFileSync(path))['maskwright']!) as { thresholds: number[] };
          cuts.add(provenance.thresholds.join());
          for (let i = 0; i < original.width * original.height; i++) {
            const alpha = data[i * 4 + 3]! / 255;
            for (let c = 0; c < 3; c++) {
              sum[i * 3 + c] = data[i * 4 + c]! * alpha + sum[i * 3 + c]! * (1 - alpha);
            }
          }
        }
        expect(sum.every((value, i) => Math.abs(value - original.data[i]!) < 0.51)).toBe(true);
      }
      expect([...cuts]).toHaveLength(1);
    },
  ],
};

describe('the recipes of the examples', () => {
  it('there are at least ten', () => {
    expect(names.length).toBeGreaterThanOrEqual(10);
  });

  it.each(
    names.map(
      (name) => [name, ...(PURPOSES[name] ?? ['has nothing left to do then', () => Promise.resolve()])] as const,
    ),
  )('%s writes what it says beforehand, and %s', async (name, _, purpose) => {
    const dry = await runCli(['run', join(RECIPES, name), '--outdir', folder(), '--dry-run', '--json']);
    expect(dry.code, dry.stderr).toBe(0);
    expect(readdirSync(folder())).toEqual([]);
    const { plans } = JSON.parse(dry.stdout) as { plans: { writes: string[] }[] };
    const planned = plans.flatMap(({ writes }) => writes.map((path) => path.slice(folder().length + 1)));
    const written = await runExample(name, '--resume');
    // With `each`, how many crops there are is only known afterwards.
    expect(written).toEqual(expect.arrayContaining(planned));
    const text = readFileSync(join(RECIPES, name), 'utf8');
    if (!text.includes('each: true')) {
      expect(written).toHaveLength(planned.length);
    }
    for (const path of written.filter((file) => file.endsWith('.png'))) {
      expect((await read(join(folder(), path))).width).toBeGreaterThan(0);
    }
    const again = await runCli(['run', join(RECIPES, name), '--outdir', folder(), '--resume']);
    expect(again.code).toBe(0);
    expect(again.stdout).toMatch(new RegExp(`^0 done, ${plans.length} done already in \\d+ s\n$`));
    await purpose(written);
  });

  it('take a value for a variable, another model and other images', async () => {
    const args = ['--set', 'prompt=bowl', join(RECIPES, '../still-life.png'), join(RECIPES, '../kitchen.png')];
    const written = await runExample('transparent-for-invokeai.yaml', ...args);
    expect(written.filter((path) => path.includes('.bowl.masked'))).toEqual([
      'kitchen.bowl.masked.png',
      'still-life.bowl.masked.png',
    ]);
  });

  it('have a JSON Schema that is up to date', () => {
    const published = JSON.parse(readFileSync(join(RECIPES, 'recipe.schema.json'), 'utf8')) as unknown;
    expect(published, 'write it anew: maskwright run --schema > examples/recipes/recipe.schema.json').toEqual(
      JSON.parse(JSON.stringify(recipeJsonSchema())),
    );
  });
});

describe('maskwright run', () => {
  const recipe = `
sources: [{ kind: file, path: mask.png }]
outputs: [{ kind: mask, name: '{stem}.{suffix}.png' }]
variables: { suffix: null }
`;

  it.each<[string, string[], number, RegExp]>([
    ['no recipe', [], 2, /no recipe was named/],
    ['a recipe that is not there', ['nowhere.yaml'], 3, /nowhere\.yaml.*does not exist/],
    ['a value that is missing', ['r.yaml', 'a.png'], 2, /needs a value for suffix\n {2}--set suffix=/],
    [
      'a value for a variable that is not there',
      ['r.yaml', 'a.png', '--set', 'sufix=x'],
      2,
      /no variable sufix\n {2}did you mean suffix\?/,
    ],
    ['a value without a name', ['r.yaml', 'a.png', '--set', 'x'], 2, /--set x is not name=value/],
    ['no images', ['r.yaml', '--set', 'suffix=x'], 2, /names no images/],
    [
      'an issue, with its place',
      ['bad.yaml', 'a.png', '--set', 'suffix=x'],
      2,
      /bad\.yaml:2:25: sources\[0\]\.pth is not known here\n {4}did you mean path\?/,
    ],
  ])('says what is wrong: %s', async (_, args, code, message) => {
    writeFileSync(join(folder(), 'r.yaml'), recipe);
    writeFileSync(join(folder(), 'bad.yaml'), recipe.replace('path', 'pth'));
    const result = await runCli(['run', ...args], { cwd: folder() });
    expect(result.stderr).toMatch(message);
    expect(result.stderr).not.toMatch(/\n\s+at /);
    expect(result.code).toBe(code);
  });

  it('a network selects the same in all images, and a second run has nothing to do', async () => {
    const text =
      'inputs: [landscape.png, kitchen.png]\noutputs:\n' +
      "  - { kind: layers, layers: 3, range: shared, depth: { model: tiny }, name: '{stem}/{kind}.{ext}' }\n" +
      '  - { kind: channel, channels: [luma] }\n';
    for (const name of ['landscape.png', 'kitchen.png']) {
      copyFileSync(join(RECIPES, '..', name), join(folder(), name));
    }
    writeFileSync(join(folder(), 'r.yaml'), text);
    const run = (...args: string[]): ReturnType<typeof runCli> =>
      runCli(['run', 'r.yaml', '--resume', ...args], { cwd: folder() });
    expect(await run('--quiet')).toMatchObject({ code: 0, stderr: '' });
    const provenances = ['landscape', 'kitchen'].flatMap((stem) =>
      ['layer-1', 'layer-2', 'layer-3'].map(
        (layer) =>
          JSON.parse(readPngText(readFileSync(join(folder(), 'outputs', stem, `${layer}.png`)))['maskwright']!) as {
            thresholds: number[];
            depth: { source: string; model: { id: string } };
          },
      ),
    );
    expect(new Set(provenances.map(({ thresholds }) => thresholds.join())).size).toBe(1);
    expect(provenances[0]!.depth).toMatchObject({ source: 'model', model: { id: 'depth-tiny' } });
    expect(existsSync(join(folder(), 'outputs/kitchen.yuv.y.png'))).toBe(true);
    expect((await run()).stdout).toMatch(/^0 done, 2 done already in/);
  });

  it('takes a recipe and an image from pipes', async () => {
    const text = 'sources: [{ kind: channel, channel: luma }]\noutputs: [{ kind: mask }]\n';
    const image = join(RECIPES, 'images/landscape.jpg');
    const { code, stderr } = await runCli(['run', '-', image, '--outdir', folder(), '-q'], {
      input: Buffer.from(text),
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(readdirSync(folder())).toEqual(['landscape.mask.png']);
  });
});
