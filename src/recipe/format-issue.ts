import type { z } from 'zod';
import { nearest } from '../closest-match.js';
import type { ErrorCode } from '../errors.js';
import { recipeKeys } from './json-schema.js';

/** What is wrong in a recipe, and where. */
export interface RecipeIssue {
  readonly path: readonly (string | number)[];
  /** A key in the value at `path` that the issue is about. */
  readonly key?: string;
  readonly message: string;
  readonly hint?: string | undefined;
  /** The error that a value was refused with, where it has a code. */
  readonly code?: ErrorCode | undefined;
}

type Issue = z.core.$ZodIssue;

/** An issue of the schema in words, with what to write instead. */
export function formatIssue(issue: Issue, data: unknown): RecipeIssue[] {
  const path = issue.path as (string | number)[];
  const given = valueAt(data, path);
  const field = nameOf(path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => {
        const near = nearest(key, recipeKeys());
        const hint = near === undefined || near === key ? undefined : `did you mean ${near}?`;
        return { path, key, message: `${nameOf([...path, key])} is not known here`, hint };
      });
    case 'invalid_type':
      return given === undefined
        ? [{ path, message: `${field} is missing`, hint: `give it ${withArticle(issue.expected)}` }]
        : [{ path, message: `${field} is ${show(given)}, but must be ${withArticle(issue.expected)}` }];
    case 'invalid_value':
      return [{ path, message: `${field} is ${show(given)}`, hint: choicesHint(given, issue.values.map(String)) }];
    case 'invalid_union': {
      if ('discriminator' in issue && Array.isArray((issue as { options?: unknown }).options)) {
        const options = (issue as unknown as { options: unknown[] }).options.map(String);
        const what = given === undefined ? `${field} is missing` : `${field} is ${show(given)}`;
        return [{ path, message: what, hint: choicesHint(given, options) }];
      }
      return describeUnion(issue.errors, path, field, given, data);
    }
    case 'too_small':
    case 'too_big':
      return [{ path, message: `${field} ${describeLimit(issue, given)}` }];
    case 'custom':
      return [{ path, message: `${field}: ${issue.message}`, ...(issue.params as Pick<RecipeIssue, 'hint' | 'code'>) }];
    case 'invalid_key':
      return [{ path, message: `${field} is not a name: letters, digits and _ only` }];
    case 'invalid_element':
    case 'invalid_format':
    case 'not_multiple_of':
      return [{ path, message: `${field} is ${show(given)}: ${issue.message}` }];
  }
}

/** The branch that the given value belongs to has the telling issue; where there is none, all are named. */
function describeUnion(
  branches: readonly (readonly Issue[])[],
  path: (string | number)[],
  field: string,
  given: unknown,
  data: unknown,
): RecipeIssue[] {
  const right = branches.find((issues) => !issues.some(isOfAnotherKind));
  if (right !== undefined) {
    return right.flatMap((issue) => formatIssue({ ...issue, path: [...path, ...issue.path] }, data));
  }
  const kinds = branches.flat().filter(isOfAnotherKind).map(describeKind);
  const what = given === undefined ? 'is missing' : `is ${show(given)}`;
  return [{ path, message: `${field} ${what}, but must be ${[...new Set(kinds)].join(' or ')}` }];
}

/** The value as a whole is nothing that the branch takes. */
function isOfAnotherKind({ code, path }: Issue): boolean {
  return path.length === 0 && (code === 'invalid_type' || code === 'invalid_value');
}

function describeKind(issue: Issue): string {
  return issue.code === 'invalid_value'
    ? issue.values.join(' or ')
    : withArticle('expected' in issue ? String(issue.expected) : '');
}

function describeLimit(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>, given: unknown): string {
  const limit = String(issue.code === 'too_small' ? issue.minimum : issue.maximum);
  if (issue.origin === 'array') {
    return `needs at least ${limit} entry`;
  }
  if (issue.origin === 'string') {
    return 'is empty';
  }
  return `is ${show(given)}, but must be ${issue.code === 'too_small' ? 'at least' : 'at most'} ${limit}`;
}

function choicesHint(given: unknown, choices: readonly string[]): string {
  const near = typeof given === 'string' ? nearest(given, choices) : undefined;
  return `${near === undefined ? '' : `did you mean ${near}? `}known are ${choices.join(', ')}`;
}

function withArticle(type: string): string {
  const names: Readonly<Record<string, string>> = {
    string: 'text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    array: 'a list',
    object: 'a group of `key: value` lines',
    record: 'a group of `key: value` lines',
  };
  return names[type] ?? type;
}

/** `outputs[0].name`. */
function nameOf(path: readonly (string | number)[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
  return text === '' ? 'the recipe' : text.replace(/^\./, '');
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function valueAt(data: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<string | number, unknown>)[key] : undefined,
    data,
  );
}
