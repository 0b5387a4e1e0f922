import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeFiles } from './write-files.js';

/** Name of the file, in the folder of the results, that tells what a batch has done. */
export const MANIFEST_NAME = '.maskwright-manifest.jsonl';

/** One input that is done. */
export interface ManifestEntry {
  readonly input: string;
  /** SHA-256 over what the results depend on: contents of the files read, options, version. */
  readonly key: string;
  readonly outputs: readonly ManifestOutput[];
}

export interface ManifestOutput {
  /** Relative to the folder of the manifest, so that the folder can be moved. */
  readonly path: string;
  readonly sha256: string;
}

/** The entries of a manifest, oldest first; lines that a killed process left unfinished are left out. */
export async function readManifest(path: string): Promise<ManifestEntry[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => parseEntry(line) ?? []);
}

/** Replaces a manifest as a whole. */
export async function writeManifest(path: string, entries: readonly ManifestEntry[]): Promise<void> {
  await writeFiles([{ path, data: entries.map(formatEntry).join('') }]);
}

/** Adds an entry at the end: one write, so that a killed process loses no more than its last line. */
export async function appendToManifest(path: string, entry: ManifestEntry): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await appendFile(path, formatEntry(entry));
}

function formatEntry({ input, key, outputs }: ManifestEntry): string {
  return `${JSON.stringify({ input, key, outputs })}\n`;
}

function parseEntry(line: string): ManifestEntry | undefined {
  try {
    const { input, key, outputs } = JSON.parse(line) as Partial<ManifestEntry>;
    const whole =
      typeof input === 'string' &&
      typeof key === 'string' &&
      Array.isArray(outputs) &&
      outputs.every(({ path, sha256 }) => typeof path === 'string' && typeof sha256 === 'string');
    return whole ? { input, key, outputs } : undefined;
  } catch {
    return undefined;
  }
}
