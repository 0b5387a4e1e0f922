import { MaskwrightError } from '../../errors.js';
import type { Runtime } from '../../models/registry/model-choice.js';
import type { Variables } from '../../recipe/interpolate.js';
import type { PlacedInput } from '../../recipe/plan-run.js';
import { runBatch } from '../batch.js';
import type { RecipeResult } from '../run-recipe.js';
import { openRecipe, type RecipeChoice } from './recipe-runner.js';

export interface ServeLinesOptions {
  readonly concurrency?: number | undefined;
  readonly resume?: boolean | undefined;
  readonly cache?: boolean | undefined;
  /** What runs the models where the recipe does not say. */
  readonly runtime?: Runtime | undefined;
  readonly protect?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What came of one line. */
export type LineOutcome = {
  /** As it was given. */
  readonly id?: unknown;
  readonly input?: string;
} & (
  | { readonly result: RecipeResult | undefined; readonly error?: undefined }
  | { readonly error: MaskwrightError; readonly result?: undefined }
);

interface Request extends PlacedInput {
  readonly id: unknown;
  readonly set: Variables;
}

/**
 * Runs a recipe on an image a line, as they come: `{"input": "a.png"}`, with `id`, `folder` (below the folder of the
 * results) and `set` (values of variables) where wanted. The recipe and its models are loaded once. A line that is wrong
 * and an image that fails are outcomes; what every image would meet is thrown.
 */
export async function* serveLines(
  lines: AsyncIterable<string>,
  choice: RecipeChoice,
  { concurrency, resume, cache, runtime, protect, signal }: ServeLinesOptions = {},
): AsyncGenerator<LineOutcome, void, undefined> {
  // A recipe whose variables all have values is wrong before the first line; another one waits for a line's values.
  let runner = hasOpenVariables(choice) ? undefined : openRecipe(choice, { runtime, signal });
  const work = async (line: string, index: number): Promise<LineOutcome> => {
    const request = parseLine(line, index);
    const named = { ...(request.id === undefined ? {} : { id: request.id }), input: request.path };
    try {
      const { id: _, set, ...input } = request;
      // A variable of a line goes before the recipe's own, as a column of a table does.
      runner ??= openRecipe(choice, { row: set, runtime, signal });
      const result = await runner.run({ ...input, row: set }, { resume, cache, protect, signal });
      return { ...named, result };
    } catch (error) {
      throw error instanceof MaskwrightError ? Object.assign(error, { named }) : error;
    }
  };
  try {
    for await (const outcome of runBatch(nonEmpty(lines), work, { concurrency, signal })) {
      if (outcome.kind === 'done') {
        yield outcome.result;
      } else {
        const { error } = outcome;
        yield { ...(error as { named?: Pick<LineOutcome, 'id' | 'input'> }).named, error };
      }
    }
  } finally {
    await runner?.close();
  }
}

/** Whether a variable of the recipe has no value yet. */
function hasOpenVariables({ document: { data }, set = {} }: RecipeChoice): boolean {
  const { variables } = (data ?? {}) as { variables?: unknown };
  return Object.entries(variables ?? {}).some(([name, value]) => value === null && !Object.hasOwn(set, name));
}

async function* nonEmpty(lines: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  for await (const line of lines) {
    if (line.trim() !== '') {
      yield line;
    }
  }
}

function parseLine(line: string, index: number): Request {
  const fail = (what: string): never => {
    throw new MaskwrightError('USAGE', `line ${index + 1} ${what}: ${JSON.stringify(line.slice(0, 80))}`, {
      hint: 'one JSON object a line, such as {"id": 1, "input": "photos/a.png"}',
    });
  };
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return fail('is not JSON');
  }
  const { id, input, folder = '', set = {} } = (value ?? {}) as Record<string, unknown>;
  if (typeof input !== 'string' || input === '' || input === '-') {
    return fail('names no input');
  }
  if (typeof folder !== 'string') {
    return fail('has a folder that is no text');
  }
  if (typeof set !== 'object' || set === null || Object.values(set).some((one) => typeof one === 'object')) {
    return fail('has a set that is no object of values');
  }
  const values = Object.entries(set).map(([name, one]): [string, string] => [name, String(one)]);
  return { id, path: input, folder, index, count: 0, set: Object.fromEntries(values) };
}
