import type { Options, PositionalOptions } from 'yargs';

/** An option, declared once: the parser, the help and the completion all read it. */
export interface Option extends Omit<Options, 'alias'> {
  /** Other spellings that the help shows. */
  readonly alias?: string | readonly string[];
  /** Other spellings that are accepted, completed and suggested, and that the help leaves out. */
  readonly synonyms?: readonly string[];
  /** The help says that this happens where the option is left out. */
  readonly fallback?: string | number | boolean;
  /** `--help` shows it; without, only `--help-all` does. */
  readonly basic?: boolean;
}

export type OptionTable = Readonly<Record<string, Option>>;

export interface Positional extends Omit<PositionalOptions, 'demandOption'> {
  readonly required?: boolean;
}

/** What the overview says of a command. */
export interface CommandHead {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** One line. */
  readonly summary: string;
}

/** What the file of a command declares: data that the parser, the help and the completion read, and what it does. */
export interface CommandBody {
  /** In the order in which they are named. */
  readonly positionals?: Readonly<Record<string, Positional>>;
  readonly options: OptionTable;
  /** A command line, `maskwright` left out at its beginning, and what it does. */
  readonly examples: readonly (readonly [line: string, what: string])[];
  /** `name` is that of the command. */
  readonly run: (argv: never, name: string) => Promise<void>;
}

export interface Command extends CommandHead, CommandBody {}

/** What `argv` holds for a table of options or positionals: all may be left out. */
export type ArgumentsOf<Table> = {
  readonly [Name in keyof Table as CamelCase<Name & string>]?: ValueOf<Table[Name]> | undefined;
};

type CamelCase<Name extends string> = Name extends `${infer First}-${infer Rest}`
  ? `${First}${Capitalize<CamelCase<Rest>>}`
  : Name;

type ValueOf<Spec> = Spec extends { coerce: (value: never) => infer Value }
  ? Value
  : Spec extends { choices: readonly (infer Choice)[] }
    ? Choice
    : Spec extends { type: 'boolean' }
      ? boolean
      : Spec extends { array: true }
        ? readonly string[]
        : string;

/** `mask [images..]`. */
export function usageOf({ name, positionals = {} }: Command): string {
  const places = Object.entries(positionals).map(([place, { required, array }]) => {
    const text = `${place}${array === true ? '..' : ''}`;
    return required === true ? `<${text}>` : `[${text}]`;
  });
  return [name, ...places].join(' ');
}

/** Every spelling of an option, the main one first; those with underscores only where the help shows them. */
export function spellingsOf(name: string, { alias = [], synonyms = [] }: Option): string[] {
  return [name, ...[alias].flat(), ...synonyms];
}

/** `--grow`, `-o` for one letter, and `-tm`, which is spelled so. */
export function flagOf(name: string): string {
  return name.length === 1 || name === 'tm' || name === 'itm' ? `-${name}` : `--${name}`;
}

export function takesValue({ type }: Option): boolean {
  return type !== 'boolean';
}
