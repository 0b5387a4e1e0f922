import { MaskwrightError } from '../../errors.js';
import { assertDistinctOutputs, NAMING_DEFAULTS } from '../../io/files/output-names.js';
import type { RecipeRun } from '../../recipe/plan-run.js';
import type { ArgumentsOf, CommandBody, OptionTable } from '../command.js';
import { type CommandContext, withContext } from '../context.js';
import { batchOptions } from '../options/batch-options.js';
import { commonOptions } from '../options/common-options.js';
import { detectionOptions } from '../options/detection-options.js';
import { failEmptyOption, outputOptions } from '../options/output-options.js';
import { parseAssignments, setOption } from '../options/recipe-options.js';

const group = 'Recipe:';

const options = {
  ...setOption,
  'dry-run': { type: 'boolean', describe: 'print what would be read and written, and do nothing', group },
  model: { type: 'string', requiresArg: true, describe: "a model for prompts instead of the recipe's own", group },
  'output-dir': {
    ...outputOptions['output-dir'],
    fallback: `that of the recipe, else ${NAMING_DEFAULTS.outdir}`,
    group,
  },
  schema: { type: 'boolean', describe: 'print the JSON Schema of recipes, for editors', group },
  cache: detectionOptions.cache,
  ...failEmptyOption,
  ...batchOptions,
  ...commonOptions,
} as const satisfies OptionTable;

const positionals = {
  recipe: { type: 'string', describe: 'a YAML or JSON file; - for standard input' },
  images: {
    type: 'string',
    array: true,
    describe: "images instead of the recipe's own: files, folders, patterns",
  },
} as const;

type RunArguments = ArgumentsOf<typeof options & typeof positionals>;

export const command: CommandBody = {
  positionals,
  options,
  examples: [
    ['run sharpen.yaml --set prompt=flower', 'a recipe with its own images, and a value for a variable'],
    ['run crop.yaml photos -r --output-dir cropped', 'over other images'],
    ['run crop.yaml --dry-run', 'what would be done'],
    ['mask photo.jpg -p hair --print-recipe > hair.yaml', 'a recipe from a command line'],
  ],
  run,
};

async function run(argv: RunArguments): Promise<void> {
  if (argv.schema === true) {
    const { recipeJsonSchema } = await import('../../recipe/json-schema.js');
    process.stdout.write(`${JSON.stringify(recipeJsonSchema(), undefined, 2)}\n`);
    return;
  }
  if (argv.recipe === undefined) {
    throw new MaskwrightError('USAGE', 'no recipe was named', { hint: 'maskwright run recipe.yaml' });
  }
  // Loaded here, so that help and completion load none of it.
  const [{ readRecipe }, { planRun }, { runDocument }] = await Promise.all([
    import('../../recipe/read-recipe.js'),
    import('../../recipe/plan-run.js'),
    import('../run/run-document.js'),
  ]);
  const document = await readRecipe(argv.recipe);
  const plan = {
    set: parseAssignments(argv.set),
    names: argv.images,
    recursive: argv.recursive,
    filesFrom: argv.filesFrom,
    outdir: argv.outputDir,
  };
  if (argv.dryRun === true) {
    const planned = await planRun(document, plan);
    await withContext(argv, (context) => showPlan(planned, context));
    return;
  }
  await runDocument(document, argv, { ...plan, command: 'run', model: argv.model, protect: [argv.recipe] });
}

async function showPlan(run: RecipeRun, context: CommandContext): Promise<void> {
  const { planRecipe } = await import('../../run/run-recipe.js');
  const plans = run.inputs.map(({ path }, index) => planRecipe({ input: path, ...run.at(index) }));
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
  context.emit({ command: 'run', dryRun: true, model: run.model, plans });
}
