import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../bin/maskwright.js', import.meta.url));

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stdoutBytes: Buffer;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: Uint8Array;
  /** Sent where the program is interrupted. Default SIGINT. */
  readonly signal?: NodeJS.Signals;
  /** Interrupts once standard error or output matches. */
  readonly interruptWhen?: RegExp;
  /** Interrupts once this holds. */
  readonly interruptAfter?: () => boolean;
}

/** Runs the built program as a user would, in a process of its own. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [PROGRAM, ...args], {
      cwd: options.cwd,
      env: { ...process.env, NO_COLOR: '1', ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const stdout: Buffer[] = [];
    let stderr = '';
    let interrupted = false;
    const interrupt = (): boolean => child.kill(options.signal ?? 'SIGINT');
    const watch = (text: string): void => {
      // Once: a second Ctrl-C ends the program at once, without a word.
      if (!interrupted && options.interruptWhen?.test(text) === true) {
        interrupted = true;
        interrupt();
      }
    };
    child.stdout.on('data', (chunk: Buffer) => {
      stdout.push(chunk);
      watch(chunk.toString());
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
      watch(stderr);
    });
    const poll = setInterval(() => {
      if (options.interruptAfter?.() === true) {
        clearInterval(poll);
        interrupt();
      }
    }, 20);
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? new Uint8Array());
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(poll);
      const stdoutBytes = Buffer.concat(stdout);
      resolve({ code, stdout: stdoutBytes.toString(), stdoutBytes, stderr });
    });
  });
}
