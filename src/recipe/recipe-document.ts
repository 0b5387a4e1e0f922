import { isAbsolute } from 'node:path';
import { MaskwrightError } from '../errors.js';
import { STDIO } from '../io/files/read-input.js';
import { joinPath } from '../io/storage/storage-path.js';
import { recipeSchema } from './schema.js';

/** A recipe as it is written: placeholders still in it, nothing checked but that it is YAML. */
export interface RecipeDocument {
  /** How messages name it. */
  readonly name: string;
  /** What relative paths in it are relative to. */
  readonly folder: string;
  readonly data: unknown;
  /** Resolves paths from the recipe's folder. */
  readonly schema: ReturnType<typeof recipeSchema>;
  /** Line and column, from 1, of a value, or of a key in it; undefined where there is no text. */
  readonly locate?: (path: readonly (string | number)[], key?: string) => { line: number; column: number };
}

/** A recipe that is data already; relative paths in it are relative to `folder`. */
export function recipeFromData(data: unknown, folder = '.'): RecipeDocument {
  return {
    name: 'the recipe',
    folder,
    data: assertShallow(data, 'the recipe'),
    schema: schemaIn(folder),
  };
}

type ResolveModel = (model: string) => string;

/** The schemas used last: to make one and parse with it for the first time takes longer than work on a small image. */
const schemas: { folder: string; resolveModel?: ResolveModel; schema: ReturnType<typeof recipeSchema> }[] = [];
const KEPT_SCHEMAS = 8;

/** The schema of recipes whose relative paths are relative to `folder`. */
export function schemaIn(folder: string, resolveModel?: ResolveModel): ReturnType<typeof recipeSchema> {
  const kept = schemas.find((entry) => entry.folder === folder && entry.resolveModel === resolveModel);
  if (kept !== undefined) {
    return kept.schema;
  }
  const schema = recipeSchema((path) => resolvePath(folder, path), resolveModel);
  schemas.unshift({ folder, ...(resolveModel && { resolveModel }), schema });
  schemas.splice(KEPT_SCHEMAS);
  return schema;
}

/** `https://...`: two letters and more, since a drive of Windows has one. Joined to a folder it would lose a slash. */
const URI = /^[a-z][a-z0-9+.-]+:\/\//i;

/** A path in a recipe, as one that can be opened from here. `-` stays. */
export function resolvePath(folder: string, path: string): string {
  return path === STDIO || isAbsolute(path) || URI.test(path) ? path : joinPath(folder, path);
}

/** Levels of lists and tables in one another; a recipe has six. */
const DEEPEST = 32;

/** All that follows calls itself for each level. */
export function assertShallow(data: unknown, name: string): unknown {
  let level = [data];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) {
      throw tooDeep(name);
    }
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
  }
  return data;
}

export function tooDeep(name: string): MaskwrightError {
  return new MaskwrightError('RECIPE_INVALID', `${name}: lists and tables stand in one another over ${DEEPEST} deep`, {
    hint: 'maskwright run --schema tells what a recipe may hold',
  });
}
