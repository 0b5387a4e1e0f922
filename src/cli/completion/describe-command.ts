import { type Command, spellingsOf, takesValue } from '../command.js';

/** What the completion scripts say of a command. */
export interface CommandDescription {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly describe: string;
  readonly positionals: readonly { readonly name: string; readonly choices: readonly string[] }[];
  readonly options: readonly OptionDescription[];
}

export interface OptionDescription {
  readonly name: string;
  /** Other spellings, synonyms among them. */
  readonly aliases: readonly string[];
  readonly describe: string;
  readonly takesValue: boolean;
  readonly choices: readonly string[];
}

/** A command's declaration, as the completion scripts need it. */
export function describeCommand(command: Command): CommandDescription {
  return {
    name: command.name,
    aliases: command.aliases ?? [],
    describe: command.summary,
    positionals: Object.entries(command.positionals ?? {}).map(([name, { choices = [] }]) => ({
      name,
      choices: choices.map(String),
    })),
    options: Object.entries(command.options).map(([name, option]) => ({
      name,
      aliases: spellingsOf(name, option).slice(1),
      describe: option.describe ?? '',
      takesValue: takesValue(option),
      choices: (option.choices ?? []).map(String),
    })),
  };
}
