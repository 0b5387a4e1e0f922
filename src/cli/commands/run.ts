import type { ArgumentsCamelCase } from 'yargs';
import { MaskwrightError } from '../../errors.js';
import type { RecipeResult } from '../../run/run-recipe.js';
import type { RecipeRun } from '../../recipe/plan-run.js';
import { type CommandContext, withContext } from '../context.js';
import { defineCommand } from '../define-command.js';
import { type BatchArguments, batchOptions } from '../options/batch.js';
import { commonOptions, type CommonArguments } from '../options/common.js';
import { runCommandBatch } from '../run-batch.js';
import { withModel } from '../with-models.js';

interface RunArguments extends CommonArguments, BatchArguments {
  readonly recipe?: string;
  readonly images?: readonly string[];
  readonly set?: readonly string[];
  readonly outdir?: string;
  readonly model?: string;
  readonly dryRun?: boolean;
  readonly schema?: boolean;
}

const group = 'Recipe:';

export const command = defineCommand<RunArguments>({
  command: 'run [recipe] [images..]',
  describe: 'a recipe: sources, shape and outputs in a file, over many images',
  builder: (argv) =>
    argv
      .positional('recipe', { type: 'string', describe: 'a YAML or JSON file; - for standard input' })
      .positional('images', {
        type: 'string',
        array: true,
        describe: "images instead of the recipe's own: files, folders, patterns",
      })
      .options({
        set: {
          type: 'string',
          array: true,
          nargs: 1,
          describe: "name=value: a value for one of the recipe's variables",
          group,
        },
        'dry-run': { type: 'boolean', describe: 'say what would be read and written, and do nothing', group },
        model: { type: 'string', describe: "a model for words instead of the recipe's own", group },
        outdir: { type: 'string', describe: "a folder for the results instead of the recipe's own", group },
        schema: { type: 'boolean', describe: 'print the JSON Schema of recipes, for editors', group },
        ...batchOptions,
        ...commonOptions,
      })
      .example('$0 run sharpen.yaml --set words=flower', 'a recipe with its own images, and a value for a variable')
      .example('$0 run crop.yaml photos -r --outdir cropped', 'over other images')
      .example('$0 run crop.yaml --dry-run', 'what would be done')
      .example('$0 mask photo.jpg -tm hair --print-recipe > hair.yaml', 'a recipe from a command line'),
  handler: run,
});

async function run(argv: ArgumentsCamelCase<RunArguments>): Promise<void> {
  if (argv.schema === true) {
    const { recipeJsonSchema } = await import('../../recipe/json-schema.js');
    process.stdout.write(`${JSON.stringify(recipeJsonSchema(), undefined, 2)}\n`);
    return;
  }
  if (argv.recipe === undefined) {
    throw new MaskwrightError('USAGE', 'no recipe was named', { hint: 'maskwright run recipe.yaml' });
  }
  const [{ readRecipe }, { planRun }] = await Promise.all([
    import('../../recipe/read-recipe.js'),
    import('../../recipe/plan-run.js'),
  ]);
  const document = await readRecipe(argv.recipe);
  const plan = await planRun(document, {
    set: Object.fromEntries((argv.set ?? []).map(parseAssignment)),
    names: argv.images,
    recursive: argv.recursive,
    filesFrom: argv.filesFrom,
    outdir: argv.outdir,
  });
  await withContext(argv, (context) => (argv.dryRun === true ? showPlan(plan, context) : runPlan(plan, argv, context)));
}

async function runPlan(
  plan: RecipeRun,
  argv: ArgumentsCamelCase<RunArguments>,
  context: CommandContext,
): Promise<void> {
  const [{ planRecipe, recipeJob }, { findShared }] = await Promise.all([
    import('../../run/run-recipe.js'),
    import('../../run/find-shared.js'),
  ]);
  const model = argv.model === undefined ? plan.model : { model: argv.model, offline: plan.model.offline };
  await withModel(model, context, async (models) => {
    const shared = await findShared(plan, {
      models,
      jobs: argv.jobs,
      signal: context.signal,
      onProgress: (done) => context.progress.show(`depth ${done} of ${plan.inputs.length}`),
    });
    await runCommandBatch(argv, context, {
      command: 'run',
      inputs: plan.inputs,
      outdir: plan.outdir,
      plan: (input, index) => {
        const { recipe, naming } = plan.at(index);
        return { ...planRecipe(input.path, recipe, naming), options: { recipe, model, shared: [...shared] } };
      },
      job: (input, index) => {
        const { recipe, naming } = plan.at(index);
        return recipeJob(input.path, input.path, recipe, {
          models,
          naming,
          shared,
          recipeFiles: [argv.recipe, plan.table].filter((path) => path !== undefined),
          provenance: { command: 'run', recipe: argv.recipe },
          signal: context.signal,
        });
      },
      written: ({ files }) => files.map(({ path }) => path),
      describe: describeResult,
      warnings: ({ warnings }) => warnings,
    });
  });
}

async function showPlan(plan: RecipeRun, context: CommandContext): Promise<void> {
  const { planRecipe } = await import('../../run/run-recipe.js');
  const { assertDistinctOutputs } = await import('../../io/files/output-names.js');
  const plans = plan.inputs.map((input, index) => {
    const { recipe, naming } = plan.at(index);
    return planRecipe(input.path, recipe, naming);
  });
  assertDistinctOutputs(plans);
  for (const { input, reads, writes } of plans) {
    context.print(input);
    for (const path of reads.slice(1)) {
      context.print(`  with ${path}`);
    }
    for (const path of writes) {
      context.print(`  -> ${path}`);
    }
    context.emitLine({ command: 'run', dryRun: true, input, reads, writes });
  }
  context.print(`${plans.length} ${plans.length === 1 ? 'image' : 'images'}; nothing was done`);
  context.emit({ command: 'run', dryRun: true, model: plan.model, plans });
}

function describeResult({ input, share, files }: RecipeResult): string[] {
  const selected = share === undefined ? '' : `  ${(share * 100).toFixed(2)} % selected`;
  return [`${input}${selected}`, ...files.map(({ path }) => `  ${path}`)];
}

function parseAssignment(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) {
    throw new MaskwrightError('USAGE', `--set ${text} is not name=value`, { hint: 'for example --set words=hair' });
  }
  return [text.slice(0, at), text.slice(at + 1)];
}
