import type { DownloadPlan, DownloadProgress, LoadOptions } from '../../models/registry/model-choice.js';
import type { CommandContext } from '../context.js';
import { drawBar, formatBytes, formatDuration } from '../progress.js';

/** Announces downloads of models, shows their progress, and says what an interruption keeps. */
export function showDownloads(context: CommandContext): Required<LoadOptions> {
  let plan: DownloadPlan | undefined;
  const received = new Map<string, number>();
  const sum = (): number => [...received.values()].reduce((total, bytes) => total + bytes, 0);
  const sayWhatIsKept = (): void => {
    if (plan !== undefined && sum() < plan.bytes) {
      context.note(
        `${formatBytes(sum())} of ${formatBytes(plan.bytes)} are kept; the same command continues from there`,
      );
    }
  };
  return {
    signal: context.signal,
    onDownload: (next) => {
      if (plan === undefined) {
        // The signal outlives a command: runs without a download leave nothing on it.
        context.signal.addEventListener('abort', sayWhatIsKept, { once: true });
      }
      plan = next;
      received.clear();
      for (const line of announceDownload(next)) {
        context.note(line);
      }
    },
    onProgress: (progress) => {
      received.set(progress.file, progress.bytes);
      // A small file comes before the plan.
      if (plan !== undefined) {
        context.progress.report(describeDownload(progress, { bytes: sum(), total: plan.bytes }));
      }
    },
  };
}

/** What is downloaded, how large it is, from where, under which license, and how to refuse it. */
export function announceDownload({ id, dtype, source, folder, bytes, license, megabytes }: DownloadPlan): string[] {
  const terms = license === undefined ? `its license stands at ${source}/${id}` : `license ${license}`;
  const smaller = Object.entries(megabytes).filter(([, size]) => size < (megabytes[dtype] ?? 0));
  const others = smaller.map(([other, size]) => `--dtype ${other} (${size} MB)`).join(', ');
  return [
    `downloading ${id} (${dtype}), ${formatBytes(bytes)}, from ${source}; ${terms}`,
    `  it is kept in ${folder}; Ctrl-C keeps what has arrived, --offline downloads nothing`,
    ...(others === '' ? [] : [`  smaller weights: ${others}`]),
  ];
}

/** `[########----------------] 33 %  181.2 MB of 545.0 MB, 8.1 MB/s, 45 s left  model.onnx`. */
export function describeDownload(
  { file, bytesPerSecond }: DownloadProgress,
  { bytes, total }: { readonly bytes: number; readonly total: number },
): string {
  const share = total > 0 ? Math.min(1, bytes / total) : 1;
  const left = bytesPerSecond > 0 ? `, ${formatDuration((total - bytes) / bytesPerSecond)} left` : '';
  const amount = `${formatBytes(bytes)} of ${formatBytes(total)}, ${formatBytes(bytesPerSecond)}/s${left}`;
  return `${drawBar(share)} ${Math.floor(share * 100)} %  ${amount}  ${file.split('/').at(-1)}`;
}
