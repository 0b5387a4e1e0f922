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

/** A side effect that a command asks for: `runDepthShell` carries it out. */
export type ShellEffect =
  /** Write the gray image and the others that were asked for; by default into the folder of the map. */
  | { readonly kind: 'write'; readonly file: string | undefined; readonly force: boolean }
  /** Write the splits in the colors of their flag `test`. */
  | { readonly kind: 'test'; readonly file: string | undefined; readonly force: boolean }
  /** Write the gray image into a temporary folder. */
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
  /** The arguments. */
  readonly usage: string;
  readonly describe: string;
  /** Minimum and maximum number of arguments. */
  readonly words: readonly [number, number];
  /** The first argument names a split, for completion. */
  readonly takesSplit?: boolean;
  readonly run: (state: ShellState, words: readonly string[]) => ShellReply;
}

/** Width of the bars, in columns. */
const BAR_COLUMNS = 72;

export const SHELL_COMMANDS: readonly ShellCommand[] = [
  {
    name: 'show_splits',
    synonyms: ['show', 'splits', 'ls'],
    usage: '',
    describe: 'list the splits: start, end, gray levels and flags',
    words: [0, 0],
    run: (state) => ({ state, lines: showSplits(state.plan.splits) }),
  },
  {
    name: 'histogram',
    synonyms: ['histo'],
    usage: '[bars]',
    describe: 'print how many pixels lie at which depths; bars: as bars',
    words: [0, 1],
    run: (state, [how]) => {
      if (how !== undefined && how !== 'bars') {
        throw usage(`histogram takes no argument or bars, not ${JSON.stringify(how)}`);
      }
      const histogram = makeHistogram(state.map.data, state.range);
      return { state, lines: how === 'bars' ? histogramBars(histogram, BAR_COLUMNS) : histogramLines(histogram) };
    },
  },
  {
    name: 'add',
    synonyms: ['split'],
    usage: '<depth> [name]',
    describe: 'start a new split at a depth, with no levels',
    words: [1, 2],
    run: (state, [at, name]) => {
      const { min, max } = state.range;
      const wanted = parseNumber(at!);
      // As daz_depthmap_processor: a depth outside the range becomes the nearest one inside.
      const depth = wanted < min ? min + 0.01 : wanted > max ? max - 0.01 : wanted;
      const added = addSplit(state.plan.splits, depth);
      const index = added.findIndex(({ start }) => start === depth);
      const splits = name === undefined ? added : setFlag(added, index, 'label', name);
      const moved = depth === wanted ? '' : `, the depth of the map nearest to ${wanted}`;
      return { state: decide(state, { splits }), lines: [`split ${index} starts at ${depth}${moved}`] };
    },
  },
  {
    name: 'move',
    synonyms: [],
    usage: '<from> <to>',
    describe: 'move the border between two splits; from: its depth, or the split that starts there',
    words: [2, 2],
    takesSplit: true,
    run: (state, [from, to]) => {
      const { splits } = state.plan;
      const border = borderOf(splits, from!);
      const moved = moveBorder(splits, border, parseNumber(to!));
      return { state: decide(state, { splits: moved }), lines: [`the border at ${border} is now at ${to}`] };
    },
  },
  {
    name: 'remove',
    synonyms: ['merge'],
    usage: '<split>',
    describe: 'merge a split and its levels into the previous one (the first: into the next one)',
    words: [1, 1],
    takesSplit: true,
    run: (state, [word]) => {
      const { splits } = state.plan;
      const index = findSplit(splits, word!);
      const levels = splits[index]!.levels;
      const heir = index === 0 ? 1 : index - 1;
      const merged = removeSplit(splits, index);
      const withLevels = levels === 0 ? '' : `, with its ${levels} levels`;
      return {
        state: decide(state, { splits: merged }),
        lines: [`split ${index} is merged into split ${heir}${withLevels}`],
      };
    },
  },
  {
    name: 'allocate',
    synonyms: ['levels'],
    usage: '<split> <levels>',
    describe: `set the number of gray levels of a split, of ${TOTAL_LEVELS} in all`,
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
    describe: 'print how many levels are allocated',
    words: [0, 0],
    run: (state) => ({ state, lines: totals(state.plan.splits) }),
  },
  {
    name: 'compression',
    synonyms: ['compress'],
    usage: '[on|off]',
    describe: 'spread levels evenly over the depths that occur; without an argument, toggle',
    words: [0, 1],
    run: (state, [word]) => {
      if (word !== undefined && word !== 'on' && word !== 'off') {
        throw usage(`compression takes no argument, on or off, not ${JSON.stringify(word)}`);
      }
      const compress = word === undefined ? !state.plan.compress : word === 'on';
      return { state: decide(state, { compress }), lines: [`compression is ${compress ? 'on' : 'off'}`] };
    },
  },
  {
    name: 'rename',
    synonyms: ['label', 'name'],
    usage: '<split> <name>',
    describe: 'name a split; the name can be used instead of its number',
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
    describe: 'remove a flag',
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
    describe: 'print the depth of a pixel; 0 0 is the top left',
    words: [2, 2],
    run: (state, words) => {
      const { width, height, data } = state.map;
      const [x, y] = words.map(parseNumber) as [number, number];
      if (!Number.isInteger(x) || !Number.isInteger(y) || x < 0 || y < 0 || x >= width || y >= height) {
        throw usage(
          `${x}, ${y} is not a pixel of the map: x must be an integer from 0 to ${width - 1}, y from 0 to ${height - 1}`,
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
    describe: 'print a split with the histogram of its depths',
    words: [1, 1],
    takesSplit: true,
    run: (state, [word]) => ({ state, lines: inspect(state, findSplit(state.plan.splits, word!)) }),
  },
  {
    name: 'undo',
    synonyms: [],
    usage: '',
    describe: 'undo the last change',
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
    describe: 'redo the change that was undone',
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
    describe: 'write the gray image into a temporary folder, and print its path',
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
    describe: 'write .depth.png, and what else the command line asks for',
    words: [0, 2],
    run: (state, words) => {
      assertLevels(state.plan.splits);
      return effectOf(state, { kind: 'write', ...fileOf(words) });
    },
  },
  {
    name: 'save',
    synonyms: [],
    usage: '<plan.json> [--force]',
    describe: 'save the splits as a depth split plan, for --split-plan',
    words: [1, 2],
    run: (state, words) => {
      assertLevels(state.plan.splits);
      const { file, force } = fileOf(words);
      if (file === undefined) {
        throw usage('save needs a file: save plan.json');
      }
      return effectOf(state, { kind: 'save', file, force });
    },
  },
  {
    name: 'help',
    synonyms: ['?'],
    usage: '[command]',
    describe: 'list the commands, or describe one',
    words: [0, 1],
    run: (state, [word]) => ({ state, lines: word === undefined ? helpLines() : helpOf(commandOf(word)) }),
  },
  {
    name: 'quit',
    synonyms: ['exit', 'q'],
    usage: '',
    describe: 'go to the next map, or leave; nothing is written',
    words: [0, 0],
    run: (state) => effectOf(state, { kind: 'quit' }),
  },
];

/**
 * Runs one line. An empty line, or one that starts with `#`, does nothing.
 * Throws `USAGE`; the state is unchanged then.
 */
export function runShellLine(state: ShellState, line: string): ShellReply {
  const spaced = line.trim().replace(/^\?(?=\S)/, '? ');
  const [name, ...words] = spaced.startsWith('#') ? [] : splitWords(spaced);
  if (name === undefined) {
    return { state, lines: [] };
  }
  const command = commandOf(name);
  const [min, max] = command.words;
  if (words.length < min || words.length > max) {
    const tooMany = words.length > max;
    throw usage(
      `${command.name} takes ${countArguments(min, max)}, not ${words.length}`,
      `${command.name} ${command.usage}${tooMany ? '; put names with spaces in quotes' : ''}`,
    );
  }
  return command.run(state, words);
}

/** Completions of the last word of a line, and that word. */
export function completeShellLine(state: ShellState, line: string): [string[], string] {
  const typed = /\S*$/.exec(line)![0];
  const before = line.slice(0, line.length - typed.length).trim();
  const candidates =
    before === '' ? SHELL_COMMANDS.map(({ name }) => name) : completionsAfter(state, before.split(/\s+/));
  const begins = candidates.filter((candidate) => candidate.toLowerCase().startsWith(typed.toLowerCase()));
  return [begins.map((candidate) => `${candidate} `), typed];
}

function completionsAfter({ plan }: ShellState, [name = '', ...words]: readonly string[]): string[] {
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
    throw usage(`${JSON.stringify(value)} cannot be a name: a number stands for the split with that number`);
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
    throw usage(`one file can be named, not ${files.length}`, 'put names with spaces in quotes');
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
    `${total} of ${TOTAL_LEVELS} levels are allocated${over > 0 ? `: ${over} too many, take some from a split before writing` : ''}`,
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
    'A split is named by its number or its name; put names with spaces in quotes.',
  ];
}

function helpOf({ name, usage: words, describe, synonyms }: ShellCommand): string[] {
  return [
    `${name} ${words}`.trim(),
    `  ${describe}`,
    ...(synonyms.length === 0 ? [] : [`  also: ${synonyms.join(', ')}`]),
  ];
}

/** The depth of a border: a number, or the start of a split. */
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

function countArguments(min: number, max: number): string {
  const counts = min === max ? String(min) : `${min} to ${max}`;
  return max === 0 ? 'no arguments' : `${counts} ${max === 1 ? 'argument' : 'arguments'}`;
}

function usage(message: string, hint?: string): MaskwrightError {
  return new MaskwrightError('USAGE', message, { hint });
}
