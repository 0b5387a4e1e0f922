import { describe, expect, it } from 'vitest';
import { createRate, formatBytes, formatDuration } from '../../../src/cli/progress.js';

describe('createRate', () => {
  it('shows progress, rate and time left', () => {
    let now = 0;
    const rate = createRate(8, () => now);
    now = 500;
    expect(rate.count(false)).toBe('[###---------------------] 1 of 8 · 2.0 a second · 4 s left');
    now = 1000;
    rate.count(false);
    now = 4000;
    expect(rate.count(false)).toContain('3 of 8 · 0.8 a second · 7 s left');
  });

  it('skipped items do not count in the rate', () => {
    let now = 0;
    const rate = createRate(100, () => now);
    now = 10;
    for (let i = 0; i < 90; i++) {
      expect(rate.count(true)).not.toContain('a second');
    }
    now = 2000;
    expect(rate.count(false)).toContain('91 of 100 · 0.5 a second · 18 s left');
  });
});

describe('numbers for people', () => {
  it.each([
    [0, '0 s'],
    [59.6, '1 min 0 s'],
    [130, '2 min 10 s'],
    [3900, '1 h 5 min'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  it.each([
    [999, '999 B'],
    [12_340_000, '12.3 MB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});
