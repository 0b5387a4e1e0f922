import type { ModelChoice } from '../../models/registry/model-choice.js';
import type { ModelUsage } from '../../models/registry/model-usage.js';
import type { StartedSegmenter } from '../../models/clipseg/text-segmenter.js';
import type { ModelPool } from '../../sources/model-pool.js';
import type { CommandContext } from '../context.js';
import { formatDuration } from '../progress.js';
import { showDownloads } from './show-downloads.js';

/** Runs work with the chosen models: downloads are announced and shown, and the workers end with the work. */
export async function withModels(
  choice: ModelChoice,
  context: CommandContext,
  work: (models: ModelPool) => Promise<void>,
  started?: StartedSegmenter,
): Promise<void> {
  const { openModelsWith } = await import('../../sources/model-pool.js');
  const models = openModelsWith(started, choice, showDownloads(context));
  try {
    await work(models);
    if (context.verbose) {
      for (const line of (await models.usage()).flatMap(describeUsage)) {
        context.note(line);
      }
    }
  } finally {
    await models.close();
  }
}

/** Which model ran, how, and in what time. */
export function describeUsage({ identity, path, loadMs, images, imageMs, phrases, phraseMs }: ModelUsage): string[] {
  const phases = [
    `loaded in ${formatMs(loadMs)}`,
    `${images} ${images === 1 ? 'image' : 'images'} in ${formatMs(imageMs)}`,
    ...(phrases === 0 ? [] : [`${phrases} ${phrases === 1 ? 'phrase' : 'phrases'} in ${formatMs(phraseMs)}`]),
  ];
  return [`${identity.id}, ${identity.dtype}, on ${identity.device}; ${path}`, `  ${phases.join(', ')}`];
}

function formatMs(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : formatDuration(ms / 1000);
}
