import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { encodeImage } from '../../src/io/image/encode-image.js';
import { runCli } from '../support/cli.js';
import { randomRaster } from '../support/images.js';
import { hasProgram, openFolder } from '../support/services.js';

/** A Python that has Ray; `.ci/long` installs one. Without it the script runs in one process, on fewer images. */
const RAY = process.env['MASKWRIGHT_RAY'];
const IMAGES = RAY === undefined ? 18 : 40;
const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

it.runIf(RAY !== undefined || hasProgram('python3'))(
  'Ray Data drives stdio workers: every image is answered once',
  { timeout: 600_000 },
  async () => {
    const { path: folder, remove } = openFolder('ray');
    try {
      mkdirSync(join(folder, 'in'));
      writeFileSync(
        join(folder, 'recipe.yaml'),
        'outputs:\n  - kind: channel\n    channels: [lab.l]\n    name: "{stem}.{ext}"\n',
      );
      const names = Array.from({ length: IMAGES }, (_, i) => `${i}.png`);
      for (const [i, name] of names.entries()) {
        writeFileSync(join(folder, 'in', name), await encodeImage(randomRaster(i, 5, 4, 3)));
      }
      const images = [...names, 'none.png'].map((name) => join(folder, 'in', name));
      writeFileSync(join(folder, 'images.txt'), images.join('\n'));
      expect(
        (await runCli(['run', 'recipe.yaml', 'in', '--output-dir', 'plain', '--quiet'], { cwd: folder })).code,
      ).toBe(0);
      const { stdout } = await promisify(execFile)(
        RAY ?? 'python3',
        [at('examples/ray/masks.py'), 'recipe.yaml', 'out', 'images.txt'],
        {
          cwd: folder,
          env: {
            ...process.env,
            MASKWRIGHT: `${process.execPath} ${at('bin/maskwright.js')}`,
            ...(RAY === undefined ? { PYTHONPATH: at('test/support/ray-in-process') } : { RAY_DEDUP_LOGS: '0' }),
          },
        },
      );
      const answers = stdout
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as { input: string; error?: { code: string } });
      expect(answers.map(({ input }) => input).sort()).toEqual([...images].sort());
      expect(answers.filter(({ error }) => error !== undefined)).toMatchObject([
        { error: { code: 'INPUT_NOT_FOUND' } },
      ]);
      for (const name of names) {
        expect(readFileSync(join(folder, 'out', name))).toEqual(readFileSync(join(folder, 'plain', name)));
      }
    } finally {
      remove();
    }
  },
);
