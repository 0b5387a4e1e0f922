import { dirname, isAbsolute } from 'node:path';
import { type Document, isMap, isNode, isPair, isScalar, LineCounter, parseDocument } from 'yaml';
import { MaskwrightError } from '../errors.js';
import { readInput, STDIO } from '../io/files/read-input.js';
import { joinPath } from '../io/storage/storage-path.js';
import { formatIssue, type RecipeIssue } from './format-issue.js';
import { interpolate, type Variables } from './interpolate.js';
import { type Recipe, recipeSchema } from './schema.js';

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

/** Reads a recipe. Throws what `readInput` throws, and `RECIPE_INVALID` where it is not YAML. */
export async function readRecipe(path: string): Promise<RecipeDocument> {
  const text = new TextDecoder().decode(await readInput(path));
  return parseRecipe(text, path === STDIO ? 'the recipe' : path, path === STDIO ? '.' : dirname(path));
}

/**
 * A recipe's text; `resolveModel` may refuse models that it names. Throws `RECIPE_INVALID` where it is not YAML, with
 * line and column.
 */
export function parseRecipe(
  text: string,
  name: string,
  folder: string,
  resolveModel?: (model: string) => string,
): RecipeDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const [error] = document.errors;
  if (error?.code === 'RESOURCE_EXHAUSTION') {
    throw tooDeep(name);
  }
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw new MaskwrightError('RECIPE_INVALID', `${name}:${line}:${col}: ${error.message}`, {
      hint: 'a recipe is YAML: `key: value` lines, lists with `- `, and the same indent for what belongs together',
    });
  }
  return {
    name,
    folder,
    data: toData(document, name),
    schema: schemaIn(folder, resolveModel),
    locate: (path, key) => locate(document, lines, path, key),
  };
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
function schemaIn(folder: string, resolveModel?: ResolveModel): ReturnType<typeof recipeSchema> {
  const kept = schemas.find((entry) => entry.folder === folder && entry.resolveModel === resolveModel);
  if (kept !== undefined) {
    return kept.schema;
  }
  const schema = recipeSchema((path) => resolvePath(folder, path), resolveModel);
  schemas.unshift({ folder, ...(resolveModel && { resolveModel }), schema });
  schemas.splice(KEPT_SCHEMAS);
  return schema;
}

/**
 * The recipe for one image: variables filled in, every field checked, paths resolved.
 * Throws `RECIPE_INVALID` with each issue's line and column.
 */
export function resolveRecipe(document: RecipeDocument, variables: Variables): Recipe {
  const issues: RecipeIssue[] = [];
  const { data } = document;
  const isTable = typeof data === 'object' && data !== null && !Array.isArray(data);
  // What tells the variables their values is not filled in itself.
  const { variables: declared, ...rest } = isTable ? (data as Record<string, unknown>) : {};
  const filled = isTable
    ? { ...(interpolate(rest, variables, (unknown) => issues.push(unknown)) as object), variables: declared }
    : data;
  const parsed = document.schema.safeParse(filled);
  if (!parsed.success) {
    // What is made of a placeholder that stands for nothing is wrong for no other reason.
    const unfilled = new Set(issues.map(({ path }) => path.join('.')));
    const reported = parsed.error.issues.filter((issue) => !unfilled.has(issue.path.join('.')));
    issues.push(...reported.flatMap((issue) => formatIssue(issue, filled)));
  }
  if (issues.length > 0 || !parsed.success) {
    throw invalid(document, issues);
  }
  return parsed.data;
}

/**
 * The sources of the recipe for one image: what is asked for of each of many images before the first one runs.
 * Throws as `resolveRecipe`.
 */
export function resolveSources(document: RecipeDocument, variables: Variables): Recipe['sources'] {
  const { sources } = document.data as { readonly sources?: unknown };
  let isFilled = true;
  const filled = interpolate(sources, variables, () => (isFilled = false), ['sources']);
  const parsed = document.schema.shape.sources.safeParse(filled);
  // What is wrong with them is said together with all else.
  return isFilled && parsed.success ? parsed.data : resolveRecipe(document, variables).sources;
}

/** `https://...`: two letters and more, since a drive of Windows has one. Joined to a folder it would lose a slash. */
const URI = /^[a-z][a-z0-9+.-]+:\/\//i;

/** A path in a recipe, as one that can be opened from here. `-` stays. */
export function resolvePath(folder: string, path: string): string {
  return path === STDIO || isAbsolute(path) || URI.test(path) ? path : joinPath(folder, path);
}

function invalid({ name, locate }: RecipeDocument, issues: readonly RecipeIssue[]): MaskwrightError {
  // Each problem is a line; lines that continue a message are indented, as the command line prints them.
  const indent = issues.length > 1 ? '    ' : '  ';
  const lines = issues.map(({ path, key, message, hint }) => {
    const { line, column } = locate?.(path, key) ?? { line: 0, column: 0 };
    const place = line === 0 ? name : `${name}:${line}:${column}`;
    return { line, column, text: `${place}: ${message}${hint === undefined ? '' : `\n${indent}${hint}`}` };
  });
  lines.sort((a, b) => a.line - b.line || a.column - b.column);
  // A program that passes data matches on the code of its one mistake.
  const [issue, ...others] = issues;
  const code = locate === undefined && others.length === 0 ? issue?.code : undefined;
  return new MaskwrightError(code ?? 'RECIPE_INVALID', lines.map(({ text }) => text).join('\n  '));
}

function toData(document: Document, name: string): unknown {
  let data: unknown;
  try {
    // Aliases are counted, so that a few lines cannot become gigabytes.
    data = document.toJS({ maxAliasCount: 50 });
  } catch (error) {
    throw error instanceof RangeError
      ? tooDeep(name)
      : new MaskwrightError('RECIPE_INVALID', `${name}: ${(error as Error).message}`, { cause: error });
  }
  return assertShallow(data, name);
}

/** Levels of lists and tables in one another; a recipe has six. */
const DEEPEST = 32;

/** All that follows calls itself for each level. */
function assertShallow(data: unknown, name: string): unknown {
  let level = [data];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) {
      throw tooDeep(name);
    }
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
  }
  return data;
}

function tooDeep(name: string): MaskwrightError {
  return new MaskwrightError('RECIPE_INVALID', `${name}: lists and tables stand in one another over ${DEEPEST} deep`, {
    hint: 'maskwright run --schema tells what a recipe may hold',
  });
}

function locate(
  document: Document,
  lines: LineCounter,
  path: readonly (string | number)[],
  key: string | undefined,
): { line: number; column: number } {
  // What is missing has no place of its own: the nearest thing around it has.
  for (let depth = path.length; depth >= 0; depth--) {
    const node = document.getIn(path.slice(0, depth), true);
    const parent = depth > 0 ? document.getIn(path.slice(0, depth - 1), true) : undefined;
    const named = depth === path.length && key !== undefined ? keyIn(node, key) : undefined;
    const offset = named ?? (isNode(node) ? node.range?.[0] : undefined) ?? keyIn(parent, String(path[depth - 1]));
    if (offset !== undefined) {
      const { line, col } = lines.linePos(offset);
      return { line, column: col };
    }
  }
  return { line: 1, column: 1 };
}

function keyIn(node: unknown, key: string): number | undefined {
  if (!isMap(node)) {
    return undefined;
  }
  const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === key);
  return isNode(pair?.key) ? pair.key.range?.[0] : undefined;
}
