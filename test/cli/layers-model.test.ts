import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeImage } from '../../src/io/image/decode-image.js';
import { encodeImage } from '../../src/io/image/encode-image.js';
import { createRaster } from '../../src/raster/index.js';
import { type CliResult, runCli } from '../support/cli.js';
import { temporaryFolder } from '../support/folder.js';
import { type Hub, type HubOptions, startHub } from '../support/hub.js';
import { writeModel } from '../support/toy-clipseg.js';
import { toyDepthFiles } from '../support/toy-depth.js';

const SMALL = 'onnx-community/depth-anything-v2-small';
const [WIDTH, HEIGHT] = [100, 60];

const folder = temporaryFolder();
const closers: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

async function hub(options: Omit<HubOptions, 'id'>): Promise<Hub> {
  const started = await startHub({ id: SMALL, ...options });
  closers.push(started.close);
  return started;
}

const inside = (...names: string[]): string => join(folder(), ...names);

function layers(args: readonly string[], endpoint?: string): Promise<CliResult> {
  const env = { MASKWRIGHT_CACHE: inside('cache'), HF_ENDPOINT: endpoint ?? 'http://127.0.0.1:9' };
  return runCli(['layers', '--input', 'gray.png', '--output-dir', 'out', ...args], { cwd: folder(), env });
}

const modelFolder = (): string => inside('cache', 'hub', `models--${SMALL.replace('/', '--')}`);
/** The commit that the branch stands for in the cache. */
const commit = (): string => readFileSync(join(modelFolder(), 'refs', 'main'), 'utf8');

beforeEach(async () => {
  // Dark left, light right, a step in the middle: the toy network takes light for near.
  const data = Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => (Math.floor(i / 3) % WIDTH < 50 ? 40 : 200));
  writeFileSync(inside('gray.png'), await encodeImage(createRaster(WIDTH, HEIGHT, 3, data)));
});

describe('depth by a network', () => {
  it('from a folder cuts by what the network says', async () => {
    const model = writeModel(inside('toy'), toyDepthFiles());
    const result = await layers(['--model', model, '--layers', '2', '--depth-map', '--json']);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    const { results } = JSON.parse(result.stdout) as { results: { depth: unknown; layers: { share: number }[] }[] };
    expect(results[0]!.depth).toMatchObject({ source: 'model', model: { id: model, dtype: 'fp32' } });
    expect(results[0]!.layers.map(({ share }) => share)).toEqual([expect.closeTo(0.5, 1), expect.closeTo(0.5, 1)]);
    const alphaAt = async (name: string, x: number): Promise<number> =>
      (await decodeImage(inside('out', name))).raster.data[(30 * WIDTH + x) * 4 + 3]!;
    expect(await alphaAt('gray_layer_01.png', 20)).toBe(255);
    expect(await alphaAt('gray_layer_01.png', 80)).toBe(0);
    expect(await alphaAt('gray_layer_02.png', 80)).toBe(255);
    const map = (await decodeImage(inside('out', 'gray_depth_map.png'))).raster;
    // Inferno is dark where it is far and light where it is near.
    const lightness = (x: number): number => map.data[x * 3]! + map.data[x * 3 + 1]! + map.data[x * 3 + 2]!;
    expect(lightness(0)).toBeLessThan(60);
    expect(lightness(WIDTH - 1)).toBeGreaterThan(600);
  });

  it('says which model is not here, and works offline on request', async () => {
    const { code, stderr } = await layers(['--offline']);
    expect(code).toBe(4);
    expect(stderr).toContain(SMALL);
    expect(existsSync(inside('out'))).toBe(false);
    expect((await layers(['--offline', '--no-model'])).code).toBe(0);
  });

  it.each(['base', 'large'])(
    'shows the license of %s and wants it accepted, before anything is asked for',
    async (size) => {
      const { requests, url } = await hub({ files: toyDepthFiles() });
      const refused = await layers(['--model', size], url);
      expect(refused.code).toBe(4);
      expect(refused.stderr).toContain('CC-BY-NC-4.0: its results are not for commercial use');
      expect(refused.stderr).toContain('--accept-license');
      expect(requests).toEqual([]);
      const accepted = await layers(['--model', size, '--accept-license', '--offline'], url);
      expect(accepted.code).toBe(4);
      expect(accepted.stderr).toContain(`onnx-community/depth-anything-v2-${size} (q8) is not in`);
    },
  );

  it('takes sizes and folders for models, and nothing else', async () => {
    const { code, stderr } = await layers(['--model', 'huge']);
    expect(code).toBe(4);
    expect(stderr).toContain('there is no model "huge"');
    const both = await layers(['--model', 'small', '--depth-file', 'gray.png']);
    expect(both.code).toBe(2);
  });
});

describe('--fetch-latest-model', () => {
  const first = { files: toyDepthFiles(), commit: 'a'.repeat(40) };
  const second = {
    files: toyDepthFiles(4),
    commit: 'b'.repeat(40),
  };

  it('replaces what is in the cache', async () => {
    expect((await layers(['--dtype', 'fp32'], (await hub(first)).url)).code).toBe(0);
    const newer = await hub(second);
    expect((await layers(['--dtype', 'fp32'], newer.url)).code).toBe(0);
    expect(newer.requests).toEqual([]);
    const { code, stdout } = await layers(['--dtype', 'fp32', '--fetch-latest-model'], newer.url);
    expect(code).toBe(0);
    expect(stdout).toContain(`${SMALL} is at its newest (bbbbbbbbbbbb)`);
    expect(commit()).toBe(second.commit);
  });

  it('leaves the cache as it was when the download fails', async () => {
    expect((await layers(['--dtype', 'fp32'], (await hub(first)).url)).code).toBe(0);
    const broken = await hub(second);
    broken.fail('onnx/model.onnx', ...Array.from({ length: 20 }, () => ({ kind: 'wrong-bytes' }) as const));
    const { code } = await layers(['--dtype', 'fp32', '--fetch-latest-model'], broken.url);
    expect(code).toBe(4);
    expect(commit()).toBe(first.commit);
    expect((await layers(['--dtype', 'fp32', '--offline'])).code).toBe(0);
  });
});
