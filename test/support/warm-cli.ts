import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { type CliOptions, type CliResult, runCli as runProcess } from './cli.js';

const PROGRAM = fileURLToPath(new URL('./warm-process.mjs', import.meta.url));

let child: ChildProcess | undefined;
let last: Promise<unknown> = Promise.resolve();
afterAll(() => child?.kill());

/**
 * Runs a command line by the built program, in a process that all command lines of a test file share, one after the
 * other: for tests of what commands do. One that is interrupted or reads standard input has a process of its own, as
 * with `runCli` of cli.ts, which is for tests of how processes start, end and work at the same time.
 */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const { cwd = process.cwd(), env = {}, ...others } = options;
  if (Object.keys(others).length > 0) {
    return runProcess(args, options);
  }
  const result = last.then(() => ask({ args, cwd, env }));
  last = result.catch(() => undefined);
  return result;
}

async function ask(message: { args: readonly string[]; cwd: string; env: NodeJS.ProcessEnv }): Promise<CliResult> {
  child ??= fork(PROGRAM, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], serialization: 'advanced' });
  const waiting = new AbortController();
  const { signal } = waiting;
  try {
    const ended = once(child, 'exit', { signal }).then(([code]) => {
      child = undefined;
      throw new Error(`the process ended with ${code} while it ran: maskwright ${message.args.join(' ')}`);
    });
    const answered = once(child, 'message', { signal });
    child.send(message);
    const [answer] = (await Promise.race([answered, ended])) as [{ code: number; stdout: Uint8Array; stderr: string }];
    ended.catch(() => undefined);
    const stdoutBytes = Buffer.from(answer.stdout);
    return { code: answer.code, stdout: stdoutBytes.toString(), stdoutBytes, stderr: answer.stderr };
  } finally {
    waiting.abort();
  }
}
