import { basename, dirname, isAbsolute, relative, resolve } from 'node:path';
import { MaskwrightError } from '../errors.js';
import type { InputFile } from '../io/files/expand-inputs.js';
import { STDIO } from '../io/files/read-input.js';
import { absolutePath, isRemote } from '../io/storage/storage-path.js';
import { nearest } from '../closest-match.js';
import { stemOf } from '../io/files/output-names.js';
import type { Variables } from './interpolate.js';
import type { RecipeDocument } from './recipe-document.js';

/** The variables of every image. */
export const BUILT_IN = ['stem', 'parent', 'folder', 'index', 'path'] as const;

/**
 * The variables of an image: `{stem}`, `{parent}` (the name of its folder), `{folder}` (that folder, as the recipe
 * would name it), `{index}` (from 1) and `{path}`.
 */
export function imageVariables(
  input: Pick<InputFile, 'path'>,
  index: number,
  { count = 0, recipeFolder = '.' }: { readonly count?: number; readonly recipeFolder?: string } = {},
): Variables {
  const folder = input.path === STDIO ? '.' : dirname(input.path);
  return {
    stem: stemOf(input.path),
    parent: basename(dirname(resolve(input.path))),
    folder:
      isAbsolute(folder) || isRemote(folder) || isRemote(recipeFolder) ? folder : relative(recipeFolder, folder) || '.',
    index: String(index + 1).padStart(String(count).length, '0'),
    path: input.path === STDIO ? STDIO : absolutePath(input.path),
  };
}

/**
 * The variables that a recipe declares, with the values given to them.
 * Throws `RECIPE_INVALID` for a value given to a name that is not declared, or for one that has to be given;
 * names of `columns` count as declared.
 */
export function declaredVariables(
  { data, name }: RecipeDocument,
  given: Variables,
  columns: readonly string[] = [],
): Variables {
  const declared = (data as { variables?: unknown } | null)?.variables;
  const values = new Map<string, unknown>(
    typeof declared === 'object' && declared !== null && !Array.isArray(declared) ? Object.entries(declared) : [],
  );
  for (const taken of [...values.keys(), ...columns].filter((key) => BUILT_IN.some((own) => own === key))) {
    throw new MaskwrightError('RECIPE_INVALID', `${name}: {${taken}} is the image's own, and cannot be a variable`, {
      hint: 'give the variable another name',
    });
  }
  for (const key of Object.keys(given)) {
    if (!values.has(key) && !columns.includes(key)) {
      const known = [...values.keys(), ...columns];
      const near = nearest(key, known);
      throw new MaskwrightError('RECIPE_INVALID', `${name} has no variable ${key}`, {
        hint: near === undefined ? `it has ${known.join(', ') || 'none'}` : `did you mean ${near}?`,
      });
    }
    values.set(key, given[key]);
  }
  const missing = [...values].find(([key, value]) => value === null && !columns.includes(key));
  if (missing !== undefined) {
    throw new MaskwrightError('RECIPE_INVALID', `${name} needs a value for ${missing[0]}`, {
      hint: `--set ${missing[0]}=...`,
    });
  }
  return Object.fromEntries(
    [...values].filter(([, value]) => value !== null).map(([key, value]) => [key, String(value)]),
  );
}
