import { MaskwrightError } from '../errors.js';
import { formatIssue, type RecipeIssue } from './format-issue.js';
import { interpolate, type Variables } from './interpolate.js';
import type { RecipeDocument } from './recipe-document.js';
import type { Recipe } from './schema.js';

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
