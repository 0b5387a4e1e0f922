import { dirname } from 'node:path';
import { type Document, isMap, isNode, isPair, isScalar, LineCounter, parseDocument } from 'yaml';
import { MaskwrightError } from '../errors.js';
import { readInput, STDIO } from '../io/files/read-input.js';
import { assertShallow, type RecipeDocument, schemaIn, tooDeep } from './recipe-document.js';

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
