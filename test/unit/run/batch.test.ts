import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MaskwrightError } from '../../../src/errors.js';
import { runBatch } from '../../../src/run/batch.js';
import { propertyRuns } from '../../support/property-runs.js';

const bad = (): MaskwrightError => new MaskwrightError('INPUT_DAMAGED', 'damaged');

function later<T>(value: T): Promise<T> {
  return new Promise((resolve) => setTimeout(resolve, Math.random() * 3, value));
}

describe('runBatch', () => {
  it('gives one outcome an input, with no more in work than concurrency', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { maxLength: 30 }),
        fc.integer({ min: 1, max: 5 }),
        async (good, concurrency) => {
          let working = 0;
          let most = 0;
          const seen: string[] = [];
          const outcomes = runBatch(
            good,
            async (isGood, index) => {
              most = Math.max(most, ++working);
              await later(0);
              working--;
              if (!isGood) throw bad();
              return index * 10;
            },
            { concurrency },
          );
          for await (const outcome of outcomes) {
            seen[outcome.index] = outcome.kind === 'done' ? `${outcome.result}` : outcome.error.code;
          }
          expect(seen).toEqual(good.map((isGood, index) => (isGood ? `${index * 10}` : 'INPUT_DAMAGED')));
          expect(most).toBe(Math.min(concurrency, good.length));
        },
      ),
      { numRuns: propertyRuns(40) },
    );
  });

  it('draws inputs only when there is room for them', async () => {
    let drawn = 0;
    function* endless(): Generator<number> {
      for (;;) yield drawn++;
    }
    const outcomes = runBatch(endless(), later, { concurrency: 3 });
    for (let taken = 1; taken <= 20; taken++) {
      await outcomes.next();
      expect(drawn).toBeLessThanOrEqual(taken + 3);
    }
    await outcomes.return();
  });

  it('gives results while the source of inputs is slow', async () => {
    let release: () => void = () => undefined;
    async function* slow(): AsyncGenerator<string> {
      yield 'first';
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      yield 'second';
    }
    const outcomes = runBatch(slow(), later);
    expect((await outcomes.next()).value).toMatchObject({ kind: 'done', result: 'first' });
    release();
    expect((await outcomes.next()).value).toMatchObject({ kind: 'done', result: 'second' });
    expect((await outcomes.next()).done).toBe(true);
  });

  it.each([
    ['a model that fails', new MaskwrightError('MODEL_RUN', 'no')],
    ['a full disk', new MaskwrightError('OUTPUT_DISK_FULL', 'no')],
    ['a bug', new TypeError('no')],
  ])('ends at %s, after the concurrency in work', async (_, error) => {
    const ended: number[] = [];
    const run = async (): Promise<void> => {
      const outcomes = runBatch([0, 1, 2, 3, 4, 5], async (input) => {
        if (input === 1) throw error;
        await later(0);
        ended.push(input);
      });
      for await (const outcome of outcomes) {
        expect(outcome.input).toBe(0);
      }
    };
    await expect(run()).rejects.toBe(error);
    expect(ended).toEqual([0]);
  });

  it('stops at the signal, when the concurrency in work have ended', async () => {
    const controller = new AbortController();
    const ended: number[] = [];
    const outcomes = runBatch(
      [0, 1, 2, 3, 4, 5, 6, 7],
      async (input) => {
        await later(0);
        ended.push(input);
      },
      { signal: controller.signal },
    );
    await outcomes.next();
    controller.abort();
    await expect(outcomes.next()).rejects.toMatchObject({ name: 'AbortError' });
    expect(ended.length).toBeLessThanOrEqual(3);
  });
});
