import { describe, expect, it } from 'vitest';
import { watchPhases } from '../../../../src/cli/run/watch-phases.js';

function watch(verbose: boolean, shown = true) {
  const lines: string[] = [];
  const warned: string[] = [];
  const ignore = (): void => undefined;
  const progress = { show: ignore, report: ignore, clear: ignore, showNow: (line: string) => lines.push(line) };
  const phases = watchPhases('a.png', { progress, verbose, warn: (line) => warned.push(line) }, () => shown);
  return { ...phases, lines, warned };
}

describe('watchPhases', () => {
  it('shows each phase as it begins, and its windows', () => {
    const { onPhase, lines } = watch(false);
    ['reading', 'detecting', 'detecting, window 1 of 9', 'writing'].forEach(onPhase);
    expect(lines).toEqual(['a.png: reading', 'a.png: detecting', 'a.png: detecting, window 1 of 9', 'a.png: writing']);
  });

  it('shows nothing where the bar of a batch is', () => {
    const { onPhase, lines } = watch(false, false);
    onPhase('reading');
    expect(lines).toEqual([]);
  });

  it('sums the time of a phase over its windows, and reports it in verbose runs only', () => {
    const { onPhase, finish, warned } = watch(true);
    ['reading', 'detecting', 'detecting, window 1 of 9', 'writing'].forEach(onPhase);
    finish();
    expect(warned).toHaveLength(1);
    expect(warned[0]).toMatch(/^a\.png: reading \d+\.\d\d s, detecting \d+\.\d\d s, writing \d+\.\d\d s$/);
    const quiet = watch(false);
    quiet.onPhase('reading');
    quiet.finish();
    expect(quiet.warned).toEqual([]);
  });
});
