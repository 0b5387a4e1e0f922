import type { ArgumentsCamelCase } from 'yargs';
import { MaskwrightError } from '../../errors.js';
import { STDIO } from '../../io/read-input.js';
import { withContext } from '../context.js';
import { defineCommand } from '../define-command.js';
import { commonOptions, type CommonArguments } from '../options/common.js';
import { shapeFrom, shapeOptions, type ShapeArguments } from '../options/shape.js';
import { combineOptions, type CombineArguments } from '../options/source.js';

interface EditArguments extends CommonArguments, CombineArguments, ShapeArguments {
  readonly masks: readonly string[];
  readonly out: string;
  readonly resizeMasks?: boolean;
  readonly failEmpty?: boolean;
}

export const command = defineCommand<EditArguments>({
  command: 'edit <masks..>',
  describe: 'shape mask files: grow, feather, fill holes, drop islands, combine',
  builder: (argv) =>
    argv
      .positional('masks', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'mask files, white = selected; - for standard input; several become one',
      })
      .options({
        out: {
          alias: 'o',
          type: 'string',
          demandOption: true,
          describe: 'the mask to write; - for standard output',
          group: 'Output:',
        },
        'fail-empty': { type: 'boolean', describe: 'exit with 6 when nothing is selected', group: 'Output:' },
        combine: { ...combineOptions.combine, group: 'Masks:' },
        'resize-masks': { type: 'boolean', describe: 'bring all to the size of the first', group: 'Masks:' },
        ...shapeOptions,
        ...commonOptions,
      })
      .example('$0 edit mask.png -o grown.png --grow 12 --feather 8', 'wider by 12 pixels, then faded')
      .example('$0 edit mask.png -o clean.png --threshold-mask otsu --fill-holes --drop-islands 0.5%', 'cleaned up')
      .example('$0 edit person.png face.png -o body.png --combine subtract', 'the first without the second'),
  handler: run,
});

async function run(argv: ArgumentsCamelCase<EditArguments>): Promise<void> {
  const shape = shapeFrom(argv);
  const { editJob } = await import('../../jobs/edit-job.js');
  await withContext(
    argv,
    async (context) => {
      const result = await editJob({
        masks: argv.masks,
        combine: argv.combine,
        shape,
        resizeMasks: argv.resizeMasks,
        output: argv.out,
        story: { command: 'edit' },
      });
      const { output, width, height, share, bounds } = result;
      const where = bounds === undefined ? '' : `, ${bounds.width} x ${bounds.height} at ${bounds.x},${bounds.y}`;
      context.print(`${output}  ${width} x ${height}, ${(share * 100).toFixed(2)} % selected${where}`);
      for (const warning of result.warnings) {
        context.warn(warning);
      }
      context.emit({ command: 'edit', results: [result], failures: [] });
      if (argv.failEmpty === true && share === 0) {
        throw new MaskwrightError('NOTHING_SELECTED', 'nothing was selected', { hint: 'see the lines above' });
      }
    },
    { stdoutIsData: argv.out === STDIO },
  );
}
