import { afterEach, expect, it, vi } from 'vitest';
import type { StripTask } from '../../../../../src/io/image/png/encode-strip.js';
import { encodeStripInPool, POOL_SIZE } from '../../../../../src/io/image/png/strip-pool.js';

afterEach(() => vi.useRealTimers());

const task = (): StripTask => ({
  rows: new Uint8Array(64 * 10),
  rowBytes: 64,
  pixelBytes: 1,
  wide: false,
  rowsBefore: 0,
  filters: [2],
  matching: 'search',
  level: 6,
  last: true,
});

it('a strip that comes while the idle threads are ending is encoded', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  await Promise.all(Array.from({ length: POOL_SIZE }, () => encodeStripInPool(task())));
  vi.advanceTimersByTime(60_000);
  vi.useRealTimers();
  const { length } = await encodeStripInPool(task());
  expect(length).toBe(650);
});
