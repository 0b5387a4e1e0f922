import { INTERRUPTED_EXIT_CODE } from '../errors.js';
import { VERSION } from '../version.js';
import { stopReadingStandardInput } from '../io/files/read-input.js';
import { interruption, listenForInterruption } from './interruption.js';
import type { CommonArguments } from './options/common-options.js';
import { createProgress, type Progress } from './progress.js';
import { visible } from './escape-control-characters.js';

/** What a command's handler works with: how to say things, and whether to go on. */
export interface CommandContext {
  readonly signal: AbortSignal;
  readonly json: boolean;
  readonly verbose: boolean;
  readonly progress: Progress;
  /** A line of the result, for people: standard output, or standard error where that carries data. */
  readonly print: (line: string) => void;
  /** A line about the work on standard error, unless the run is to be quiet. */
  readonly note: (line: string) => void;
  /** A line on standard error, whatever else is printed. */
  readonly warn: (line: string) => void;
  /** The result, for machines: with `--json` the one document on standard output. */
  readonly emit: (document: Readonly<Record<string, unknown>>) => void;
  /** What came of one input, for machines: with `--json-lines` a document on a line of standard output. */
  readonly emitLine: (document: Readonly<Record<string, unknown>>) => void;
}

export interface ContextOptions {
  /** A result goes to standard output, so that lines for people must not. */
  readonly stdoutIsData?: boolean;
}

/** Runs a command's work with a context; Ctrl-C aborts its signal. */
export async function withContext(
  argv: CommonArguments,
  work: (context: CommandContext) => Promise<void>,
  { stdoutIsData = false }: ContextOptions = {},
): Promise<void> {
  listenForInterruption(INTERRUPTED_EXIT_CODE, stopReadingStandardInput);
  const json = argv.json === true;
  const quiet = argv.quiet === true;
  const jsonLines = argv.jsonLines === true;
  const progress = createProgress({ enabled: !quiet, terminal: process.stderr.isTTY });
  const writeLine = (stream: NodeJS.WriteStream, line: string): void => {
    progress.clear();
    stream.write(`${line}\n`);
  };
  try {
    await work({
      signal: interruption.signal,
      json,
      verbose: argv.verbose === true,
      progress,
      print: (line) => {
        if (!json && !jsonLines && !quiet) {
          writeLine(stdoutIsData ? process.stderr : process.stdout, visible(line));
        }
      },
      note: (line) => {
        if (!quiet) {
          writeLine(process.stderr, `maskwright: ${visible(line)}`);
        }
      },
      warn: (line) => writeLine(process.stderr, `maskwright: ${visible(line)}`),
      emit: (document) => {
        if (json) {
          writeLine(stdoutIsData ? process.stderr : process.stdout, JSON.stringify({ version: VERSION, ...document }));
        }
      },
      emitLine: (document) => {
        if (jsonLines) {
          writeLine(stdoutIsData ? process.stderr : process.stdout, JSON.stringify({ version: VERSION, ...document }));
        }
      },
    });
  } finally {
    progress.clear();
  }
}
