import { createInterface } from 'node:readline';
import { completeShellLine, runShellLine } from './commands.js';
import { openShell, type ShellStart, type ShellState } from './state.js';
import { MaskwrightError } from '../../errors.js';
import { assertRange, type DepthOutput } from '../../outputs/depth/depth-output.js';
import type { ImageNaming } from '../../outputs/output.js';
import type { RecipeOutput } from '../../outputs/outputs.js';
import { readOptionsOf } from '../../sources/depth/depth-file-fields.js';
import { readDepthSplitPlan } from '../../sources/depth/depth-split-plan.js';
import { readDepth } from '../../sources/depth/read-depth.js';
import type { CommandContext } from '../context.js';
import { type ShellFilesOptions, writeShellFiles } from './write-shell-files.js';

/** A map that is worked on in the shell, and the settings of its files. */
export interface ShellTask {
  readonly input: string;
  readonly naming: ImageNaming;
  readonly output: RecipeOutput;
}

/** The lines of a shell, from a terminal or a pipe. */
interface Lines {
  readonly isTerminal: boolean;
  /** The next line; undefined at the end of input. */
  readonly next: (state: ShellState) => Promise<string | undefined>;
  /** Lines so far. */
  readonly count: () => number;
  readonly close: () => void;
}

/**
 * Runs commands on each map until `quit` or the end of the input. A command that fails reports why, and the shell
 * goes on with the next one. From a pipe, the exit code is that of the first command that failed.
 */
export async function runDepthShell(context: CommandContext, tasks: readonly ShellTask[]): Promise<void> {
  const lines = readLines();
  try {
    for (const { input, naming, output } of tasks) {
      if (output.kind !== 'depth') {
        continue;
      }
      const depth = await readDepth(input, readOptionsOf(output));
      for (const warning of depth.warnings) {
        context.warn(warning);
      }
      const state = openShell(depth.map, assertRange(depth), await startOf(output));
      if (lines.isTerminal) {
        context.print(
          `${input}: ${depth.map.width} x ${depth.map.height}, depths ${state.range.min} to ${state.range.max}`,
        );
        context.print('help lists the commands, Tab completes them; quit leaves without writing');
      }
      await workOn(context, state, lines, { input, outdir: output.outdir ?? naming.outdir, output });
    }
  } finally {
    lines.close();
  }
}

async function startOf({ splitPlan, cutoff, compress }: DepthOutput): Promise<ShellStart> {
  return {
    plan: splitPlan === undefined ? undefined : await readDepthSplitPlan(splitPlan),
    cutoff: typeof cutoff === 'number' ? cutoff : undefined,
    compress,
  };
}

async function workOn(
  context: CommandContext,
  begin: ShellState,
  lines: Lines,
  files: ShellFilesOptions,
): Promise<void> {
  let state = begin;
  for (;;) {
    const line = await lines.next(state);
    if (line === undefined) {
      return;
    }
    try {
      const reply = runShellLine(state, line);
      for (const printed of reply.lines) {
        context.print(printed);
      }
      if (reply.effect?.kind === 'quit') {
        return;
      }
      if (reply.effect !== undefined) {
        for (const path of await writeShellFiles(reply.effect, state, files)) {
          context.print(path);
        }
      }
      state = reply.state;
    } catch (error) {
      if (!(error instanceof MaskwrightError)) {
        throw error;
      }
      context.warn(lines.isTerminal ? error.message : `line ${lines.count()}: ${error.message}`);
      if (error.hint !== undefined) {
        context.warn(`  ${error.hint}`);
      }
      if (!lines.isTerminal) {
        process.exitCode ??= error.exitCode;
      }
    }
  }
}

function readLines(): Lines {
  const isTerminal = process.stdin.isTTY && process.stdout.isTTY;
  let state: ShellState | undefined;
  let count = 0;
  const reader = createInterface({
    input: process.stdin,
    output: isTerminal ? process.stdout : undefined,
    terminal: isTerminal,
    prompt: '> ',
    completer: (line: string) => (state === undefined ? [[], line] : completeShellLine(state, line)),
  });
  // Ctrl-C leaves, as the end of input does.
  reader.on('SIGINT', () => reader.close());
  const iterator = reader[Symbol.asyncIterator]();
  return {
    isTerminal,
    next: async (current) => {
      state = current;
      if (isTerminal) {
        reader.prompt();
      }
      const { done, value } = await iterator.next();
      count++;
      return done === true ? undefined : value;
    },
    count: () => count,
    close: () => reader.close(),
  };
}
