import type { RecipeInput } from '../recipe/schema.js';
import type { CommandBody } from './command.js';
import { startSegmenter } from './run/start-segmenter.js';
import type { RunArguments } from './options/recipe-options.js';

/** A command that is a recipe: a table of options, and what a command line with them says as a recipe. */
export interface RecipeCommand<Arguments> extends Omit<CommandBody, 'run'> {
  readonly toRecipe: (argv: Arguments) => RecipeInput | Promise<RecipeInput>;
}

/** Makes a command of a recipe command: `--print-recipe` prints the recipe, and without it the recipe is run. */
export function defineRecipeCommand<Arguments>({ toRecipe, ...command }: RecipeCommand<Arguments>): CommandBody {
  return {
    ...command,
    run: async (argv: Arguments & RunArguments, name: string) => {
      const recipe = await toRecipe(argv);
      if (argv.printRecipe === true) {
        const { printRecipe } = await import('../recipe/print-recipe.js');
        process.stdout.write(printRecipe(recipe));
        return;
      }
      const started = await startSegmenter(recipe, argv.cache);
      try {
        // Loaded here, so that help and completion load none of it.
        const [{ recipeFromData }, { runDocument }] = await Promise.all([
          import('../recipe/recipe-document.js'),
          import('./run/run-document.js'),
        ]);
        // Through text and back, so that what is run is what would be printed.
        const document = recipeFromData(JSON.parse(JSON.stringify(recipe)));
        await runDocument(document, argv, { command: name, started });
      } finally {
        await started?.dispose();
      }
    },
  };
}
