import type { ArgumentsCamelCase } from 'yargs';
import { MaskwrightError } from '../../errors.js';
import { STDIO } from '../../io/read-input.js';
import { NAMING_DEFAULTS } from '../../jobs/output-names.js';
import { withContext } from '../context.js';
import { defineCommand } from '../define-command.js';
import { commonOptions, type CommonArguments } from '../options/common.js';
import { shapeFrom, shapeOptions, type ShapeArguments } from '../options/shape.js';
import { describeTarget, type TargetArguments, targetFrom, targetOptions, warnAll } from '../options/target.js';
import {
  combineOptions,
  type CombineArguments,
  type PictureSourceArguments,
  pictureSourceOptions,
  pictureSourcesFrom,
} from '../options/source.js';

interface EditArguments
  extends CommonArguments, CombineArguments, PictureSourceArguments, ShapeArguments, TargetArguments {
  readonly masks?: readonly string[];
  readonly out?: string;
  readonly picture?: string;
  readonly outdir: string;
  readonly resizeMasks?: boolean;
  readonly failEmpty?: boolean;
}

export const command = defineCommand<EditArguments>({
  command: 'edit [masks..]',
  describe: 'shape mask files: grow, feather, fill holes, drop islands, combine',
  builder: (argv) =>
    argv
      .positional('masks', {
        type: 'string',
        array: true,
        describe: 'mask files, white = selected; - for standard input; several become one',
      })
      .options({
        out: {
          alias: 'o',
          type: 'string',
          describe: 'the mask to write; - for standard output',
          group: 'Output:',
        },
        picture: {
          type: 'string',
          requiresArg: true,
          describe:
            'the picture of the mask: for channels, colours and depths of it; with --for, all that the program takes',
          group: 'Masks:',
        },
        ...pictureSourceOptions,
        ...targetOptions,
        outdir: {
          type: 'string',
          default: NAMING_DEFAULTS.outdir,
          describe: "folder for a program's files",
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
      .example('$0 edit mask.png --for openai -o for-openai.png', 'the mask as this program takes it')
      .example('$0 edit mask.png --for comfyui --picture photo.png', 'with its picture: all the files')
      .example('$0 edit person.png face.png -o body.png --combine subtract', 'the first without the second')
      .example(
        '$0 edit --picture photo.png --from-channel hsv.s -o strong.png --threshold-mask otsu',
        'from a channel',
      ),
  handler: run,
});

async function run(argv: ArgumentsCamelCase<EditArguments>): Promise<void> {
  const shape = shapeFrom(argv);
  const choice = targetFrom(argv);
  if (argv.out === undefined && (choice === undefined || argv.picture === undefined)) {
    throw new MaskwrightError('USAGE', 'no file to write was named', {
      hint: 'name it with -o mask.png, or a program and the picture: --for comfyui --picture photo.png',
    });
  }
  const { masks = [] } = argv;
  const sources = pictureSourcesFrom(argv);
  if (argv.picture !== undefined && choice === undefined && sources.length === 0) {
    throw new MaskwrightError('USAGE', '--picture goes with --for, or with what is made of it', {
      hint: 'see maskwright targets; or --from-channel, --key, --from-depth',
    });
  }
  if (masks.length === 0 && sources.length === 0) {
    throw new MaskwrightError('USAGE', 'no mask was named', {
      hint: 'maskwright edit mask.png -o wider.png --grow 12',
    });
  }
  const { editJob } = await import('../../jobs/edit-job.js');
  await withContext(
    argv,
    async (context) => {
      const result = await editJob({
        masks,
        sources,
        picture: argv.picture,
        combine: argv.combine,
        shape,
        resizeMasks: argv.resizeMasks,
        output: argv.out,
        target:
          choice === undefined ? undefined : { choice, naming: { outdir: argv.outdir, name: '{stem}.{kind}.{ext}' } },
        story: { command: 'edit' },
      });
      const { output, width, height, share, bounds } = result;
      const where = bounds === undefined ? '' : `, ${bounds.width} x ${bounds.height} at ${bounds.x},${bounds.y}`;
      context.print(`${output ?? 'the mask'}  ${width} x ${height}, ${(share * 100).toFixed(2)} % selected${where}`);
      for (const line of result.target === undefined ? [] : describeTarget(result.target)) {
        context.print(line);
      }
      warnAll(context, result.warnings);
      context.emit({ command: 'edit', results: [result], failures: [] });
      if (argv.failEmpty === true && share === 0) {
        throw new MaskwrightError('NOTHING_SELECTED', 'nothing was selected', { hint: 'see the lines above' });
      }
    },
    { stdoutIsData: argv.out === STDIO },
  );
}
