import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { readPngText } from '../../src/io/image/png/png-chunks.js';
import { runCli } from '../support/warm-cli.js';
import { examplePath, exampleTruth, intersectionOverUnion } from '../support/examples.js';
import { temporaryFolder } from '../support/folder.js';

const folder = temporaryFolder();
const STILL_LIFE = examplePath('still-life');

function readGray(path: string): { width: number; height: number; data: Uint8Array } {
  const png = PNG.sync.read(readFileSync(path));
  return {
    width: png.width,
    height: png.height,
    data: Uint8Array.from({ length: png.width * png.height }, (_, i) => png.data[i * 4]!),
  };
}

describe('maskwright mask', () => {
  it('writes the three images of the orange that it finds', async () => {
    const out = join(folder(), 'out');
    const { code, stdout, stderr } = await runCli([
      'mask',
      STILL_LIFE,
      '-tm',
      'orange',
      '--model',
      'tiny',
      '--outdir',
      out,
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/orange: [\d.]+ % selected, peak [01]\.\d+/);
    expect(readdirSync(out).sort()).toEqual([
      'still-life.orange.deselected.png',
      'still-life.orange.masked.png',
      'still-life.orange.selected.png',
    ]);
    const masked = readGray(join(out, 'still-life.orange.masked.png'));
    expect(new Set(masked.data)).toEqual(new Set([0, 255]));
    const truth = exampleTruth('still-life', 'orange');
    expect(intersectionOverUnion(masked.data, truth.data)).toBeGreaterThan(0.8);

    const original = PNG.sync.read(readFileSync(STILL_LIFE)).data;
    const selected = PNG.sync.read(readFileSync(join(out, 'still-life.orange.selected.png'))).data;
    const deselected = PNG.sync.read(readFileSync(join(out, 'still-life.orange.deselected.png'))).data;
    let lost = 0;
    let unbalanced = 0;
    for (let i = 0; i < original.length; i += 4) {
      for (let c = 0; c < 3; c++) {
        lost += selected[i + c] === original[i + c] && deselected[i + c] === original[i + c] ? 0 : 1;
      }
      unbalanced += 255 === selected[i + 3]! + deselected[i + 3]! ? 0 : 1;
    }
    expect({ lost, unbalanced }).toEqual({ lost: 0, unbalanced: 0 });
    const provenance = JSON.parse(
      readPngText(readFileSync(join(out, 'still-life.orange.masked.png')))['maskwright']!,
    ) as object;
    expect(provenance).toMatchObject({ prompt: 'orange', threshold: 0.5, model: 'tiny' });
  });

  it('says that there is no bicycle, and what would select something', async () => {
    const out = join(folder(), 'out');
    const args = ['mask', STILL_LIFE, '-tm', 'bicycle', '--model', 'tiny', '--outdir', out];
    const { code, stdout } = await runCli(args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/bicycle: nothing reaches 0\.5; peak 0\.\d+, .*threshold of 0\.\d+/);
    expect((await runCli([...args, '--fail-empty'])).code).toBe(6);
  });

  it('!mask is a synonym; several phrases; results as JSON', async () => {
    const args = [
      '!mask',
      STILL_LIFE,
      '-tm',
      'orange',
      '0.6',
      '-tm',
      'bicycle',
      '--model',
      'tiny',
      '--json',
      '--outdir',
      folder(),
    ];
    const { code, stdout } = await runCli(args);
    expect(code).toBe(0);
    const document = JSON.parse(stdout) as {
      results: { masks: { label: string; threshold: number; share: number }[] }[];
    };
    expect(document.results[0]!.masks.map(({ label, threshold }) => [label, threshold])).toEqual([
      ['orange', 0.6],
      ['bicycle', 0.5],
    ]);
    expect(document.results[0]!.masks[1]!.share).toBe(0);
  });

  it('writes overlay and heatmap when asked, and hard cut-outs', async () => {
    const args = [
      'mask',
      STILL_LIFE,
      '-tm',
      'orange',
      '--model',
      'tiny',
      '--outdir',
      folder(),
      '--overlay',
      '--heatmap',
      '--hard',
    ];
    expect((await runCli(args)).code).toBe(0);
    expect(readdirSync(folder()).sort()).toEqual(
      ['deselected', 'heatmap', 'masked', 'overlay', 'selected'].map((kind) => `still-life.orange.${kind}.png`),
    );
    const selected = PNG.sync.read(readFileSync(join(folder(), 'still-life.orange.selected.png'))).data;
    expect(new Set(selected.filter((_, i) => i % 4 === 3))).toEqual(new Set([0, 255]));
    expect(new Set(readGray(join(folder(), 'still-life.orange.heatmap.png')).data).size).toBeGreaterThan(20);
  });

  it('finishes the good images of a batch and reports the bad one at the end', async () => {
    const bad = join(folder(), 'bad.png');
    writeFileSync(bad, 'no image');
    const out = join(folder(), 'out');
    const { code, stderr } = await runCli([
      'mask',
      bad,
      STILL_LIFE,
      '-tm',
      'orange',
      '--model',
      'tiny',
      '--outdir',
      out,
    ]);
    expect(code).toBe(3);
    expect(stderr).toContain('1 of 2 failed');
    expect(existsSync(join(out, 'still-life.orange.masked.png'))).toBe(true);
  });
});

describe('maskwright mask refuses', () => {
  const cases: readonly [string, string[], number, RegExp][] = [
    ['a missing file', ['nowhere.png', '-tm', 'x'], 3, /nowhere\.png.*does not exist/],
    ['a folder', ['.', '-tm', 'x'], 3, /folder/],
    ['no prompt', [STILL_LIFE], 2, /nothing to detect/],
    ['an empty prompt', [STILL_LIFE, '-tm', ''], 2, /empty/],
    ['a threshold over 1', [STILL_LIFE, '-tm', 'x', '1.5'], 2, /threshold is 1\.5/],
    ['a threshold below 0', [STILL_LIFE, '-tm', 'x', '-0.1'], 2, /threshold is -0\.1/],
    ['a threshold that is no number', [STILL_LIFE, '-tm', 'x', '--threshold', 'high'], 2, /high.*not a number/],
    [
      'an unknown option, naming the near one',
      [STILL_LIFE, '-tm', 'x', '--treshold', '0.4'],
      2,
      /--treshold[\s\S]*--threshold/,
    ],
    ['a placeholder that there is not', [STILL_LIFE, '-tm', 'x', '--name', '{nam}.png'], 2, /\{nam\}/],
  ];
  it.each(cases)('%s', async (_, args, code, message) => {
    const before = readdirSync(folder());
    const result = await runCli(['mask', ...args, '--model', 'tiny'], { cwd: folder() });
    expect(result.stderr).toMatch(message);
    expect(result.code).toBe(code);
    expect(result.stderr).not.toMatch(/\n\s+at /);
    expect(result.stdout).toBe('');
    expect(readdirSync(folder())).toEqual(before);
  });

  it('a folder for results that cannot be made', async () => {
    writeFileSync(join(folder(), 'file'), '');
    const args = ['mask', STILL_LIFE, '-tm', 'orange', '--model', 'tiny', '--outdir', join(folder(), 'file/out')];
    const { code, stderr } = await runCli(args);
    expect(code).toBe(5);
    expect(stderr).toMatch(/cannot be written/);
  });

  it('a result that would be the input', async () => {
    const input = join(folder(), 'a.png');
    writeFileSync(input, readFileSync(STILL_LIFE));
    const args = ['mask', input, '-tm', 'orange', '--model', 'tiny', '-o', input];
    const { code } = await runCli(args);
    expect(code).toBe(5);
    expect(readFileSync(input)).toEqual(readFileSync(STILL_LIFE));
    expect(readdirSync(folder())).toEqual(['a.png']);
  });

  it('to leave anything behind after Ctrl-C', async () => {
    const out = join(folder(), 'out');
    mkdirSync(out);
    const images = Array.from({ length: 12 }, (_, i) => {
      const path = join(folder(), `${i}.png`);
      writeFileSync(path, readFileSync(STILL_LIFE));
      return path;
    });
    const { code, stderr } = await runCli(['mask', ...images, '-tm', 'orange', '--model', 'tiny', '--outdir', out], {
      interruptWhen: /selected\.png/,
    });
    expect(code).toBe(130);
    expect(stderr).toContain('interrupted');
    const left = readdirSync(out);
    expect(left.filter((name) => name.endsWith('.tmp'))).toEqual([]);
    expect(left.length).toBeLessThan(36);
    for (const name of left.filter((entry) => entry.endsWith('.png'))) {
      expect(() => PNG.sync.read(readFileSync(join(out, name)))).not.toThrow();
    }
  });
});
