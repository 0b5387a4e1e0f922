import yargs, { type Argv } from 'yargs';
import { BUG_EXIT_CODE, INTERRUPTED_EXIT_CODE, MaskwrightError } from '../errors.js';
import { VERSION } from '../version.js';
import { COMMANDS, type CommandEntry } from './commands.js';
import { interruption } from './interruption.js';
import { nearest } from './nearest.js';
import { normalizeArguments } from './normalize-arguments.js';

/** Runs one command line and sets the process's exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await run(normalizeArguments(argv));
  } catch (error) {
    process.exitCode = reportError(error);
  }
}

async function run(args: readonly string[]): Promise<void> {
  const chosen = COMMANDS.find((entry) => args[0] !== undefined && namesOf(entry).includes(args[0]));
  const parser = yargs([...args])
    .scriptName('maskwright')
    .usage(
      '$0 <command> [options]\n\nMasks for inpainting: find the pixels, shape the mask, write the file your program wants.',
    )
    .parserConfiguration({ 'parse-numbers': false, 'parse-positional-numbers': false, 'dot-notation': false })
    .version(VERSION)
    .alias('help', 'h')
    .wrap(Math.min(110, process.stdout.columns ?? 100))
    .epilogue('maskwright <command> --help shows its options with examples.')
    .exitProcess(false)
    .demandCommand(1, 'name a command')
    .strictCommands()
    .fail((message, error) => {
      throw error ?? new MaskwrightError('USAGE', message, { hint: 'see maskwright --help' });
    });
  for (const entry of COMMANDS) {
    if (entry !== chosen) {
      parser.command([entry.name, ...(entry.aliases ?? [])], entry.describe);
    }
  }
  if (chosen === undefined) {
    const [first] = args;
    if (first !== undefined && !first.startsWith('-')) {
      const names = COMMANDS.flatMap(namesOf);
      throw new MaskwrightError('USAGE', `there is no command ${JSON.stringify(first)}`, {
        hint: suggestion(first, names) ?? 'see maskwright --help',
      });
    }
  } else {
    const { command } = await chosen.load();
    parser.command({
      ...command,
      builder: (argv: Argv) => rejectUnknownOptions(buildCommand(command.builder, argv)),
    });
  }
  await parser.parseAsync();
}

function buildCommand(builder: unknown, argv: Argv): Argv {
  if (typeof builder === 'function') {
    return (builder as (argv: Argv) => Argv)(argv);
  }
  return argv.options((builder ?? {}) as Record<string, never>);
}

function rejectUnknownOptions(argv: Argv): Argv {
  return argv.check((parsed) => {
    const known = knownOptions(argv);
    for (const key of Object.keys(parsed)) {
      if (key !== '_' && key !== '$0' && !known.has(key)) {
        const dashed = key.length === 1 ? `-${key}` : `--${key}`;
        const longNames = [...known].filter((name) => name.length > 1 && !/[A-Z]/.test(name));
        throw new MaskwrightError('USAGE', `there is no option ${dashed}`, {
          hint: suggestion(key, longNames, '--') ?? 'see the command with --help',
        });
      }
    }
    return true;
  }, false);
}

function knownOptions(argv: Argv): ReadonlySet<string> {
  const { key, alias } = (
    argv as unknown as { getOptions(): { key: Record<string, unknown>; alias: Record<string, string[]> } }
  ).getOptions();
  const positionals = argv as unknown as {
    getInternalMethods(): { getCommandInstance(): { cmdToParseOptions?: unknown } };
  };
  void positionals;
  return new Set([...Object.keys(key), ...Object.entries(alias).flatMap(([name, aliases]) => [name, ...aliases])]);
}

function suggestion(given: string, names: readonly string[], prefix = ''): string | undefined {
  const near = nearest(given, names);
  return near === undefined ? undefined : `did you mean ${prefix}${near}?`;
}

function namesOf(entry: CommandEntry): string[] {
  return [entry.name, ...(entry.aliases ?? [])];
}

/** Prints an error the way users should see it and returns the exit code it stands for. */
export function reportError(error: unknown): number {
  if (interruption.requested) {
    process.stderr.write('maskwright: interrupted\n');
    return INTERRUPTED_EXIT_CODE;
  }
  if (error instanceof MaskwrightError) {
    process.stderr.write(`maskwright: ${error.message}\n`);
    if (error.hint !== undefined) {
      process.stderr.write(`  ${error.hint}\n`);
    }
    return error.exitCode;
  }
  process.stderr.write(`maskwright ${VERSION}: this is a bug, please report it\n`);
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return BUG_EXIT_CODE;
}
