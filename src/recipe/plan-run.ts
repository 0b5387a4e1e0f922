import { extname, join, resolve, sep } from 'node:path';
import { MaskwrightError } from '../errors.js';
import { openCompanions } from '../io/files/companion-file.js';
import { DEPTH_ENDINGS, expandInputs, type ExpandOptions, type InputFile } from '../io/files/expand-inputs.js';
import { joinOutputPath } from '../io/files/output-path.js';
import { readInput } from '../io/files/read-input.js';
import { isRemote } from '../io/storage/storage-path.js';
import type { ModelChoice } from '../models/registry/model-choice.js';
import { stemOf } from '../io/files/output-names.js';
import { interpolate, type Variables } from './interpolate.js';
import { type CsvRow, parseCsv } from './parse-csv.js';
import { type RecipeDocument, resolvePath } from './recipe-document.js';
import { resolveRecipe, resolveSources } from './resolve-recipe.js';
import type { ImageNaming } from '../outputs/output.js';
import { planOutput } from '../outputs/outputs.js';
import type { Recipe } from './schema.js';
import { declaredVariables, imageVariables } from './variables.js';

export interface PlanRunOptions {
  /** Values of variables, which go before the recipe's own and a table's. */
  readonly set?: Variables | undefined;
  /** Images instead of the recipe's own; relative to here, not to the recipe. */
  readonly names?: readonly string[] | undefined;
  readonly recursive?: boolean | undefined;
  readonly filesFrom?: string | undefined;
  /** Folder for the results instead of the recipe's own. */
  readonly outdir?: string | undefined;
}

/** A recipe with the images it is to be run on, every one of them checked. */
export interface RecipeRun {
  readonly inputs: readonly InputFile[];
  readonly model: ModelChoice;
  readonly outdir: string;
  /** The table that names the images, where there is one. */
  readonly table: string | undefined;
  /** Its rows, in the order of the inputs. */
  readonly rows?: readonly Variables[] | undefined;
  /** What the user should know of the images that were found: folders that were not searched. */
  readonly warnings: readonly string[];
  /** The recipe for one of the inputs, and the names of its files. */
  readonly at: (index: number) => { readonly recipe: Recipe; readonly naming: ImageNaming };
}

/**
 * Finds the images of a recipe and checks the recipe for each of them; none is read.
 * Throws `RECIPE_INVALID`, `USAGE` where no image is named, and what `expandInputs` throws.
 */
export async function planRun(document: RecipeDocument, options: PlanRunOptions = {}): Promise<RecipeRun> {
  const { set = {} } = options;
  const rows = await readTable(document, set);
  const variables = declaredVariables(document, set, Object.keys(rows?.[0] ?? {}));
  const named = (options.names?.length ?? 0) > 0 || options.filesFrom !== undefined;
  if (rows !== undefined && named) {
    throw new MaskwrightError('USAGE', `${document.name} has a table that names the images`, {
      hint: 'name none, or take `table` out of the recipe',
    });
  }
  // Any image will do to check what is the same for all.
  const sample = resolveRecipe(document, {
    ...variables,
    ...rows?.[0],
    ...set,
    ...imageVariables({ path: 'image' }, 0, { count: 1, recipeFolder: document.folder }),
  });
  const outdir = options.outdir ?? sample.outdir;
  const warnings: string[] = [];
  const found =
    rows === undefined ? await findInputs(document, sample, outdir, options, warnings) : inputsOfRows(document, rows);
  const plan = (inputs: readonly InputFile[]): Promise<RecipeRun['at']> =>
    planPlaced(document, inputs.length, (index) => placeInput({ inputs, rows }, index), options);
  const planned = await plan(found);
  const inputs = withoutResults(found, outdir, planned);
  const at = inputs.length === found.length ? planned : await plan(inputs);
  const model = modelOf(sample);
  // Without a placeholder in it, the model is the same for all, and what else is wrong is found where an image is planned.
  const { model: m, revision, dtype, device, offline } = (document.data ?? {}) as Record<string, unknown>;
  const varies = JSON.stringify([m, revision, dtype, device, offline]).includes('{');
  for (const index of varies ? inputs.keys() : []) {
    if (JSON.stringify(modelOf(at(index).recipe)) !== JSON.stringify(model)) {
      throw new MaskwrightError(
        'RECIPE_INVALID',
        `${document.name} asks for a model that differs from image to image`,
        {
          hint: 'use one model a recipe; --set can choose it',
        },
      );
    }
  }
  return { inputs, model, outdir, table: tablePath(document, set), rows, warnings, at };
}

const KEPT_RECIPES = 1000;

/** An image among all of a run, wherever it is worked on. */
export interface PlacedInput extends InputFile {
  /** Its place among all, from 0, and their number: for `{index}`. */
  readonly index: number;
  readonly count: number;
  /** Its row in the table of the recipe. */
  readonly row?: Variables | undefined;
}

/** An input of a run, with its place. It is made when it is asked for: a run may have a hundred thousand. */
export function placeInput({ inputs, rows }: Pick<RecipeRun, 'inputs' | 'rows'>, index: number): PlacedInput {
  const { path, folder, relativePath, version } = inputs[index]!;
  return { path, folder, relativePath, version, index, count: inputs.length, row: rows?.[index] };
}

/** The recipe for each of some images of a run, and the names of its files. Throws `RECIPE_INVALID`, `INPUT_NOT_FOUND`. */
export async function planImages(
  document: RecipeDocument,
  inputs: readonly PlacedInput[],
  options: Pick<PlanRunOptions, 'set' | 'outdir'> = {},
): Promise<RecipeRun['at']> {
  return planPlaced(document, inputs.length, (index) => inputs[index]!, options);
}

async function planPlaced(
  document: RecipeDocument,
  length: number,
  inputAt: (index: number) => PlacedInput,
  { set = {}, outdir }: Pick<PlanRunOptions, 'set' | 'outdir'>,
): Promise<RecipeRun['at']> {
  const variables = declaredVariables(document, set, Object.keys((length > 0 ? inputAt(0).row : undefined) ?? {}));
  // Recipes are asked for several times; those of a hundred thousand images would fill the memory.
  const kept = new Map<number, Recipe>();
  const variablesOf = (index: number): Variables => {
    const { index: place, count, row, path } = inputAt(index);
    const own = imageVariables({ path }, place, { count, recipeFolder: document.folder });
    return { ...variables, ...row, ...set, ...own };
  };
  const recipeOf = (index: number): Recipe => {
    const known = kept.get(index);
    if (known !== undefined) {
      return known;
    }
    const recipe = resolveRecipe(document, variablesOf(index));
    if (kept.size < KEPT_RECIPES) {
      kept.set(index, recipe);
    }
    return recipe;
  };
  const sourcesOf = (index: number): Recipe['sources'] =>
    index === 0 ? recipeOf(index).sources : resolveSources(document, variablesOf(index));
  const maskFiles = await findMaskFiles(length, inputAt, sourcesOf);
  return (index) => {
    const input = inputAt(index);
    const resolved = recipeOf(index);
    const recipe = { ...resolved, sources: maskFiles(index, resolved.sources) };
    const own = outdir ?? recipe.outdir;
    const naming = {
      outdir: joinOutputPath(own, input.folder),
      root: own,
      stem: stemOf(input.path),
      sources: recipe.sources,
    };
    return { recipe, naming };
  };
}

function modelOf({ model, revision, dtype, device, runtime, offline }: Recipe): ModelChoice {
  return { model, revision, dtype, device, runtime, offline };
}

async function findInputs(
  { name, folder }: RecipeDocument,
  recipe: Recipe,
  outdir: string,
  options: PlanRunOptions,
  warnings: string[],
): Promise<InputFile[]> {
  const { names, filesFrom } = options;
  const recursive = options.recursive ?? recipe.recursive;
  const isDepth = readsDepthMaps(recipe);
  const endings = isDepth ? DEPTH_ENDINGS : undefined;
  const onSkipped = (searched: string, skipped: readonly string[]): void => {
    const more = skipped.length > 3 ? ` and ${skipped.length - 3} more` : '';
    const folders = skipped.slice(0, 3).join(', ') + more;
    warnings.push(`images in folders inside ${searched} are skipped (${folders}): --recursive takes them too`);
  };
  const expand = async (paths: readonly string[], more: ExpandOptions): Promise<InputFile[]> => {
    const files = await expandInputs(paths, { recursive, endings, exclude: outdir, onSkipped, ...more });
    return isDepth ? withoutDerived(files, paths) : files;
  };
  if ((names?.length ?? 0) > 0 || filesFrom !== undefined) {
    return expand(names ?? [], { filesFrom });
  }
  if (recipe.inputs === undefined && recipe.filesFrom === undefined) {
    throw new MaskwrightError('USAGE', `${name} names no images`, {
      hint: 'name them on the command line, or under `inputs` or `table` in the recipe',
    });
  }
  return expand(
    [recipe.inputs ?? []].flat().map((path) => resolvePath(folder, path)),
    { filesFrom: recipe.filesFrom && resolvePath(folder, recipe.filesFrom) },
  );
}

/**
 * The sources of each input, with the file of the input in place of a folder of masks. A folder without such a file
 * stays: reading it fails for that input alone.
 */
async function findMaskFiles(
  length: number,
  inputAt: (index: number) => InputFile,
  sourcesOf: (index: number) => Recipe['sources'],
): Promise<(index: number, sources: Recipe['sources']) => Recipe['sources']> {
  const companion = openCompanions();
  // Only those that are not the path of the recipe itself, one after the other.
  const found = new Map<number, readonly (string | undefined)[]>();
  if (!sourcesOf(0).some(({ kind }) => kind === 'file')) {
    return (_, sources) => sources;
  }
  for (let index = 0; index < length; index++) {
    const files: (string | undefined)[] = [];
    for (const source of sourcesOf(index)) {
      if (source.kind === 'file') {
        const file = await companion(source.path, inputAt(index).path).catch(() => source.path);
        files.push(file === source.path ? undefined : file);
      }
    }
    if (files.some((file) => file !== undefined)) {
      found.set(index, files);
    }
  }
  return (index, sources) => {
    const files = found.get(index)?.values();
    return files === undefined
      ? sources
      : sources.map((source) =>
          source.kind === 'file' ? { ...source, path: files.next().value ?? source.path } : source,
        );
  };
}

/** Without what this run writes from another input, where results go to the folder that is searched. */
function withoutResults(inputs: readonly InputFile[], outdir: string, at: RecipeRun['at']): readonly InputFile[] {
  if (isRemote(outdir)) {
    return inputs;
  }
  const within = join(resolve(outdir), sep);
  // Named themselves, they stay, and are refused.
  const suspects = new Set(
    inputs.filter(({ path, relativePath }) => relativePath !== undefined && resolve(path).startsWith(within)),
  );
  if (suspects.size === 0) {
    return inputs;
  }
  const writes = new Set(
    inputs.flatMap((_, index) => {
      const { recipe, naming } = at(index);
      return recipe.outputs.flatMap((output) => planOutput(output, naming)).map(({ path }) => resolve(path));
    }),
  );
  return inputs.filter((input) => !suspects.has(input) || !writes.has(resolve(input.path)));
}

/** What `depth` writes into the folder of a map. */
const DERIVED_MAP = /^(.+)\.(?:depth|mask|regions|histogram|test)\.png$/i;

/** Without the images that an earlier run derived from another input, unless they are named themselves. */
function withoutDerived(files: readonly InputFile[], named: readonly string[]): InputFile[] {
  const stemPath = (path: string): string => path.slice(0, path.length - extname(path).length);
  const maps = new Set(files.map(({ path }) => stemPath(path)));
  return files.filter(({ path }) => {
    const [, map] = DERIVED_MAP.exec(path) ?? [];
    return map === undefined || !maps.has(map) || named.includes(path);
  });
}

/** Whether the inputs are depth maps: no mask is found in them, and nothing but their depth is written. */
function readsDepthMaps({ sources, outputs }: Pick<Recipe, 'sources' | 'outputs'>): boolean {
  return sources.length === 0 && outputs.every(({ kind }) => kind === 'depth');
}

async function readTable(document: RecipeDocument, set: Variables): Promise<CsvRow[] | undefined> {
  const path = tablePath(document, set);
  if (path === undefined) {
    return undefined;
  }
  const rows = parseCsv(new TextDecoder().decode(await readInput(path)), path, 'file');
  if (rows.length === 0) {
    throw new MaskwrightError('RECIPE_INVALID', `${path} has no rows but its first, which names the columns`);
  }
  return rows;
}

function tablePath({ data, folder }: RecipeDocument, set: Variables): string | undefined {
  const { table } = (data ?? {}) as { table?: unknown };
  return typeof table === 'string' ? resolvePath(folder, String(interpolate(table, set, () => undefined))) : undefined;
}

function inputsOfRows({ folder }: RecipeDocument, rows: readonly CsvRow[]): InputFile[] {
  return rows.map(({ file }) => ({ path: resolvePath(folder, file!), folder: '' }));
}
