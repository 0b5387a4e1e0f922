import type { DownloadProgress, ModelChoice } from '../../models/clipseg/text-segmenter.js';
import type { ModelPool } from '../../sources/model-pool.js';
import type { CommandContext } from '../context.js';
import { formatBytes, formatDuration } from '../progress.js';

/** Runs work with the chosen models: downloads show their progress, and the workers end with the work. */
export async function withModels(
  choice: ModelChoice,
  context: CommandContext,
  work: (models: ModelPool) => Promise<void>,
): Promise<void> {
  const { openModels } = await import('../../sources/model-pool.js');
  const models = openModels(choice, {
    signal: context.signal,
    onProgress: (progress) => context.progress.show(describeDownload(progress)),
  });
  try {
    await work(models);
  } finally {
    await models.close();
  }
}

/** `model.onnx  12.3 MB of 45.6 MB, 8.1 MB/s, 4 s left`. */
export function describeDownload({ file, bytes, total, bytesPerSecond }: DownloadProgress): string {
  const size = total === undefined ? formatBytes(bytes) : `${formatBytes(bytes)} of ${formatBytes(total)}`;
  const left =
    total === undefined || bytesPerSecond <= 0 ? '' : `, ${formatDuration((total - bytes) / bytesPerSecond)} left`;
  return `${file}  ${size}, ${formatBytes(bytesPerSecond)}/s${left}`;
}
