import { MaskwrightError } from '../../errors.js';
import { parseColor } from '../../engine/color/chroma-key.js';
import {
  addSplit,
  allocateLevels,
  findSplit,
  type GraySplit,
  type GraySplits,
  moveBorder,
  removeSplit,
  assertLevels,
  setFlag,
  splitOf,
  TOTAL_LEVELS,
  totalLevels,
} from '../../depth/gray/gray-splits.js';
import { histogramBars, histogramLines, makeHistogram } from '../../depth/histogram.js';
import { BACKGROUND_FROM, type DepthRange } from '../../depth/normalize-depth.js';
import { decide, type ShellState } from './state.js';
import { quoteWord, splitWords } from './split-words.js';

/** What a command asks to be done outside: files are written by whoever runs the shell. */
export type ShellEffect =
  /** The gray image and its companions; beside the map where no file is named. */
  | { readonly kind: 'write'; readonly file: string | undefined; readonly force: boolean }
  /** The splits in the colors of their flag `test`. */
  | { readonly kind: 'test'; readonly file: string | undefined; readonly force: boolean }
  /** The gray image, in a place for images that are only looked at. */
  | { readonly kind: 'preview' }
  | { readonly kind: 'save'; readonly file: string; readonly force: boolean }
  | { readonly kind: 'quit' };

export interface ShellReply {
  readonly state: ShellState;
  readonly lines: readonly string[];
  readonly effect?: ShellEffect;
}

interface ShellCommand {
  readonly name: string;
  readonly synonyms: readonly string[];
  /** What comes behind the name. */
  readonly usage: string;
  readonly describe: string;
  /** Fewest and most words behind the name. */
  readonly words: readonly [number, number];
  /** Which of the words name a split, for completion. */
  readonly takesSplit?: boolean;
  readonly run: (state: ShellState, words: readonly string[]) => ShellReply;
}

/** Columns of bars, where nobody says how wide the terminal is. */
const BAR_COLUMNS = 72;

export const SHELL_COMMANDS: readonly ShellCommand[] = [
  {
    name: 'show_splits',
    synonyms: ['show', 'splits', 'ls'],
    usage: '',
    describe: 'list the splits: where they begin and end, their levels and flags',
    words: [0, 0],
    run: (state) => ({ state, lines: showSplits(state.plan.splits) }),
  },
  {
    name: 'histogram',
    synonyms: ['histo'],
    usage: '[bars]',
    describe: 'how many pixels lie at which depths; bars: as an image',
    words: [0, 1],
    run: (state, [how]) => {
      if (how !== undefined && how !== 'bars') {
        throw usage('histogram is followed by nothing, or by: bars');
      }
      const histogram = makeHistogram(state.map.data, state.range);
      return { state, lines: how === 'bars' ? histogramBars(histogram, BAR_COLUMNS) : histogramLines(histogram) };
    },
  },
  {
    name: 'add',
    synonyms: ['split'],
    usage: '<depth> [name]',
    describe: 'begin a new split at a depth; it has no levels yet',
    words: [1, 2],
    run: (state, [at, name]) => {
      const { min, max } = state.range;
      const wanted = parseNumber(at!);
      // As the original does: outside the map, the nearest place inside it.
      const depth = wanted < min ? min + 0.01 : wanted > max ? max - 0.01 : wanted;
      const added = addSplit(state.plan.splits, depth);
      const index = added.findIndex(({ start }) => start === depth);
      const splits = name === undefined ? added : setFlag(added, index, 'label', name);
      const moved = depth === wanted ? '' : `, the nearest place to ${wanted} in the map`;
      return { state: decide(state, { splits }), lines: [`split ${index} begins at ${depth}${moved}`] };
    },
  },
  {
    name: 'move',
    synonyms: [],
    usage: '<from> <to>',
    describe: 'move the border between two splits; from: its depth, or the split that begins there',
    words: [2, 2],
    takesSplit: true,
    run: (state, [from, to]) => {
      const { splits } = state.plan;
      const border = borderOf(splits, from!);
      const moved = moveBorder(splits, border, parseNumber(to!));
      return { state: decide(state, { splits: moved }), lines: [`the border at ${border} is at ${to} now`] };
    },
  },
  {
    name: 'remove',
    synonyms: ['merge'],
    usage: '<split>',
    describe: 'merge a split, with its levels, into the one before it (the first: the one behind)',
    words: [1, 1],
    takesSplit: true,
    run: (state, [word]) => {
      const { splits } = state.plan;
      const index = findSplit(splits, word!);
      const levels = splits[index]!.levels;
      const heir = index === 0 ? 1 : index - 1;
      const merged = removeSplit(splits, index);
      const given = levels === 0 ? '' : `, with its ${levels} levels`;
      return {
        state: decide(state, { splits: merged }),
        lines: [`split ${index} is part of split ${heir} now${given}`],
      };
    },
  },
  {
    name: 'allocate',
    synonyms: ['levels'],
    usage: '<split> <levels>',
    describe: `give a split its number of gray levels; there are ${TOTAL_LEVELS}`,
    words: [2, 2],
    takesSplit: true,
    run: (state, [word, levels]) => {
      const index = findSplit(state.plan.splits, word!);
      const splits = allocateLevels(state.plan.splits, index, parseNumber(levels!));
      return { state: decide(state, { splits }), lines: totals(splits) };
    },
  },
  {
    name: 'totals',
    synonyms: ['total'],
    usage: '',
    describe: 'how many levels are given out, of how many',
    words: [0, 0],
    run: (state) => ({ state, lines: totals(state.plan.splits) }),
  },
  {
    name: 'compression',
    synonyms: ['compress'],
    usage: '[on|off]',
    describe: 'levels evenly over the depths that occur; without a word, the other way than now',
    words: [0, 1],
    run: (state, [word]) => {
      if (word !== undefined && word !== 'on' && word !== 'off') {
        throw usage('compression is followed by nothing, on, or off');
      }
      const compress = word === undefined ? !state.plan.compress : word === 'on';
      return { state: decide(state, { compress }), lines: [`compression is ${compress ? 'on' : 'off'}`] };
    },
  },
  {
    name: 'rename',
    synonyms: ['label', 'name'],
    usage: '<split> <name>',
    describe: 'name a split; the name stands for its number then',
    words: [2, 2],
    takesSplit: true,
    run: (state, [word, name]) => flagged(state, word!, 'label', name!),
  },
  {
    name: 'region',
    synonyms: [],
    usage: '<split> <number>',
    describe: 'number a split for .regions.png; -1 leaves it out',
    words: [2, 2],
    takesSplit: true,
    run: (state, [word, region]) => flagged(state, word!, 'region', region!),
  },
  {
    name: 'flag',
    synonyms: [],
    usage: '<split> [flag] [value]',
    describe: 'show or set a flag: label, region, test (a color for the test image), or your own',
    words: [1, 3],
    takesSplit: true,
    run: (state, [word, flag, value]) => {
      if (flag !== undefined && value !== undefined) {
        return flagged(state, word!, flag, value);
      }
      const index = findSplit(state.plan.splits, word!);
      const { flags } = state.plan.splits[index]!;
      if (flag === undefined) {
        return { state, lines: [`${numberOf(index)}: ${describeFlags(flags)}`] };
      }
      const set = flags[flag.toLowerCase()];
      return {
        state,
        lines: [`${numberOf(index)}: ${flag.toLowerCase()} ${set === undefined ? 'is not set' : `= ${set}`}`],
      };
    },
  },
  {
    name: 'clearflag',
    synonyms: ['unflag'],
    usage: '<split> <flag>',
    describe: 'take a flag away',
    words: [2, 2],
    takesSplit: true,
    run: (state, [word, flag]) => {
      const index = findSplit(state.plan.splits, word!);
      const key = flag!.toLowerCase();
      if (state.plan.splits[index]!.flags[key] === undefined) {
        throw usage(`split ${index} has no flag ${JSON.stringify(key)}`);
      }
      const splits = setFlag(state.plan.splits, index, key, undefined);
      return { state: decide(state, { splits }), lines: [`${numberOf(index)}: ${key} is not set`] };
    },
  },
  {
    name: 'getpixel',
    synonyms: ['get', 'pixel'],
    usage: '<x> <y>',
    describe: 'the depth of a pixel, counted from 0 at the top left',
    words: [2, 2],
    run: (state, words) => {
      const { width, height, data } = state.map;
      const [x, y] = words.map(parseNumber) as [number, number];
      if (!Number.isInteger(x) || !Number.isInteger(y) || x < 0 || y < 0 || x >= width || y >= height) {
        throw usage(
          `${x}, ${y} is no pixel of the map: x is a whole number from 0 to ${width - 1}, y from 0 to ${height - 1}`,
        );
      }
      const depth = data[y * width + x]!;
      const split = state.plan.splits.findIndex(({ start, end }) => depth >= start && depth < end);
      return { state, lines: [`${x}, ${y}: ${depth}, ${split < 0 ? 'in no split' : `in split ${split}`}`] };
    },
  },
  {
    name: 'inspect',
    synonyms: ['info'],
    usage: '<split>',
    describe: 'a split in full, with a histogram of what is in it',
    words: [1, 1],
    takesSplit: true,
    run: (state, [word]) => ({ state, lines: inspect(state, findSplit(state.plan.splits, word!)) }),
  },
  {
    name: 'undo',
    synonyms: [],
    usage: '',
    describe: 'take the last change back',
    words: [0, 0],
    run: (state) => {
      const plan = state.past.at(-1);
      if (plan === undefined) {
        throw usage('there is nothing to undo');
      }
      const undone = { ...state, plan, past: state.past.slice(0, -1), future: [state.plan, ...state.future] };
      return { state: undone, lines: showSplits(plan.splits) };
    },
  },
  {
    name: 'redo',
    synonyms: [],
    usage: '',
    describe: 'make the change again that was taken back',
    words: [0, 0],
    run: (state) => {
      const [plan, ...future] = state.future;
      if (plan === undefined) {
        throw usage('there is nothing to redo');
      }
      return { state: { ...state, plan, past: [...state.past, state.plan], future }, lines: showSplits(plan.splits) };
    },
  },
  {
    name: 'preview',
    synonyms: [],
    usage: '',
    describe: "write the gray image where it is in nobody's way, and say where",
    words: [0, 0],
    run: (state) => effectOf(state, { kind: 'preview' }),
  },
  {
    name: 'test',
    synonyms: [],
    usage: '[file] [--force]',
    describe: 'write .test.png: the splits in the colors of their flag test',
    words: [0, 2],
    run: (state, words) => {
      for (const { flags } of state.plan.splits) {
        if (flags['test'] !== undefined) parseColor(flags['test']);
      }
      return effectOf(state, { kind: 'test', ...fileOf(words) });
    },
  },
  {
    name: 'write',
    synonyms: [],
    usage: '[file] [--force]',
    describe: 'write .depth.png, and whatever else was asked for on the command line',
    words: [0, 2],
    run: (state, words) => {
      assertLevels(state.plan.splits);
      return effectOf(state, { kind: 'write', ...fileOf(words) });
    },
  },
  {
    name: 'save',
    synonyms: [],
    usage: '<recipe.json> [--force]',
    describe: 'save the splits, to be replayed with --recipe',
    words: [1, 2],
    run: (state, words) => {
      assertLevels(state.plan.splits);
      const { file, force } = fileOf(words);
      if (file === undefined) {
        throw usage('save needs a file: save recipe.json');
      }
      return effectOf(state, { kind: 'save', file, force });
    },
  },
  {
    name: 'help',
    synonyms: ['?'],
    usage: '[command]',
    describe: 'this list, or one command of it',
    words: [0, 1],
    run: (state, [word]) => ({ state, lines: word === undefined ? helpLines() : helpOf(commandOf(word)) }),
  },
  {
    name: 'quit',
    synonyms: ['exit', 'q'],
    usage: '',
    describe: 'on to the next map, or out; nothing is written',
    words: [0, 0],
    run: (state) => effectOf(state, { kind: 'quit' }),
  },
];

/**
 * Does what one line says. An empty line, or one that begins with `#`, does nothing.
 * Throws `USAGE` with what was wrong; the state is as it was then.
 */
export function runShellLine(state: ShellState, line: string): ShellReply {
  const spaced = line.trim().replace(/^\?(?=\S)/, '? ');
  const [name, ...words] = spaced.startsWith('#') ? [] : splitWords(spaced);
  if (name === undefined) {
    return { state, lines: [] };
  }
  const command = commandOf(name);
  const [fewest, most] = command.words;
  if (words.length < fewest || words.length > most) {
    const tooMany = words.length > most;
    throw usage(
      `${command.name} takes ${countWords(fewest, most)}, not ${words.length}`,
      `${command.name} ${command.usage}${tooMany ? '; names with spaces go in quotes' : ''}`,
    );
  }
  return command.run(state, words);
}

/** What the last word of a line could become, and that word. */
export function completeShellLine(state: ShellState, line: string): [string[], string] {
  const typed = /\S*$/.exec(line)![0];
  const before = line.slice(0, line.length - typed.length).trim();
  const candidates =
    before === '' ? SHELL_COMMANDS.map(({ name }) => name) : completionsBehind(state, before.split(/\s+/));
  const begins = candidates.filter((candidate) => candidate.toLowerCase().startsWith(typed.toLowerCase()));
  return [begins.map((candidate) => `${candidate} `), typed];
}

function completionsBehind({ plan }: ShellState, [name = '', ...words]: readonly string[]): string[] {
  const command = SHELL_COMMANDS.find((candidate) => candidate.name === name || candidate.synonyms.includes(name));
  if (command === undefined || words.length > 1) {
    return [];
  }
  if (words.length === 1) {
    return command.name === 'flag' || command.name === 'clearflag' ? ['label', 'region', 'test'] : [];
  }
  if (command.name === 'help') {
    return SHELL_COMMANDS.map((candidate) => candidate.name);
  }
  if (command.name === 'compression') {
    return ['on', 'off'];
  }
  return command.takesSplit === true
    ? plan.splits.flatMap(({ flags }) => (flags['label'] === undefined ? [] : [quoteWord(flags['label'])]))
    : [];
}

function commandOf(word: string): ShellCommand {
  const wanted = word.toLowerCase();
  const exact = SHELL_COMMANDS.find(({ name, synonyms }) => name === wanted || synonyms.includes(wanted));
  if (exact !== undefined) {
    return exact;
  }
  const near = SHELL_COMMANDS.filter(({ name }) => name.startsWith(wanted)).map(({ name }) => name);
  throw usage(
    `there is no command ${JSON.stringify(word)}`,
    near.length === 0 ? 'help lists the commands' : `did you mean ${near.join(' or ')}?`,
  );
}

function flagged(state: ShellState, word: string, flag: string, value: string): ShellReply {
  const index = findSplit(state.plan.splits, word);
  const key = flag.toLowerCase();
  if (key === 'test') {
    parseColor(value);
  }
  if (key === 'label' && (/^-?\d+$/.test(value) || value.trim() === '')) {
    throw usage(`${JSON.stringify(value)} cannot be a name: a number means the split of that number`);
  }
  const splits = setFlag(state.plan.splits, index, key, value);
  return { state: decide(state, { splits }), lines: [`${numberOf(index)}: ${key} = ${value}`] };
}

function effectOf(state: ShellState, effect: ShellEffect): ShellReply {
  return { state, lines: [], effect };
}

function fileOf(words: readonly string[]): { file: string | undefined; force: boolean } {
  const files = words.filter((word) => word !== '--force');
  if (files.length > 1) {
    throw usage(`one file can be named, not ${files.length}`, 'names with spaces go in quotes');
  }
  return { file: files[0], force: files.length < words.length };
}

function showSplits(splits: GraySplits): string[] {
  return splits.map(
    ({ start, end, levels, flags }, index) =>
      `** ${numberOf(index)}: ${start} to ${end} - ${levels} levels assigned (${describeFlags(flags)})`,
  );
}

function totals(splits: GraySplits): string[] {
  const total = totalLevels(splits);
  const over = total - TOTAL_LEVELS;
  return [
    `${total} of ${TOTAL_LEVELS} levels are allocated${over > 0 ? `: ${over} too many, nothing can be written like that` : ''}`,
  ];
}

function inspect({ map, plan, range }: ShellState, index: number): string[] {
  const split = splitOf(plan.splits, index);
  const { count, min, max } = measureSplit(map.data, split);
  const lines = [
    `split ${numberOf(index)}: ${split.start} to ${split.end}`,
    `  levels: ${split.levels}`,
    `  flags: ${describeFlags(split.flags)}`,
    `  pixels: ${count} of ${map.data.length}`,
  ];
  if (count === 0) {
    return lines;
  }
  const inside: DepthRange = { min: Math.max(min, range.min), max };
  return [
    ...lines,
    `  depths: ${min} to ${max}`,
    ...histogramLines(makeHistogram(map.data, inside)).map((line) => `  ${line}`),
  ];
}

function measureSplit(data: Float32Array, { start, end }: GraySplit): { count: number; min: number; max: number } {
  let count = 0;
  let min = Infinity;
  let max = -Infinity;
  for (const value of data) {
    if (value >= start && value < end && Math.abs(value) < BACKGROUND_FROM) {
      count++;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  return { count, min, max };
}

function helpLines(): string[] {
  return [
    ...SHELL_COMMANDS.map(({ name, usage: words, describe }) => `${`${name} ${words}`.padEnd(32)} ${describe}`),
    '',
    'A split is named by its number or its name; names with spaces go in quotes.',
  ];
}

function helpOf({ name, usage: words, describe, synonyms }: ShellCommand): string[] {
  return [
    `${name} ${words}`.trim(),
    `  ${describe}`,
    ...(synonyms.length === 0 ? [] : [`  also: ${synonyms.join(', ')}`]),
  ];
}

/** The depth of the border that a word means: the depth itself, or the split that begins there. */
function borderOf(splits: GraySplits, word: string): number {
  const depth = Number(word);
  return Number.isFinite(depth) && word.trim() !== '' ? depth : splits[findSplit(splits, word)]!.start;
}

function describeFlags(flags: GraySplit['flags']): string {
  const entries = Object.entries(flags);
  return entries.length === 0 ? 'no flags' : entries.map(([key, value]) => `${key}: ${value}`).join(', ');
}

function numberOf(index: number): string {
  return String(index).padStart(3, '0');
}

function parseNumber(word: string): number {
  const number = Number(word);
  if (word.trim() === '' || !Number.isFinite(number)) {
    throw usage(`${JSON.stringify(word)} is not a number`);
  }
  return number;
}

function countWords(fewest: number, most: number): string {
  const counts = fewest === most ? String(fewest) : `${fewest} to ${most}`;
  return most === 0 ? 'no words behind it' : `${counts} word${most === 1 ? '' : 's'} behind it`;
}

function usage(message: string, hint?: string): MaskwrightError {
  return new MaskwrightError('USAGE', message, { hint });
}
