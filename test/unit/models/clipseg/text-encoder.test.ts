import { Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { createTextEncoder, type EncodedBatch } from '../../../../src/models/clipseg/text-encoder.js';

type Values = Record<string, Tensor>;
const int64 = (values: number[]): Tensor => new Tensor('int64', BigInt64Array.from(values, BigInt), [values.length]);

/** A text encoder that gives each phrase its second token, doubled, and counts its runs. */
function doubling(describeBatch: (doubled: number[]) => Values) {
  const runs: number[] = [];
  const run = async (feeds: Values): Promise<Values> => {
    const { dims, data } = feeds['input_ids']!;
    const [count, length] = dims as [number, number];
    runs.push(count);
    return describeBatch(
      Array.from({ length: count }, (_, row) => 2 * Number((data as BigInt64Array)[row * length + 1])),
    );
  };
  return { run, runs };
}

const inRows = (doubled: number[]): Values => ({
  doubled: new Tensor('float32', Float32Array.from(doubled), [doubled.length, 1]),
  count: int64([doubled.length]),
});
/** Nothing here is one row a phrase: the phrases run along the second axis. */
const inColumns = (doubled: number[]): Values => ({
  doubled: new Tensor('float32', Float32Array.from(doubled), [1, doubled.length]),
  count: int64([doubled.length]),
});
const NAMES = (type: string) => ({ ids: { name: 'input_ids', type }, mask: { name: 'attention_mask', type } });
const ANY = { batch: undefined, length: undefined, ...NAMES('int64') };
const read = (batches: readonly EncodedBatch[]) =>
  batches.map(({ values: { doubled, count } }) => ({
    doubled: [...(doubled!.data as Float32Array)],
    count: count!.data,
  }));

describe('the text encoder', () => {
  it('encodes phrases of any lengths in one run, and caches them', async () => {
    const { run, runs } = doubling(inRows);
    const { encode } = createTextEncoder(run, ANY, true);
    const asked = [
      [0, 5, 99],
      [0, 6, 1, 99],
      [0, 7, 99],
    ];
    expect(read(await encode(asked))).toEqual([{ doubled: [10, 12, 14], count: BigInt64Array.of(3n) }]);
    expect(read(await encode([...asked].reverse()))).toEqual([{ doubled: [14, 12, 10], count: BigInt64Array.of(3n) }]);
    expect(runs).toEqual([3]);
  });

  it('runs once for another number of phrases, though the phrases are cached', async () => {
    const { run, runs } = doubling(inRows);
    const { encode } = createTextEncoder(run, ANY, true);
    await encode([
      [0, 5, 99],
      [0, 6, 99],
      [0, 7, 99],
    ]);
    for (const first of [5, 7]) {
      const two = [
        [0, first, 99],
        [0, 6, 99],
      ];
      expect(read(await encode(two))).toEqual([{ doubled: [2 * first, 12], count: BigInt64Array.of(2n) }]);
    }
    expect(runs).toEqual([3, 2]);
  });

  it('gives one batch for every sixteen phrases', async () => {
    const { run } = doubling(inRows);
    const { encode } = createTextEncoder(run, ANY, true);
    const batches = read(await encode(Array.from({ length: 40 }, (_, i) => [0, i + 1, 99])));
    expect(batches.map(({ count }) => count)).toEqual([16n, 16n, 8n].map((count) => BigInt64Array.of(count)));
    expect(batches.flatMap(({ doubled }) => doubled)).toEqual(Array.from({ length: 40 }, (_, i) => 2 * (i + 1)));
  });

  it.each([
    ['where values are not one row a phrase', inColumns, true],
    ['where it is not batched', inRows, false],
  ])('encodes phrases one by one %s', async (_, describeBatch, isBatched) => {
    const { run } = doubling(describeBatch);
    const { encode } = createTextEncoder(run, ANY, isBatched);
    const one = BigInt64Array.of(1n);
    await encode([[0, 5, 99]]);
    const batches = await encode([
      [0, 5, 99],
      [0, 6, 99],
      [0, 5, 99],
    ]);
    expect(read(batches)).toEqual([
      { doubled: [10], count: one },
      { doubled: [12], count: one },
      { doubled: [10], count: one },
    ]);
  });

  it('pads phrases to a fixed length and fills up a fixed batch', async () => {
    const feeds: Values[] = [];
    const run = async (given: Values): Promise<Values> => {
      feeds.push(given);
      return { text: new Tensor('float32', Float32Array.of(1, 2, 3), [3, 1]) };
    };
    const { encode } = createTextEncoder(run, { batch: 3, length: 5, ...NAMES('int32') }, true);
    await encode([
      [0, 5, 99],
      [0, 6, 1, 99],
    ]);
    const [{ input_ids: ids, attention_mask: mask }] = feeds as [Values];
    expect([ids!.type, ids!.dims]).toEqual(['int32', [3, 5]]);
    expect([...(ids!.data as Int32Array)]).toEqual([0, 5, 99, 99, 99, 0, 6, 1, 99, 99, 0, 5, 99, 99, 99]);
    expect([...(mask!.data as Int32Array)]).toEqual([1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 1, 1, 1, 0, 0]);
  });
});
