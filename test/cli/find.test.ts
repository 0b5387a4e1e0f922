import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/warm-cli.js';
import { examplePath, exampleTruth } from '../support/examples.js';
import { temporaryFolder } from '../support/folder.js';
import { boundaryScore } from '../support/measure-edges.mjs';
import { readPng } from '../support/read-png.js';

const folder = temporaryFolder();
const STILL_LIFE = examplePath('still-life');

interface Report {
  readonly threshold: number;
  readonly inferences: number;
  readonly share: number;
  readonly thresholdSheet: readonly { threshold: number; share: number }[];
  readonly detections: Readonly<Record<string, { presence: string; threshold: number }>>;
  readonly files: Readonly<Record<string, string>>;
}

/** Runs `mask --json` on the still life, with a cache of the test's own, and gives the reports. */
async function findMasks(...args: string[]): Promise<Report[]> {
  const { code, stdout, stderr } = await runCli(
    ['mask', STILL_LIFE, ...args, '--model', 'tiny', '--outdir', join(folder(), 'out'), '--json'],
    { env: { MASKWRIGHT_CACHE: join(folder(), 'cache') } },
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return (JSON.parse(stdout) as { results: { masks: Report[] }[] }).results[0]!.masks;
}

describe('maskwright explain', () => {
  it('draws the tree', async () => {
    const { code, stdout } = await runCli(['explain', 'fruit AND NOT (pears|@leaf.png)']);
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      'fruit AND NOT (pears OR @leaf.png)',
      '  AND: where all of these are',
      '  ├─ "fruit"',
      '  └─ NOT: where this is not',
      '     └─ OR: where any of these is',
      '        ├─ "pears"',
      '        └─ the mask @leaf.png',
      '  phrases: "fruit", "pears"',
      '  reads: leaf.png',
      '',
    ]);
  });

  it('points at what it cannot read, as every command does', async () => {
    for (const args of [
      ['explain', 'shoes NOT (white)'],
      ['mask', STILL_LIFE, '-tm', 'shoes NOT (white)'],
    ]) {
      const { code, stderr } = await runCli(args);
      expect(code).toBe(2);
      expect(stderr).toContain('found NOT, expected AND, OR, XOR, - or the end\n  shoes NOT (white)\n        ^');
    }
  });
});

// Each of these starts the program several times.
describe('detection by prompts', { timeout: 120_000 }, () => {
  it('runs the model once; another threshold, combination or threshold sheet costs no inference', async () => {
    const [first] = await findMasks('-tm', 'fruit');
    expect(first!.inferences).toBe(1);
    const [second] = await findMasks('-tm', 'fruit', '0.3', '--sweep', '--no-refine');
    expect(second!.inferences).toBe(0);
    expect(second!.thresholdSheet.map(({ threshold }) => threshold)).toEqual([
      0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9,
    ]);
    expect(second!.thresholdSheet[2]!.share).toBe(second!.share);
    expect(existsSync(second!.files['threshold-sheet']!)).toBe(true);
    const [third] = await findMasks('-tm', 'fruit AND NOT bicycle');
    expect(third!.inferences).toBe(1);
    const [anew] = await findMasks('-tm', 'fruit', '--no-cache');
    expect(anew!.inferences).toBe(1);
    expect(anew!.share).toBe(first!.share);
    expect(readdirSync(join(folder(), 'cache', 'heatmaps'))).toHaveLength(2);

    const env = { MASKWRIGHT_CACHE: join(folder(), 'cache') };
    expect((await runCli(['cache', 'info'], { env })).stdout).toMatch(/^2 heatmaps, .* of at most /);
    expect((await runCli(['cache', 'clear'], { env })).stdout).toMatch(/^removed 2 heatmaps/);
    expect((await runCli(['cache', 'info'], { env })).stdout).toMatch(/^0 heatmaps/);
  });

  it("follows the image's edges, unless --refine is off", async () => {
    const truth = exampleTruth('still-life', 'orange');
    const scores: number[] = [];
    for (const option of ['--refine', '--no-refine']) {
      const [report] = await findMasks('-tm', 'orange', option);
      const { samples, width, height, channels } = readPng(report!.files['masked']!);
      expect(channels).toBe(1);
      scores.push(boundaryScore(Uint8Array.from(samples), truth.data, width, height));
    }
    expect(scores[0]).toBeGreaterThan(scores[1]! + 0.1);
  });

  it('chooses a threshold for each phrase, and says what is there', async () => {
    const [report] = await findMasks('-tm', 'orange OR bicycle', '--threshold', 'auto');
    expect(report!.threshold).toBe(0.5);
    expect(report!.detections).toMatchObject({ orange: { presence: 'present' }, bicycle: { presence: 'absent' } });
    expect(report!.detections['orange']!.threshold).not.toBe(0.5);
    expect(report!.share).toBeGreaterThan(0.005);
    expect(report!.share).toBeLessThan(0.1);
  });

  it('--detail runs the model again on parts of the image, or on tiles', async () => {
    const [parts] = await findMasks('-tm', 'orange', '--detail');
    expect(parts!.inferences).toBeGreaterThan(1);
    const [tiles] = await findMasks('-tm', 'orange', '--detail', 'tiles=2', '--no-cache');
    expect(tiles!.inferences).toBeGreaterThanOrEqual(5);
    const { code, stderr } = await runCli(['mask', STILL_LIFE, '-tm', 'orange', '--detail=tiles=9']);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('tiles=2 to tiles=6') });
  });
});
