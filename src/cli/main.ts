import type { Argv, Options } from 'yargs';
import { nearest } from '../closest-match.js';
import { BUG_EXIT_CODE, EXIT_CODES, INTERRUPTED_EXIT_CODE, MaskwrightError } from '../errors.js';
import { VERSION } from '../version.js';
import { COMMANDS, type CommandEntry, loadCommand } from './command-table.js';
import { type Command, flagOf, spellingsOf, usageOf } from './command.js';
import { visible } from './escape-control-characters.js';
import { interruption } from './interruption.js';
import { normalizeArguments, restoreDashes } from './normalize-arguments.js';

/** Runs one command line and sets the process's exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await run(normalizeArguments(argv));
  } catch (error) {
    process.exitCode = reportError(error);
  }
}

async function run(args: readonly string[]): Promise<void> {
  const [first, second] = args;
  if (first === undefined || first === '--help' || first === '-h' || first === '--help-all') {
    process.stdout.write(overview());
  } else if (first === '--version' || first === '-V') {
    process.stdout.write(`${VERSION}\n`);
  } else if (first === 'help') {
    await (second === undefined ? process.stdout.write(overview()) : showHelp(findCommand(second), true));
  } else {
    await runCommand(findCommand(first), args.slice(1));
  }
}

function findCommand(name: string): CommandEntry {
  const entry = COMMANDS.find((candidate) => namesOf(candidate).includes(name));
  if (entry === undefined) {
    throw new MaskwrightError('USAGE', `there is no command ${JSON.stringify(name)}`, {
      hint: suggestion(name, COMMANDS.flatMap(namesOf)) ?? 'maskwright --help lists them',
    });
  }
  return entry;
}

async function showHelp(entry: CommandEntry, all: boolean): Promise<void> {
  const [{ commandHelp }, command] = await Promise.all([import('./help.js'), loadCommand(entry)]);
  process.stdout.write(commandHelp(command, { all, columns: process.stdout.columns }));
}

/** The help of the top level: made from the table, so that neither yargs nor any command is loaded for it. */
function overview(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  const lines = COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return `maskwright <command> [options]

Masks for inpainting: find the pixels, process the mask, write the file that your tool expects.

Commands:
${lines.join('\n')}

maskwright <command> --help shows the options that most people need, --help-all every option.
maskwright --version shows the version.
`;
}

async function runCommand(entry: CommandEntry, args: readonly string[]): Promise<void> {
  const end = args.indexOf('--');
  const flags = end < 0 ? args : args.slice(0, end);
  if (flags.some((flag) => flag === '--help' || flag === '-h' || flag === '--help-all')) {
    await showHelp(entry, flags.includes('--help-all'));
    return;
  }
  const [{ default: yargs }, command] = await Promise.all([import('yargs'), loadCommand(entry)]);
  let raised: unknown;
  await yargs([...args])
    .scriptName('maskwright')
    .parserConfiguration({ 'parse-numbers': false, 'parse-positional-numbers': false, 'dot-notation': false })
    .version(false)
    .help(false)
    .exitProcess(false)
    .command({
      command: usageOf(command).replace(entry.name, '$0'),
      builder: (argv: Argv) =>
        rejectUnknownOptions(
          command,
          declare(command, argv, (error) => (raised = error)),
        ),
      handler: (argv: unknown) => command.run(argv as never, entry.name),
    })
    .middleware(restoreDashes)
    .fail((message, error) => {
      const cause: unknown = raised ?? error;
      throw cause instanceof Error && cause.name !== 'YError'
        ? cause
        : new MaskwrightError('USAGE', inOneLine(message, usageOf(command)), {
            hint: nearestChoice(message) ?? `maskwright ${entry.name} --help shows how`,
          });
    })
    .parseAsync();
}

/** A command's declaration in yargs' form. What a `coerce` throws is kept: yargs would lose its code and hint. */
function declare(command: Command, argv: Argv, onError: (error: unknown) => void): Argv {
  for (const [name, { required: _, ...positional }] of Object.entries(command.positionals ?? {})) {
    argv.positional(name, positional);
  }
  for (const [name, option] of Object.entries(command.options)) {
    const { alias: _alias, synonyms: _synonyms, fallback: _fallback, basic: _basic, coerce, ...rest } = option;
    const watched =
      coerce === undefined
        ? {}
        : {
            coerce: (value: unknown): unknown => {
              try {
                return coerce(value) as unknown;
              } catch (error) {
                onError(error);
                throw error;
              }
            },
          };
    const declared: Options = { ...rest, ...watched, alias: spellingsOf(name, option).slice(1) };
    argv.option(name, declared);
  }
  return argv;
}

/** As yargs's `strict`, but naming the option that was meant. */
function rejectUnknownOptions(command: Command, argv: Argv): Argv {
  const names = Object.entries(command.options).flatMap(([name, option]) => spellingsOf(name, option));
  const known = new Set(
    [...names, ...Object.keys(command.positionals ?? {}), '_', '$0'].flatMap((name) => [name, toCamelCase(name)]),
  );
  return argv.check((parsed) => {
    const unknown = Object.keys(parsed).find((name) => !known.has(name));
    if (unknown === 'print-recipe') {
      throw new MaskwrightError('USAGE', `a recipe cannot do what ${command.name} does`, {
        hint: 'it can do what mask, inpaint, crop, outpaint, composite, edit, channel, depth and layers do',
      });
    }
    if (unknown !== undefined) {
      const longNames = names.filter((name) => name.length > 1);
      throw new MaskwrightError('USAGE', `there is no option ${unknown.length === 1 ? '-' : '--'}${unknown}`, {
        hint: suggestion(unknown, longNames, '--') ?? `see maskwright ${command.name} --help-all`,
      });
    }
    return true;
  }, false);
}

/** What yargs says of a wrong choice takes three lines, and of an argument that is missing only its place. */
function inOneLine(message: string, usage: string): string {
  return message
    .replace(/^Invalid values:\s*/, '')
    .replace(/\s*Argument: (\S+), Given: (.+?), Choices: /g, (_, name: string, given: string) => {
      const flag = usage.includes(`<${name}>`) || usage.includes(`[${name}]`) ? name : flagOf(name);
      return `${flag} is ${given}, but must be one of `;
    })
    .replace(/^Not enough non-option arguments.*/, `something is missing: maskwright ${usage}`)
    .replace(/^Missing required arguments?: (\S+)$/, (_, name: string) => `${flagOf(name)} is missing`)
    .replace(/^Not enough arguments following: (.+)$/, (_, name: string) => `${flagOf(name)} needs a value`)
    .replace(/\s*\n\s*/g, '; ')
    .trim();
}

/** The choice that was meant, where a wrong one is near it. */
function nearestChoice(message: string): string | undefined {
  const [, given, choices] = /Given: "(.*?)", Choices: (.*)/.exec(message) ?? [];
  return given === undefined
    ? undefined
    : suggestion(
        given,
        Array.from(choices!.matchAll(/"(.*?)"/g), ([, one]) => one!),
      );
}

function toCamelCase(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function suggestion(given: string, names: readonly string[], prefix = ''): string | undefined {
  const near = nearest(given, names);
  return near === undefined ? undefined : `did you mean ${prefix}${near}?`;
}

function namesOf(entry: CommandEntry): string[] {
  return [entry.name, ...(entry.aliases ?? [])];
}

/** Limits of the system that any step can meet, also the loading of our own modules. */
const SYSTEM_LIMITS: Readonly<Record<string, string>> = {
  EMFILE: 'raise the number of files that may be open (ulimit -n), or use a smaller --concurrency',
  ENFILE: 'too many files are open on this machine: end other programs',
  ENOMEM: 'free memory, or use smaller images or a smaller --concurrency',
  EAGAIN: 'raise the number of processes and threads (ulimit -u), or end other programs',
};

/** Prints an error the way users should see it and returns the exit code it stands for. */
function reportError(error: unknown): number {
  if (interruption.requested) {
    process.stderr.write('maskwright: interrupted\n');
    return INTERRUPTED_EXIT_CODE;
  }
  if (error instanceof MaskwrightError) {
    process.stderr.write(`maskwright: ${visible(error.message)}\n`);
    if (error.hint !== undefined) {
      process.stderr.write(`  ${visible(error.hint)}\n`);
    }
    return error.exitCode;
  }
  const { code, message } = (error ?? {}) as NodeJS.ErrnoException;
  const remedy = SYSTEM_LIMITS[code ?? ''];
  if (remedy !== undefined) {
    process.stderr.write(`maskwright: the system refused: ${visible(message)}\n  ${remedy}\n`);
    return EXIT_CODES.input;
  }
  process.stderr.write(`maskwright ${VERSION}: this is a bug, please report it\n`);
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return BUG_EXIT_CODE;
}
