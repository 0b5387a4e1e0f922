import { existsSync } from 'node:fs';

/** Between a phrase and the threshold given behind it, where both travel in one argument. */
export const THRESHOLD_SEPARATOR = '\u001f';

/** Stands for `-` on its way through yargs, which takes a lone dash for an empty value. */
const LONE_DASH = '\u001e';

/** Options of several letters behind one dash, as the programs they come from spell them. */
const SINGLE_DASH_OPTIONS: Readonly<Record<string, string>> = {
  '-p': '--prompt',
  '-tm': '--prompt',
  '-itm': '--inverted-text-mask',
};

const PROMPT_OPTIONS = new Set([
  '--prompt',
  '--text',
  '--text-mask',
  '--text_mask',
  '--inverted-text-mask',
  '--inverted_text_mask',
  '--intersect',
  '--subtract',
]);

/** What options mean that are typed without a value. */
const BARE_OPTIONS: Readonly<Record<string, string>> = {
  '--refine': '--refine=fast',
  '--no-refine': '--refine=off',
  '--matte': '--matte=auto',
  '--trim': '--trim=1%',
  '--detail': '--detail=parts',
};

/** Of these, the ones that take a value. */
const OPTIONAL_VALUES = new Set(['--refine', '--matte', '--trim', '--detail']);

const COORDINATE_OPTIONS = new Set(['--point', '--box', '--wand']);
const COORDINATES = /^-[\d.]+%?,/;

/** A word that no image is called: without an ending, a folder or a wildcard. `-` is standard input. */
const NO_FILE = /^(?!-)[^./\\*?{[]+$|^tiles=|^\d+\.\d+%?$/;

const NUMBER = /^-?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

/**
 * Turns what people type into what yargs parses: `!mask` is the command `mask`, `-tm` is `--prompt`,
 * and a number behind a phrase (`-tm orange 0.4`) is that phrase's threshold. `restoreDashes` undoes what is
 * done to `-`.
 */
export function normalizeArguments(argv: readonly string[]): string[] {
  const out: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    let argument = argv[i]!;
    if (argument === '--') {
      // Names follow, which yargs would leave out, or take for options where they begin with a dash.
      return [...out, ...argv.slice(i + 1).map((name) => (name === '-' ? LONE_DASH : name.replace(/^-/, './-')))];
    }
    if (i === 0 && argument === '!mask') {
      argument = 'mask';
    }
    const [head, value] = splitAssignment(argument);
    const option = SINGLE_DASH_OPTIONS[head] ?? head;
    if (argument in BARE_OPTIONS) {
      const following = argv[i + 1];
      // Their values stand behind `=`, since what follows may be an image. What cannot be one is a value all the same.
      const isValue =
        OPTIONAL_VALUES.has(argument) && following !== undefined && NO_FILE.test(following) && !existsSync(following);
      out.push(isValue ? `${argument}=${argv[++i]!}` : BARE_OPTIONS[argument]!);
      continue;
    }
    // With a space, yargs takes it for the negation of an option `data`.
    if (argument === '--no-data' && argv[i + 1] !== undefined) {
      out.push(`--no-data=${argv[++i]!}`);
      continue;
    }
    // With a space, yargs takes coordinates that begin with a minus for an option.
    if (argv[i + 1] !== undefined && COORDINATE_OPTIONS.has(argument) && COORDINATES.test(argv[i + 1]!)) {
      out.push(`${argument}=${argv[++i]!}`);
      continue;
    }
    if (!PROMPT_OPTIONS.has(option)) {
      out.push(argument === '-' ? LONE_DASH : argument);
      continue;
    }
    const text = value ?? argv[++i];
    if (text === undefined) {
      out.push(option);
      continue;
    }
    const next = argv[i + 1];
    const hasThreshold = next !== undefined && NUMBER.test(next);
    if (hasThreshold) {
      i++;
    }
    // yargs takes one pair of quotes off: without these it would be the text's own, which mean something.
    out.push(`${option}="${hasThreshold ? `${text}${THRESHOLD_SEPARATOR}${next}` : text}"`);
  }
  return out;
}

/** The parsed arguments, in place, with `-` where it was typed. */
export function restoreDashes(parsed: Record<string, unknown>): void {
  const restore = (value: unknown): unknown => (value === LONE_DASH ? '-' : value);
  for (const [key, value] of Object.entries(parsed)) {
    parsed[key] = Array.isArray(value) ? value.map(restore) : restore(value);
  }
}

function splitAssignment(argument: string): [string, string | undefined] {
  const at = argument.startsWith('-') ? argument.indexOf('=') : -1;
  return at < 0 ? [argument, undefined] : [argument.slice(0, at), argument.slice(at + 1)];
}
