import type { Argv } from 'yargs';
import { BUG_EXIT_CODE, INTERRUPTED_EXIT_CODE, MaskwrightError } from '../errors.js';
import { VERSION } from '../version.js';
import { COMMANDS, type CommandEntry } from './command-table.js';
import { interruption } from './interruption.js';
import { nearest } from '../closest-match.js';
import { flagOf } from './describe-command.js';
import { normalizeArguments, restoreDashes } from './normalize-arguments.js';
import { visible } from './escape-control-characters.js';

/** Runs one command line and sets the process's exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await run(normalizeArguments(argv));
  } catch (error) {
    process.exitCode = reportError(error);
  }
}

async function run(args: readonly string[]): Promise<void> {
  const [first] = args;
  const entry = COMMANDS.find((candidate) => first !== undefined && namesOf(candidate).includes(first));
  if (entry !== undefined) {
    await runCommand(entry, args.slice(1));
  } else if (first === '--version') {
    process.stdout.write(`${VERSION}\n`);
  } else if (first === '--help' || first === '-h' || first === 'help') {
    process.stdout.write(overview());
  } else if (first === undefined) {
    throw new MaskwrightError('USAGE', 'no command was named', { hint: 'maskwright --help lists them' });
  } else {
    throw new MaskwrightError('USAGE', `there is no command ${JSON.stringify(first)}`, {
      hint: suggestion(first, COMMANDS.flatMap(namesOf)) ?? 'maskwright --help lists them',
    });
  }
}

/** The help of the top level: made from the table, so that neither yargs nor any command is loaded for it. */
function overview(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  const lines = COMMANDS.map(({ name, describe }) => `  ${name.padEnd(width)}  ${describe}`);
  return `maskwright <command> [options]

Masks for inpainting: find the pixels, shape the mask, write the file your program wants.

Commands:
${lines.join('\n')}

maskwright <command> --help shows its options, with examples.
maskwright --version shows the version.
`;
}

async function runCommand(entry: CommandEntry, args: readonly string[]): Promise<void> {
  const [{ default: yargs }, { command }] = await Promise.all([import('yargs'), entry.load()]);
  const builder = command.builder as (argv: Argv) => Argv;
  let raised: unknown;
  const usage = String(command.command);
  // Of a named command yargs lays out the whole help before it runs it; of a default command it does not.
  const named = args.includes('--help') || args.includes('-h');
  await yargs(named ? [entry.name, ...args] : [...args])
    .scriptName('maskwright')
    .parserConfiguration({ 'parse-numbers': false, 'parse-positional-numbers': false, 'dot-notation': false })
    .version(false)
    .alias('help', 'h')
    .wrap(Math.min(110, process.stdout.columns ?? 100))
    .exitProcess(false)
    .command({
      ...command,
      command: named ? usage : usage.replace(entry.name, '$0'),
      builder: (argv: Argv) =>
        rejectUnknownOptions(entry.name, builder(watchCoercion(argv, (error) => (raised = error)))),
    })
    .middleware(restoreDashes)
    .fail((message, error) => {
      const cause: unknown = raised ?? error;
      throw cause instanceof Error && cause.name !== 'YError'
        ? cause
        : new MaskwrightError('USAGE', inOneLine(message, String(command.command)), {
            hint: nearestChoice(message) ?? `see maskwright ${entry.name} --help`,
          });
    })
    .parseAsync();
}

/** Tells of errors thrown while options are coerced: yargs keeps only their messages. */
function watchCoercion(argv: Argv, onError: (error: unknown) => void): Argv {
  const original = argv.coerce.bind(argv) as (key: string, coerce: (value: unknown) => unknown) => Argv;
  return Object.assign(argv, {
    coerce: (key: string, coerce: (value: unknown) => unknown) =>
      original(key, (value) => {
        try {
          return coerce(value);
        } catch (error) {
          onError(error);
          throw error;
        }
      }),
  });
}

/** As yargs's `strict`, but naming the option that was meant. */
function rejectUnknownOptions(command: string, argv: Argv): Argv {
  return argv.check((parsed) => {
    // `getOptions` is public in yargs but missing from its types.
    const { key, alias } = (
      argv as Argv & { getOptions(): { key: object; alias: Record<string, string[]> } }
    ).getOptions();
    const names = [...Object.keys(key), ...Object.keys(alias), ...Object.values(alias).flat(), '_', '$0'];
    const known = new Set([...names, ...names.map(toCamelCase)]);
    const unknown = Object.keys(parsed).find((name) => !known.has(name));
    if (unknown === 'print-recipe') {
      throw new MaskwrightError('USAGE', `a recipe has nothing like ${command}`, {
        hint: 'recipes can find, shape, write, crop, composite, and cut into layers: see maskwright run --help',
      });
    }
    if (unknown !== undefined) {
      const longNames = names.filter((name) => name.length > 1);
      throw new MaskwrightError('USAGE', `there is no option ${unknown.length === 1 ? '-' : '--'}${unknown}`, {
        hint: suggestion(unknown, longNames, '--') ?? 'see the command with --help',
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
  process.stderr.write(`maskwright ${VERSION}: this is a bug, please report it\n`);
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return BUG_EXIT_CODE;
}
