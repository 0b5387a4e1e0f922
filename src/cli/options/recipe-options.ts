import { MaskwrightError } from '../../errors.js';
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

/** Values for the variables of a recipe. */
export const setOption = {
  set: {
    type: 'string',
    array: true,
    nargs: 1,
    describe: "name=value: a value for one of the recipe's variables",
    group: 'Recipe:',
  },
} as const satisfies OptionTable;

/** The values of `--set`. Throws `USAGE` for one that is not `name=value`. */
export function parseAssignments(texts: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(texts.map(parseAssignment));
}

function parseAssignment(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) {
    throw new MaskwrightError('USAGE', `--set ${text} is not name=value`, { hint: 'for example --set prompt=hair' });
  }
  return [text.slice(0, at), text.slice(at + 1)];
}
