import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What the benchmarks keep between runs: a Python, a network of full size. Not in the temporary folder, which others clean. */
export const WORK_FOLDER = process.env.MASKWRIGHT_BENCH_FOLDER ?? fileURLToPath(new URL('.work', import.meta.url));

/** A new folder in it, for the caller to remove. */
export function newFolder(name) {
  mkdirSync(WORK_FOLDER, { recursive: true });
  return mkdtempSync(join(WORK_FOLDER, `${name}-`));
}
