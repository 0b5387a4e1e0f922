/** What goes on, on standard error: one line rewritten in place on a terminal, a line now and then elsewhere. */
export interface Progress {
  /** A line worth seeing only while it is true: nothing but on a terminal. */
  readonly show: (line: string) => void;
  /** As `show`, for a line that may be the last before long work: it does not wait for the next interval. */
  readonly showNow: (line: string) => void;
  /** How far a long run is: elsewhere than on a terminal, a plain line every ten seconds. */
  readonly report: (line: string) => void;
  readonly clear: () => void;
}

const REWRITE_INTERVAL_MS = 50;
const PLAIN_INTERVAL_MS = 10_000;

export function createProgress({
  enabled,
  terminal,
}: {
  readonly enabled: boolean;
  readonly terminal: boolean;
}): Progress {
  let shown = false;
  let last = 0;
  let lastPlain = performance.now();
  const showNow = (line: string): void => {
    if (enabled && terminal) {
      last = performance.now();
      shown = true;
      process.stderr.write(`\r\u001b[2K${line.slice(0, (process.stderr.columns || 80) - 1)}`);
    }
  };
  const show = (line: string): void => {
    if (performance.now() - last >= REWRITE_INTERVAL_MS) {
      showNow(line);
    }
  };
  return {
    show,
    showNow,
    report: (line) => {
      const now = performance.now();
      if (terminal) {
        show(line);
      } else if (enabled && now - lastPlain >= PLAIN_INTERVAL_MS) {
        lastPlain = now;
        process.stderr.write(`maskwright: ${line}\n`);
      }
    },
    clear: () => {
      if (shown) {
        shown = false;
        process.stderr.write('\r\u001b[2K');
      }
    },
  };
}

/** Counts inputs that are through; what was skipped says nothing about how long the others take. */
export interface Rate {
  /** Counts one, and gives `[####----] 123 of 2000 · 8.1 a second · 3 min 51 s left`. */
  readonly count: (skipped: boolean) => string;
  readonly seconds: () => number;
}

const BAR_WIDTH = 24;

export function createRate(total: number, now: () => number = () => performance.now()): Rate {
  const started = now();
  let through = 0;
  let worked = 0;
  const seconds = (): number => (now() - started) / 1000;
  return {
    seconds,
    count: (skipped) => {
      through++;
      worked += skipped ? 0 : 1;
      const bar = `${drawBar(through / total)} ${through} of ${total}`;
      const perSecond = worked / Math.max(seconds(), 1e-3);
      return worked === 0
        ? bar
        : `${bar} · ${perSecond.toFixed(1)} a second · ${formatDuration((total - through) / perSecond)} left`;
    },
  };
}

/** `[######------------------]` for a share of 0.25. */
export function drawBar(share: number): string {
  const filled = Math.round(BAR_WIDTH * share);
  return `[${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}]`;
}

/** `12.3 MB of 45.6 MB` and the like. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** Seconds as `8 s`, `2 min 10 s`, `1 h 5 min`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) {
    return `${whole} s`;
  }
  return whole < 3600
    ? `${Math.floor(whole / 60)} min ${whole % 60} s`
    : `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
