import { createInterface } from 'node:readline';
import { EXIT_CODES, MaskwrightError } from '../../errors.js';
import { NAMING_DEFAULTS } from '../../io/files/output-names.js';
import type { ArgumentsOf, CommandBody, OptionTable } from '../command.js';
import { withContext } from '../context.js';
import { batchOptions } from '../options/batch-options.js';
import { commonOptions } from '../options/common-options.js';
import { detectionOptions } from '../options/detection-options.js';
import { runtimeOfEnvironment } from '../options/model-options.js';
import { outputOptions } from '../options/output-options.js';
import { parseAssignments, setOption } from '../options/recipe-options.js';

const group = 'Recipe:';

const options = {
  stdio: {
    type: 'boolean',
    describe: 'read a JSON object a line from standard input, and print one a line as each image is done',
    group,
    basic: true,
  },
  ...setOption,
  model: { type: 'string', requiresArg: true, describe: "a model for prompts instead of the recipe's own", group },
  'output-dir': {
    ...outputOptions['output-dir'],
    fallback: `that of the recipe, else ${NAMING_DEFAULTS.outdir}`,
    group,
  },
  concurrency: batchOptions.concurrency,
  resume: { ...batchOptions.resume, describe: 'skip images whose results in S3 were made of the same' },
  cache: detectionOptions.cache,
  quiet: commonOptions.quiet,
  verbose: commonOptions.verbose,
} as const satisfies OptionTable;

const positionals = { recipe: { type: 'string', describe: 'a YAML or JSON file' } } as const;

type WorkArguments = ArgumentsOf<typeof options & typeof positionals>;

export const command: CommandBody = {
  positionals,
  options,
  examples: [
    ['work --stdio recipe.yaml', '{"id": 1, "input": "photos/a.png"} in, {"id": 1, "files": [...]} out'],
    ['work --stdio recipe.yaml --output-dir s3://bucket/masks', 'results in S3'],
  ],
  run,
};

async function run(argv: WorkArguments): Promise<void> {
  if (argv.stdio !== true) {
    throw new MaskwrightError('USAGE', 'work reads its images from standard input, which --stdio says', {
      hint: 'maskwright work --stdio recipe.yaml; or maskwright queue work, for a queue',
    });
  }
  const { recipe } = argv;
  if (recipe === undefined || recipe === '-') {
    throw new MaskwrightError('USAGE', 'no recipe was named', { hint: 'maskwright work --stdio recipe.yaml' });
  }
  const [{ readRecipe }, { serveLines }] = await Promise.all([
    import('../../recipe/read-recipe.js'),
    import('../../run/queue/serve-lines.js'),
  ]);
  const document = await readRecipe(recipe);
  await withContext({ ...argv, jsonLines: true }, async ({ emitLine, warn, signal }) => {
    const lines = createInterface({ input: process.stdin, crlfDelay: Infinity });
    const { model, outputDir: outdir, concurrency, resume, cache } = argv;
    const choice = { document, set: parseAssignments(argv.set), outdir, model };
    const outcomes = serveLines(lines, choice, {
      concurrency,
      resume,
      cache,
      runtime: runtimeOfEnvironment(),
      signal,
      protect: [recipe],
    });
    for await (const { result, error, ...named } of outcomes) {
      if (error !== undefined) {
        const { code, message, hint } = error;
        emitLine({ ...named, error: { code, message, hint } });
        process.exitCode = EXIT_CODES.input;
      } else {
        emitLine(result === undefined ? { ...named, skipped: true } : { ...named, ...result });
        for (const warning of result?.warnings ?? []) {
          warn(warning);
        }
      }
    }
  });
}
