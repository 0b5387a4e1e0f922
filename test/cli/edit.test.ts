import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { combineMasks, applyMaskOperations } from '../../src/engine/index.js';
import { encodeImage } from '../../src/io/image/encode-image.js';
import { createMask, type Mask } from '../../src/raster/index.js';
import { runCli } from '../support/warm-cli.js';
import { temporaryFolder } from '../support/folder.js';
import { randomMask } from '../support/images.js';
import { readPng } from '../support/read-png.js';

const PROGRAM = fileURLToPath(new URL('../../bin/maskwright.js', import.meta.url));
const folder = temporaryFolder();
const at = (name: string): string => join(folder(), name);

async function write(name: string, mask: Mask): Promise<string> {
  writeFileSync(at(name), await encodeImage(mask));
  return at(name);
}

describe('maskwright edit', () => {
  it('shapes a mask as the engine does', async () => {
    const mask = randomMask(1, 60, 40);
    const { code, stdout } = await runCli([
      'edit',
      await write('in.png', mask),
      '-o',
      at('out.png'),
      '--threshold-mask',
      '64:160',
      '--open',
      '1',
      '--fill-holes',
      '--remove-small',
      '1%',
      '--keep-largest',
      '3',
      '--shrink',
      '1%',
      '--element',
      'square',
      '--feather',
      '4px',
      '--feather-side',
      'outward',
      '--invert',
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain('60 x 40');
    const expected = applyMaskOperations(mask, {
      threshold: { low: 64, high: 160 },
      open: 1,
      fillHoles: true,
      removeSmall: '1%',
      keepLargest: 3,
      grow: '-1%',
      element: 'square',
      feather: 4,
      featherSide: 'outward',
      invert: true,
    });
    const actual = readPng(at('out.png'));
    expect([actual.colorType, actual.bitDepth]).toEqual([0, 8]);
    expect(actual.samples).toEqual(expected.data);
  });

  it.skipIf(process.platform === 'win32')(
    'reads a pipe that a shell names by a path, which can be read once',
    async () => {
      const mask = randomMask(3, 50, 30);
      await write('piped.png', mask);
      const line = `"${process.execPath}" "${PROGRAM}" edit <(cat piped.png) --invert -o out-piped.png --quiet`;
      execFileSync('bash', ['-c', line], { cwd: folder() });
      const { samples } = readPng(at('out-piped.png'));
      expect(Array.from(samples)).toEqual(Array.from(mask.data, (value) => 255 - value));
    },
  );

  it('combines several, through pipes too', async () => {
    const [a, b] = [randomMask(1, 20, 20), randomMask(2, 20, 20)];
    const { code, stdoutBytes } = await runCli(
      ['edit', '-', await write('b.png', b), '-o', '-', '--combine', 'subtract', '--levels', '10,240,0.8'],
      { input: await encodeImage(a) },
    );
    expect(code).toBe(0);
    writeFileSync(at('out.png'), stdoutBytes);
    const expected = applyMaskOperations(combineMasks([a, b], 'subtract'), {
      levels: { black: 10, white: 240, gray: 0.8 },
    });
    expect(readPng(at('out.png')).samples).toEqual(expected.data);
    const refused = await runCli(['edit', '-', '-o', '-'], { input: Buffer.from('no image') });
    expect(refused.stderr).toMatch(/^maskwright: standard input is not an image/);
  });

  it('names different sizes, and resizes on request', async () => {
    const masks = [await write('a.png', randomMask(1, 20, 20)), await write('b.png', randomMask(2, 10, 10))];
    const refused = await runCli(['edit', ...masks, '-o', at('out.png')]);
    expect([refused.code, refused.stderr]).toEqual([3, expect.stringMatching(/10 x 10.*20 x 20/)]);
    expect((await runCli(['edit', ...masks, '-o', at('out.png'), '--resize-masks'])).code).toBe(0);
  });

  it('fails with --fail-empty where nothing is left', async () => {
    const mask = await write('a.png', createMask(8, 8));
    const { code, stdout } = await runCli(['edit', mask, '-o', at('out.png'), '--fail-empty', '--json']);
    expect(code).toBe(6);
    expect(JSON.parse(stdout)).toMatchObject({ command: 'edit', results: [{ share: 0, width: 8 }] });
  });

  it.each([
    [['--radius', '3'], /no option --radius/],
    [['--feather', '-1'], /--feather/],
    [['--fill-holes=some'], /--fill-holes.*area/],
    [['--grow', '1', '--grow', '2'], /--grow was given 2 times/],
    [['--levels', '1'], /--levels/],
    [['--threshold-mask', '9:3'], /--threshold-mask/],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await runCli([
      'edit',
      await write('a.png', createMask(8, 8)),
      '-o',
      at('out.png'),
      ...args,
    ]);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});
