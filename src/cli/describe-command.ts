import type { Argv, CommandModule, Options, PositionalOptions } from 'yargs';

/** A command as its file declares it, for help in other forms than `--help`. */
export interface CommandDescription {
  readonly name: string;
  readonly aliases: readonly string[];
  /** Name and positionals: `mask [images..]`. */
  readonly usage: string;
  readonly describe: string;
  readonly positionals: readonly (PositionalOptions & { readonly name: string })[];
  readonly options: readonly OptionDescription[];
  readonly examples: readonly { readonly command: string; readonly describe: string }[];
}

export interface OptionDescription {
  readonly name: string;
  /** Other spellings with a hyphen between words, one letter or many. */
  readonly aliases: readonly string[];
  readonly describe: string;
  readonly group: string;
  readonly takesValue: boolean;
  readonly choices: readonly string[];
  readonly default: unknown;
}

/** Reads a command's declaration by running its builder against a recorder instead of yargs. */
export function describeCommand(command: CommandModule): CommandDescription {
  const positionals: (PositionalOptions & { name: string })[] = [];
  const options: Record<string, Options> = {};
  const examples: { command: string; describe: string }[] = [];
  const recorder: unknown = new Proxy(
    {},
    {
      get: (_, method) => (first: unknown, second: unknown) => {
        if (method === 'positional') {
          positionals.push({ ...(second as PositionalOptions), name: String(first) });
        } else if ((method === 'options' || method === 'option') && typeof first === 'object') {
          Object.assign(options, first);
        } else if (method === 'options' || method === 'option') {
          options[String(first)] = second as Options;
        } else if (method === 'example') {
          const pairs = Array.isArray(first)
            ? (first as [string, string][])
            : [[String(first), String(second)] as const];
          examples.push(
            ...pairs.map(([line, describe]) => ({ command: line.replaceAll('$0', 'maskwright'), describe })),
          );
        }
        return recorder;
      },
    },
  );
  (command.builder as (argv: Argv) => Argv)(recorder as Argv);
  const usage = String(command.command);
  return {
    name: usage.split(' ')[0]!,
    aliases: [command.aliases ?? []].flat(),
    usage,
    describe: String(command.describe),
    positionals,
    options: Object.entries(options)
      .filter(([, option]) => option.hidden !== true)
      .map(([name, option]) => describeOption(name, option)),
    examples,
  };
}

function describeOption(name: string, option: Options): OptionDescription {
  return {
    name,
    aliases: [option.alias ?? []].flat().filter((alias) => !alias.includes('_')),
    describe: option.describe ?? option.description ?? '',
    group: option.group ?? 'Options:',
    takesValue: option.type !== 'boolean',
    choices: (option.choices ?? []).map(String),
    default: option.default as unknown,
  };
}

/** `--grow`, or `-o` for one letter. */
export function flagOf(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`;
}
