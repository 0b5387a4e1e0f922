import stringWidth from 'string-width';
import { type Command, flagOf, type Option, spellingsOf, usageOf } from './command.js';

const MAX_WIDTH = 110;
/** Flags that are longer stand on a line of their own. */
const MAX_FLAG_WIDTH = 34;

export interface HelpOptions {
  /** Every option, not only the basic ones. */
  readonly all: boolean;
  readonly columns?: number | undefined;
}

/** The help of a command, drawn from its declaration. */
export function commandHelp(command: Command, { all, columns = 100 }: HelpOptions): string {
  const width = Math.min(MAX_WIDTH, columns);
  const options = Object.entries(command.options);
  const basic = options.filter(([, option]) => option.basic === true);
  const shown = all || basic.length === 0 ? options : basic;
  const left = options.length - shown.length;
  const groups = [...new Set(shown.map(([, { group = 'Options:' }]) => group))];
  const aliases = (command.aliases ?? []).map((alias) => ` (or ${alias})`).join('');
  return [
    `maskwright ${usageOf(command)}${aliases}`,
    '',
    ...wrap(sentence(command.summary), width),
    ...section(
      'Arguments:',
      Object.entries(command.positionals ?? {}).map(([name, spec]) => [name, spec.describe ?? '']),
      width,
    ),
    ...groups.flatMap((group) =>
      section(
        group,
        shown
          .filter(([, option]) => (option.group ?? 'Options:') === group)
          .map(([name, option]) => [flagsOf(name, option), describeOption(option)]),
        width,
      ),
    ),
    ...section(
      'Examples:',
      command.examples.map(([line, what]) => [line.includes('maskwright') ? line : `maskwright ${line}`, what]),
      width,
    ),
    '',
    ...(left === 0 ? [] : [`${left} more options: maskwright ${command.name} --help-all`]),
    '',
  ].join('\n');
}

/** `-o, --output`. */
function flagsOf(name: string, option: Option): string {
  const { synonyms: _, ...visible } = option;
  const flags = spellingsOf(name, visible)
    .sort((a, b) => a.length - b.length)
    .map(flagOf);
  return flags.join(', ');
}

function describeOption({ describe = '', choices = [], fallback }: Option): string {
  const notes = [
    ...(choices.length === 0 ? [] : [`one of ${choices.join(', ')}`]),
    ...(fallback === undefined || typeof fallback === 'boolean' ? [] : [`default: ${fallback}`]),
  ];
  return notes.length === 0 ? describe : `${describe} [${notes.join('; ')}]`;
}

/** A heading and rows of two columns. */
function section(heading: string, rows: readonly (readonly [string, string])[], width: number): string[] {
  if (rows.length === 0) {
    return [];
  }
  const column = Math.min(MAX_FLAG_WIDTH, Math.max(...rows.map(([flags]) => stringWidth(flags)))) + 4;
  return [
    '',
    heading,
    ...rows.flatMap(([flags, text]) => {
      const lines = wrap(text, Math.max(30, width - column));
      const first = `  ${flags}`;
      const indent = ' '.repeat(column);
      return stringWidth(first) + 2 > column
        ? [first, ...lines.map((line) => indent + line)]
        : lines.map((line, i) => (i === 0 ? first + ' '.repeat(column - stringWidth(first)) : indent) + line);
    }),
  ];
}

/** Text in lines of at most `width` columns, broken at spaces. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && stringWidth(line) + 1 + stringWidth(word) > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

function sentence(text: string): string {
  return `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}
