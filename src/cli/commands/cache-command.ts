import type { ArgumentsCamelCase } from 'yargs';
import { withContext } from '../context.js';
import type { CommandBody } from '../command.js';
import { commonOptions, type CommonArguments } from '../options/common-options.js';
import { formatBytes } from '../progress.js';

const ACTIONS = ['info', 'clear'] as const;

interface CacheArguments extends CommonArguments {
  readonly action: (typeof ACTIONS)[number];
}

export const command: CommandBody = {
  positionals: { action: { required: true, choices: ACTIONS, describe: 'info, or clear' } },
  options: commonOptions,
  examples: [
    ['cache info', 'how much is kept, and where'],
    ['cache clear', 'free the space; models stay'],
  ],
  run,
};

async function run(argv: ArgumentsCamelCase<CacheArguments>): Promise<void> {
  const { heatmapCache } = await import('../../sources/detection/detect.js');
  const { clearHeatmapCache, heatmapCacheInfo } = await import('../../io/files/heatmap-cache.js');
  await withContext(argv, async (context) => {
    const clears = argv.action === 'clear';
    const info = await (clears ? clearHeatmapCache : heatmapCacheInfo)(heatmapCache());
    context.emit({ command: `cache ${argv.action}`, ...info });
    const limit = clears ? '' : ` of at most ${formatBytes(info.limitBytes)}`;
    context.print(`${clears ? 'removed ' : ''}${info.heatmaps} heatmaps, ${formatBytes(info.bytes)}${limit}`);
    context.print(`  ${info.folder}`);
  });
}
