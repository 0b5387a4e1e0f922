/** One line on a terminal's standard error that is rewritten in place; nothing anywhere else. */
export interface Progress {
  readonly show: (line: string) => void;
  readonly clear: () => void;
}

const MINIMUM_INTERVAL_MS = 50;

export function createProgress({ enabled }: { readonly enabled: boolean }): Progress {
  let shown = false;
  let last = 0;
  return {
    show: (line) => {
      const now = performance.now();
      if (enabled && now - last >= MINIMUM_INTERVAL_MS) {
        last = now;
        shown = true;
        process.stderr.write(`\r\u001b[2K${line.slice(0, (process.stderr.columns ?? 80) - 1)}`);
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
