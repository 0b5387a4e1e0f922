import { basename, dirname } from 'node:path';
import type { Options } from 'yargs';
import { type MaskOperations, MASK_OPERATION_DEFAULTS } from '../../engine/index.js';
import { expandInputs } from '../../io/files/expand-inputs.js';
import { STDIO } from '../../io/files/read-input.js';
import { NAMING_DEFAULTS } from '../../io/files/output-names.js';
import type { RecipeSource } from '../../recipe/schema.js';
import type { MaskSource } from '../../sources/sources.js';
import type { BatchArguments } from './batch.js';
import type { FindArguments } from './detect.js';
import type { ModelArguments } from './model.js';
import type { CombineArguments } from './source.js';

export interface RecipeArguments {
  readonly printRecipe?: boolean;
}

/** `--print-recipe`: the command line as a recipe. */
export const recipeOptions = {
  'print-recipe': {
    type: 'boolean',
    describe: 'print this command line as a recipe for maskwright run, and do nothing',
    group: 'Output:',
  },
} as const satisfies Record<string, Options>;

/** Folder and name of a recipe's output: of the one file that is named, or those of many. */
export function recipeName(argv: {
  readonly out?: string | undefined;
  readonly outdir?: string | undefined;
  readonly name: string;
}): { readonly outdir: string; readonly name: string } {
  const { out, outdir, name } = argv;
  return out === undefined || out === STDIO || outdir !== undefined
    ? { outdir: outdir ?? NAMING_DEFAULTS.outdir, name }
    : { outdir: dirname(out), name: basename(out) };
}

type Arguments = Partial<
  FindArguments & ModelArguments & CombineArguments & Pick<BatchArguments, 'recursive' | 'filesFrom'>
>;

/** Prints the recipe that does what a command line does: its common parts, and what it writes. */
export async function printAsRecipe(
  argv: Arguments,
  recipe: {
    readonly images: readonly string[] | undefined;
    readonly sources?: readonly MaskSource[];
    readonly shape?: MaskOperations;
    readonly outputs: RecipeSource['outputs'];
    readonly outdir: string;
  },
): Promise<void> {
  const { printRecipe, recipeSourceOf } = await import('../../recipe/print-recipe.js');
  const { filesFrom } = argv;
  const listed = filesFrom === undefined ? [] : (await expandInputs([], { filesFrom })).map(({ path }) => path);
  const inputs = [...(recipe.images ?? []), ...listed];
  const { model, revision, dtype, device, offline, fit, threshold, refine, detail, resizeMasks, combine } = argv;
  const shape = Object.entries(recipe.shape ?? {}).filter(
    ([key, value]) => value !== undefined && (MASK_OPERATION_DEFAULTS as Record<string, unknown>)[key] !== value,
  );
  process.stdout.write(
    printRecipe({
      model,
      revision,
      dtype,
      device,
      offline,
      inputs: inputs.length === 0 ? undefined : inputs,
      recursive: argv.recursive,
      sources: (recipe.sources ?? []).map(recipeSourceOf),
      threshold,
      fit,
      refine,
      detail,
      resizeMasks,
      combine,
      shape: shape.length === 0 ? undefined : Object.fromEntries(shape),
      outputs: recipe.outputs,
      outdir: recipe.outdir,
    }),
  );
}
