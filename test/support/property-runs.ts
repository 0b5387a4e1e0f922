import fc from 'fast-check';

/** Share of a property's cases that runs: all on CI, a tenth elsewhere, so that a local run stays short. */
const SHARE = process.env['CI'] === undefined ? 0.1 : 1;

/** How many of `all` cases of a property run here. */
export function propertyRuns(all: number): number {
  return Math.max(1, Math.round(all * SHARE));
}

/** For properties that set no number themselves: fast-check's default is 100. */
fc.configureGlobal({ numRuns: propertyRuns(100) });
