import type { ArgumentsCamelCase } from 'yargs';
import { MaskwrightError } from '../../errors.js';
import type { InpaintResult } from '../../jobs/inpaint-job.js';
import { STDIO } from '../../io/read-input.js';
import { type CommandContext, withContext } from '../context.js';
import { defineCommand } from '../define-command.js';
import { withNetworks } from '../with-networks.js';
import { commonOptions, type CommonArguments } from '../options/common.js';
import { findOptions, sourceSettings, type FindArguments } from '../options/find.js';
import { modelOptions, type ModelArguments } from '../options/model.js';
import { integerInRange } from '../options/numbers.js';
import { shapeFrom, shapeOptions, type ShapeArguments } from '../options/shape.js';
import { combineOptions, type CombineArguments, sourceOptions, sourcesFrom, type SourceArguments } from '../options/source.js';

interface InpaintArguments
  extends CommonArguments, SourceArguments, CombineArguments, FindArguments, ModelArguments, ShapeArguments {
  readonly image?: string;
  readonly out: string;
  readonly original?: string;
  readonly holes?: string;
  readonly opacity: number;
  readonly saveMask?: string;
  readonly failEmpty?: boolean;
}

export const command = defineCommand<InpaintArguments>({
  command: 'inpaint [image]',
  describe: 'a picture ready to inpaint: the selected pixels transparent, every colour kept',
  builder: (argv) =>
    argv
      .positional('image', { type: 'string', describe: 'the picture; - for standard input' })
      .options({
        ...sourceOptions,
        ...combineOptions,
        original: { alias: 'I', type: 'string', describe: 'the untouched picture, with -M', group: 'What to find:' },
        holes: {
          alias: 'M',
          type: 'string',
          describe: 'an edited copy whose transparency counts; colours come from -I',
          group: 'What to find:',
        },
        ...findOptions,
        out: { alias: 'o', type: 'string', demandOption: true, describe: 'the picture to write; - for standard output', group: 'Output:' },
        opacity: {
          type: 'string',
          default: 0,
          coerce: integerInRange('--opacity', 0, 99),
          describe: 'percent of visibility left to the selected pixels, 0 to 99',
          group: 'Output:',
        },
        'save-mask': { type: 'string', describe: 'also write the mask, white = selected', group: 'Output:' },
        'fail-empty': { type: 'boolean', describe: 'exit with 6 when nothing is selected', group: 'Output:' },
        ...shapeOptions,
        ...modelOptions,
        ...commonOptions,
      })
      .example('$0 inpaint photo.jpg -tm hair -o ready.png', 'hair becomes transparent, its colours stay in the file')
      .example('$0 inpaint photo.png -m mask.png -o ready.png --feather 8', 'the holes come from a mask file')
      .example('$0 inpaint -I photo.png -M edited.png -o ready.png', 'colours of the one, transparency of the other')
      .example('cat a.png | $0 inpaint - -tm hair -o - > b.png', 'in a pipe'),
  handler: run,
});

async function run(argv: ArgumentsCamelCase<InpaintArguments>): Promise<void> {
  const { inpaintJob, joinJob } = await import('../../jobs/inpaint-job.js');
  const stdoutIsData = argv.out === STDIO;
  const finish = (context: CommandContext, result: InpaintResult): void => {
    context.print(
      `${result.output}  ${(result.share * 100).toFixed(2)} % of the picture is to be painted; every colour is kept`,
    );
    if (result.mask !== undefined) {
      context.print(`${result.mask}  the mask, white = paint`);
    }
    for (const warning of result.warnings) {
      context.warn(warning);
    }
    context.emit({ command: 'inpaint', ...result });
    if (result.share === 0 && argv.failEmpty === true) {
      throw new MaskwrightError('NOTHING_SELECTED', 'nothing was selected', { hint: 'see the lines above' });
    }
  };
  const { original, holes } = argv;
  if (original !== undefined || holes !== undefined) {
    if (original === undefined || holes === undefined || argv.image !== undefined) {
      throw new MaskwrightError('USAGE', '-I and -M go together, and without another picture', {
        hint: 'maskwright inpaint -I original.png -M edited.png -o ready.png',
      });
    }
    await withContext(
      argv,
      async (context) =>
        finish(context, await joinJob(original, { holes, output: argv.out, saveMask: argv.saveMask, story: { command: 'inpaint' } })),
      { stdoutIsData },
    );
    return;
  }
  const { image } = argv;
  const sources = sourcesFrom(argv);
  if (image === undefined || sources.length === 0) {
    throw new MaskwrightError('USAGE', image === undefined ? 'no picture was named' : 'nothing to select was named', {
      hint: 'maskwright inpaint photo.png -tm hair -o ready.png, or -m mask.png',
    });
  }
  const shape = shapeFrom(argv);
  await withContext(
    argv,
    (context) =>
      withNetworks(argv, context, async (networks) =>
        finish(
          context,
          await inpaintJob(image, {
            sources,
            settings: sourceSettings(argv, networks, context),
            combine: argv.combine,
            shape,
            opacity: argv.opacity,
            output: argv.out,
            saveMask: argv.saveMask,
            story: { command: 'inpaint' },
          }),
        ),
      ),
    { stdoutIsData },
  );
}
