import { vi } from 'vitest';
import { main } from '../../src/cli/main.js';

/** What a command line that ran in this process gave back. */
export interface InProcessResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process, in a folder: quicker than a process for each of many cases. */
export async function runInProcess(args: readonly string[], folder: string): Promise<InProcessResult> {
  const home = process.cwd();
  const written = { stdout: '', stderr: '' };
  const record = (name: keyof typeof written) =>
    vi.spyOn(process[name], 'write').mockImplementation((chunk) => {
      written[name] += Buffer.from(chunk as Uint8Array).toString('utf8');
      return true;
    });
  const spies = [record('stdout'), record('stderr')];
  process.chdir(folder);
  process.exitCode = 0;
  try {
    await main(args);
    return { code: process.exitCode, ...written };
  } finally {
    spies.forEach((spy) => spy.mockRestore());
    process.exitCode = 0;
    process.chdir(home);
  }
}
