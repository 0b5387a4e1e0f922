import { literal } from '../../recipe/interpolate.js';
import type { RecipeInput } from '../../recipe/schema.js';
import type { ArgumentsOf, OptionTable } from '../command.js';
import { batchOptions } from './batch-options.js';
import { commonOptions } from './common-options.js';

/** Options of every command that is a recipe. */
export const recipeOptions = {
  ...batchOptions,
  'print-recipe': {
    type: 'boolean',
    describe: 'print this command line as a recipe for maskwright run, and do nothing',
    group: 'Reports:',
  },
  ...commonOptions,
} as const satisfies OptionTable;

export type RecipeArguments = ArgumentsOf<typeof recipeOptions>;

/** The fields of a recipe that name its images. */
export function inputFields(
  { recursive, filesFrom }: RecipeArguments,
  images: readonly string[] | undefined,
): Pick<RecipeInput, 'inputs' | 'recursive' | 'filesFrom'> {
  return {
    inputs: images === undefined || images.length === 0 ? undefined : images.map(literal),
    filesFrom: filesFrom === undefined ? undefined : literal(filesFrom),
    recursive,
  };
}

/** What changes how a recipe is run, and nothing of what it writes. */
export interface RunArguments extends RecipeArguments {
  readonly output?: string | undefined;
  readonly cache?: boolean | undefined;
  readonly failEmpty?: boolean | undefined;
}
