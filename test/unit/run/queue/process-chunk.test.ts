import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MaskwrightError } from '../../../../src/errors.js';
import { type ChunkState, processChunk } from '../../../../src/run/queue/process-chunk.js';

const bad = (): MaskwrightError => new MaskwrightError('INPUT_FORMAT', 'no image', { hint: 'name an image' });

/** Runs a chunk whose places in `failing` fail, and stops after `stopAfter` of them; what ran, and every saved state. */
async function runChunk(
  size: number,
  stored: Partial<ChunkState> | undefined,
  {
    concurrency = 1,
    failing = new Set<number>(),
    stopAfter = Infinity,
    run = async (place: number): Promise<boolean> => {
      if (failing.has(place)) throw bad();
      return false;
    },
  } = {},
) {
  const ran: number[] = [];
  const saved: ChunkState[] = [];
  let ended = 0;
  const state = await processChunk(size, stored, {
    concurrency,
    run: async (place) => {
      ran.push(place);
      return run(place);
    },
    save: async (now) => void saved.push(structuredClone(now)),
    isStopped: () => ended >= stopAfter,
    onDone: () => ended++,
  });
  return { state, ran, saved };
}

describe('processChunk', () => {
  it('runs every input once over any interruptions, and no failure is lost', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 4 }),
        fc.uniqueArray(fc.nat(11)),
        fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 4 }),
        async (size, concurrency, failing, stops) => {
          let stored: ChunkState | undefined;
          const all: number[] = [];
          for (const stopAfter of [...stops, Infinity]) {
            const { state, ran } = await runChunk(size, stored, { concurrency, failing: new Set(failing), stopAfter });
            expect(state.working).toEqual([]);
            all.push(...ran);
            // As a store keeps it.
            stored = JSON.parse(JSON.stringify(state)) as ChunkState;
          }
          expect([...all].sort((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, i) => i));
          expect(stored).toMatchObject({ next: size, ahead: [] });
          const failed = stored!.failed.map(({ at }) => at).sort((a, b) => a - b);
          expect(failed).toEqual(failing.filter((place) => place < size).sort((a, b) => a - b));
        },
      ),
    );
  });

  it('an input is saved as in work before it is run: a worker that dies leaves its name', async () => {
    const { saved } = await runChunk(3, undefined);
    expect(saved.map(({ next, working }) => [next, working])).toEqual([
      [0, [0]],
      [1, [1]],
      [2, [2]],
      [3, []],
    ]);
  });

  it('inputs in work at a crash run first, and each alone; the third crash quarantines one for good', async () => {
    let stored: ChunkState | undefined;
    // Places 1 and 2 are in work at the first crash; place 2 kills its worker whenever it runs.
    const crash = async (ran: number[]): Promise<ChunkState> => {
      let last: ChunkState | undefined;
      await processChunk(4, stored, {
        concurrency: 2,
        run: (place) => {
          ran.push(place);
          return place === 2 ? new Promise(() => undefined) : Promise.resolve(false);
        },
        save: async (now) => {
          last = structuredClone(now);
          if (now.working.includes(2)) throw new Error('killed');
        },
        isStopped: () => false,
      }).catch(() => undefined);
      return last!;
    };
    stored = { next: 1, ahead: [], working: [1, 2], crashes: {}, failed: [], skipped: 0 };
    const second: number[] = [];
    stored = { ...(await crash(second)), working: [2] };
    expect(second).toEqual([1]);
    expect(stored.crashes).toEqual({ 2: 1 });
    stored = { ...(await crash([])), working: [2] };
    expect(stored.crashes).toEqual({ 2: 2 });
    const { state, ran } = await runChunk(4, stored);
    expect(ran).toEqual([3]);
    expect(state.failed).toEqual([
      { at: 2, error: { code: 'INPUT_QUARANTINED', message: expect.stringMatching(/^3 workers died/) }, final: true },
    ]);
    expect(state).toMatchObject({ next: 4, crashes: {} });
  });

  it('what every input would meet is thrown, and no input counts as done or failed for it', async () => {
    const saved: ChunkState[] = [];
    const full = new MaskwrightError('OUTPUT_DISK_FULL', 'no space left', { hint: 'free some' });
    const work = processChunk(3, undefined, {
      concurrency: 1,
      run: async (place) => {
        if (place === 1) throw full;
        return false;
      },
      save: async (now) => void saved.push(structuredClone(now)),
      isStopped: () => false,
    });
    await expect(work).rejects.toBe(full);
    expect(saved.at(-1)).toMatchObject({ next: 1, ahead: [], working: [], failed: [] });
  });

  it('a bug in one input is listed as its failure, and results that were there count as skipped', async () => {
    const { state } = await runChunk(2, undefined, {
      run: async (place) => {
        if (place === 0) throw new TypeError('x is undefined');
        return true;
      },
    });
    expect(state).toMatchObject({
      next: 2,
      skipped: 1,
      failed: [{ at: 0, error: { code: 'BUG', message: 'x is undefined' } }],
    });
  });
});
