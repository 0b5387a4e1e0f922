import type { CommandContext } from '../context.js';

/** Shows the phases of the work on one image as they begin, and with `--verbose` says how long each took. */
export interface PhaseWatch {
  readonly onPhase: (phase: string) => void;
  readonly finish: () => void;
}

/** @param shown whether the phases are shown: not where the bar of a batch is */
export function watchPhases(
  input: string,
  context: Pick<CommandContext, 'progress' | 'verbose' | 'warn'>,
  shown: () => boolean,
): PhaseWatch {
  const times = new Map<string, number>();
  let current: string | undefined;
  let since = performance.now();
  const end = (): void => {
    const now = performance.now();
    if (current !== undefined) {
      times.set(current, (times.get(current) ?? 0) + now - since);
    }
    since = now;
  };
  return {
    onPhase: (phase) => {
      end();
      // Windows are one phase, however many there are.
      current = phase.replace(/, .*/, '');
      if (shown()) {
        context.progress.showNow(`${input}: ${phase}`);
      }
    },
    finish: () => {
      end();
      if (context.verbose) {
        const parts = Array.from(times, ([phase, ms]) => `${phase} ${(ms / 1000).toFixed(2)} s`);
        context.warn(`${input}: ${parts.join(', ')}`);
      }
    },
  };
}
