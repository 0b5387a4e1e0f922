import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/folder.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const folder = temporaryFolder();

/** Runs an example from a copy of the examples, with the package found by its name. */
function runExample(
  name: string,
  args: readonly string[],
  input = '',
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  cpSync(join(ROOT, 'examples'), join(folder(), 'examples'), { recursive: true });
  mkdirSync(join(folder(), 'node_modules'));
  symlinkSync(ROOT, join(folder(), 'node_modules/maskwright'));
  writeFileSync(join(folder(), 'examples/broken.png'), 'no image');
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [name, ...args], { cwd: join(folder(), 'examples') });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdin.end(input);
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

describe('the examples of pipelines', () => {
  it('pipeline.mjs writes two files for each image and tells of the broken one', async () => {
    const images = ['still-life.png', 'broken.png', 'landscape.png'];
    const { code, stdout, stderr } = await runExample('pipeline.mjs', ['out', ...images]);
    expect(code, stderr).toBe(0);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => /[\w-]+\.png/.exec(line)?.[0] ?? line)
        .sort(),
    ).toEqual([...images].sort());
    expect(stdout).toMatch(/broken\.png is not an image/);
    expect(stderr).toContain('3 of 3');
    expect(readdirSync(join(folder(), 'examples/out'), { recursive: true }).map(String).sort()).toEqual([
      'landscape.mask.png',
      'ready',
      'ready/landscape.png',
      'ready/still-life.png',
      'still-life.mask.png',
    ]);
  });

  it('pipeline-streams.mjs answers each name with a mask, and writes nothing', async () => {
    const before = readdirSync(join(ROOT, 'examples')).length + 1;
    const { code, stdout, stderr } = await runExample(
      'pipeline-streams.mjs',
      [],
      'kitchen.png\nbroken.png\ngone.png\n',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const answers = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { name: string; mask?: string; error?: string });
    expect(answers.map(({ name }) => name).sort()).toEqual(['broken.png', 'gone.png', 'kitchen.png']);
    for (const { name, mask, error } of answers) {
      if (name === 'kitchen.png') {
        const png = PNG.sync.read(Buffer.from(mask!, 'base64'));
        expect(png.width).toBe(1536);
      } else {
        expect(error).toContain(name);
      }
    }
    expect(readdirSync(join(folder(), 'examples'))).toHaveLength(before);
  });
});
