import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';

/** A command's file, with the types of its arguments known to itself alone. */
export interface CommandDefinition<Arguments> {
  /** Name and positionals in yargs' notation: `mask <images..>`. */
  readonly command: string;
  readonly aliases?: readonly string[];
  readonly describe: string;
  readonly builder: (argv: Argv) => Argv;
  readonly handler: (argv: ArgumentsCamelCase<Arguments>) => Promise<void>;
}

/** Makes a yargs module of a command. Its arguments' types are a promise that its builder keeps. */
export function defineCommand<Arguments>(definition: CommandDefinition<Arguments>): CommandModule {
  return definition as unknown as CommandModule;
}
