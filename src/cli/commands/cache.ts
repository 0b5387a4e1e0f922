import type { ArgumentsCamelCase } from 'yargs';
import { withContext } from '../context.js';
import { defineCommand } from '../define-command.js';
import { commonOptions, type CommonArguments } from '../options/common.js';
import { formatBytes } from '../progress.js';

const ACTIONS = ['info', 'clear'] as const;

interface CacheArguments extends CommonArguments {
  readonly action: (typeof ACTIONS)[number];
}

export const command = defineCommand<CacheArguments>({
  command: 'cache <action>',
  describe: 'the heatmaps kept between runs: how many there are, and removing them',
  builder: (argv) =>
    argv
      .positional('action', { choices: ACTIONS, describe: 'info, or clear' })
      .options(commonOptions)
      .example('$0 cache info', 'how much is kept, and where')
      .example('$0 cache clear', 'free the space; models stay'),
  handler: run,
});

async function run(argv: ArgumentsCamelCase<CacheArguments>): Promise<void> {
  const { heatmapCache } = await import('../../sources/detect.js');
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
