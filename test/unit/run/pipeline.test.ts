import { createReadStream, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../../src/io/image/decode-image.js';
import { encodeImage } from '../../../src/io/image/encode-image.js';
import { createPipeline, type PipelineOutcome } from '../../../src/run/pipeline.js';
import { createMask, type Mask } from '../../../src/raster/index.js';
import { temporaryFolder } from '../../support/folder.js';
import { randomRaster } from '../../support/images.js';

const folder = temporaryFolder();
const at = (name: string): string => join(folder(), name);
const SIDE = 16;

const half: Mask = createMask(SIDE, SIDE, new Uint8Array(SIDE * SIDE).fill(255, (SIDE * SIDE) / 2));

async function draw(name: string, seed: number): Promise<string> {
  writeFileSync(at('mask.png'), await encodeImage(half));
  writeFileSync(at(name), await encodeImage(randomRaster(seed, SIDE, SIDE, 3)));
  return at(name);
}

async function collect(outcomes: AsyncIterable<PipelineOutcome>): Promise<PipelineOutcome[]> {
  const all: PipelineOutcome[] = [];
  for await (const outcome of outcomes) all.push(outcome);
  return all.sort((a, b) => a.index - b.index);
}

describe('createPipeline', () => {
  it('takes paths, bytes and streams, and gives files back instead of writing them', async () => {
    const path = await draw('a.png', 1);
    const bytes = await encodeImage(randomRaster(2, SIDE, SIDE, 4));
    const pipeline = createPipeline(
      {
        sources: [{ kind: 'file', path: 'mask.png' }],
        mask: [{ invert: true }],
        outputs: [{ kind: 'mask' }, { kind: 'inpaint', name: '{note}/{stem}.png' }],
        variables: { note: 'plain' },
      },
      { folder: folder(), write: false, set: { note: 'set' } },
    );
    const inputs = [
      path,
      { name: 'b.webp', data: bytes },
      { name: 'c', data: createReadStream(path), set: { note: 'own' } },
    ];
    const outcomes = await collect(pipeline.run(inputs));
    const files = outcomes.map((outcome) => (outcome.kind === 'done' ? outcome.result.files : []));
    expect(files.map((list) => list.map((file) => file.path.slice(folder().length + 1)))).toEqual([
      ['outputs/a.mask.png', 'outputs/set/a.png'],
      ['outputs/b.mask.png', 'outputs/set/b.png'],
      ['outputs/c.mask.png', 'outputs/own/c.png'],
    ]);
    for (const [mask] of files) {
      const { raster } = await decodeImage(mask!.data!);
      expect([...raster.data].filter((_, i) => i % 3 === 0)).toEqual([...half.data].map((value) => 255 - value));
    }
    expect(readdirSync(folder()).sort()).toEqual(['a.png', 'mask.png']);
    await pipeline.close();
  });

  it('cuts images by the depth that a network finds, and refuses what needs all of them at once', async () => {
    const path = await draw('a.png', 1);
    const layers = { kind: 'layers', layers: 2, depth: { model: 'tiny' } } as const;
    await using pipeline = createPipeline({ outputs: [layers], offline: true }, { folder: folder(), write: false });
    const [outcome] = await collect(pipeline.run([path]));
    const files = outcome?.kind === 'done' ? outcome.result.files : [];
    expect(files.map((file) => file.path)).toEqual([at('outputs/a_layer_01.png'), at('outputs/a_layer_02.png')]);
    expect(() => createPipeline({ outputs: [{ ...layers, range: 'shared' }] })).toThrow(/shares its range/);
  });

  it('tells of bad images and goes on', async () => {
    const path = await draw('a.png', 3);
    const progress: object[] = [];
    const pipeline = createPipeline({
      sources: [{ kind: 'file', path: at('mask.png') }],
      outputs: [{ kind: 'mask' }],
      outdir: at('out'),
    });
    const inputs = [at('gone.png'), { name: 'empty', data: new Uint8Array() }, path];
    const outcomes = await collect(pipeline.run(inputs, { onProgress: (state) => progress.push(state) }));
    expect(outcomes.map((outcome) => (outcome.kind === 'failed' ? outcome.error.code : outcome.result.share))).toEqual([
      'INPUT_NOT_FOUND',
      'INPUT_EMPTY',
      0.5,
    ]);
    expect(progress.at(-1)).toEqual({ done: 1, failed: 2 });
    expect(existsSync(at('out/a.mask.png'))).toBe(true);
  });

  it('stops at the signal', async () => {
    const path = await draw('a.png', 4);
    const controller = new AbortController();
    const pipeline = createPipeline(
      { sources: [{ kind: 'channel', channel: 'luma' }], outputs: [{ kind: 'mask' }] },
      { write: false },
    );
    function* endless(): Generator<string> {
      for (;;) yield path;
    }
    let taken = 0;
    const run = async (): Promise<void> => {
      for await (const outcome of pipeline.run(endless(), { signal: controller.signal })) {
        expect(outcome.kind).toBe('done');
        if (++taken === 5) controller.abort();
      }
    };
    await expect(run()).rejects.toMatchObject({ name: 'AbortError' });
    expect(taken).toBe(5);
  });

  it.each<[string, () => unknown, RegExp]>([
    [
      'a wrong field',
      () => createPipeline({ sources: [{ kind: 'file', path: 'm' }], outputs: [{ kind: 'mask', nam: 'x' } as never] }),
      /outputs\[0\]\.nam.*\n.*name\?/,
    ],
    ['no sources', () => createPipeline({ outputs: [{ kind: 'mask' }] }), /sources: missing/],
    [
      'an unknown variable',
      () => createPipeline({ sources: [{ kind: 'file', path: '{m}' }], outputs: [{ kind: 'mask' }] }),
      /no variable \{m\}/,
    ],
  ])('refuses %s before anything is read', (_, create, message) => {
    expect(create).toThrow(
      expect.objectContaining({ code: 'RECIPE_INVALID', message: expect.stringMatching(message) as string }),
    );
  });
});
