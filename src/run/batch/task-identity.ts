import { createHash } from 'node:crypto';
import { STDIO } from '../../io/files/read-input.js';
import { versionOf } from '../../io/storage/storage-of.js';
import type { StoredMetadata } from '../../io/storage/storage.js';
import type { ModelChoice } from '../../models/registry/model-choice.js';
import type { Recipe } from '../../recipe/schema.js';
import { VERSION } from '../../version.js';

/** What decides about the files of an image besides its recipe. */
export interface TaskContext {
  readonly model?: ModelChoice | undefined;
  /** What all images of the run share. */
  readonly shared?: ReadonlyMap<number, unknown> | undefined;
}

/**
 * What is stored with the results of an image: the hash of its recipe, the version of its input and of the program, and
 * of the other files that it was made from. The same metadata means the same bytes.
 *
 * @param reads every file that the results are made from, the input first
 * @param versions the versions of those that were read already
 */
export async function identifyTask(
  recipe: Recipe,
  reads: readonly string[],
  context: TaskContext,
  versions: ReadonlyMap<string, string> = new Map(),
): Promise<StoredMetadata> {
  const version = async (path: string): Promise<string> =>
    path === STDIO ? STDIO : (versions.get(path) ?? (await versionOf(path)) ?? '');
  const [input = '', ...others] = await Promise.all(reads.map(version));
  return {
    'maskwright-version': VERSION,
    'maskwright-recipe': hashRecipe(recipe, context),
    'maskwright-input': input,
    ...(others.length === 0 ? {} : { 'maskwright-files': hash(others) }),
  };
}

/** SHA-256 of what a recipe makes: the images that it names and the places that it writes to are left out. */
export function hashRecipe(recipe: Recipe, { model, shared = new Map() }: TaskContext): string {
  const {
    inputs: _inputs,
    filesFrom: _filesFrom,
    recursive: _recursive,
    table: _table,
    variables: _variables,
    about: _about,
    outdir: _outdir,
    offline: _offline,
    outputs,
    ...rest
  } = recipe;
  const made = outputs.map((output) => ({ ...output, name: undefined, outdir: undefined, force: undefined }));
  return hash([{ ...rest, ...model, offline: undefined }, made, [...shared]]);
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
