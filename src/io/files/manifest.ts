import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MaskwrightError } from '../../errors.js';
import { createFolder } from './create-folder.js';
import { writeFiles } from './write-files.js';

/**
 * Name of the file, in the folder of the results, that lists what a batch has done; each part of a divided batch, such
 * as `2-of-8`, has its own.
 */
export function manifestName(part?: string): string {
  return `.maskwright-manifest${part === undefined ? '' : `.${part}`}.jsonl`;
}

const MANIFEST_NAMES = /^\.maskwright-manifest(?:\.\d+-of-\d+)?\.jsonl$/;

/** The manifests in a folder, the one written last at the end. */
export async function listManifests(folder: string): Promise<string[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => MANIFEST_NAMES.test(name));
  const files = names.sort().map(async (name) => {
    const path = join(folder, name);
    return { path, written: (await lstat(path).catch(() => undefined))?.mtimeMs ?? 0 };
  });
  return (await Promise.all(files)).sort((a, b) => a.written - b.written).map(({ path }) => path);
}

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

/**
 * The entries of a manifest, oldest first; lines that a killed process left unfinished are left out.
 * Throws `OUTPUT_UNWRITABLE` where it is a link or no file.
 */
export async function readManifest(path: string): Promise<ManifestEntry[]> {
  const handle = await openUnlinked(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    if (error instanceof MaskwrightError) {
      throw error;
    }
    return undefined;
  });
  const text = (await handle?.readFile('utf8')) ?? '';
  await handle?.close();
  return text.split('\n').flatMap((line) => parseEntry(line) ?? []);
}

/** Replaces a manifest as a whole. */
export async function writeManifest(path: string, entries: readonly ManifestEntry[]): Promise<void> {
  await writeFiles([{ path, data: entries.map(formatEntry).join('') }]);
}

/** Adds an entry at the end: one write, so that a killed process loses no more than its last line. Throws as `readManifest`. */
export async function appendToManifest(path: string, entry: ManifestEntry): Promise<void> {
  await createFolder(dirname(path));
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;
  const handle = await openUnlinked(path, flags).catch((error: unknown) => {
    throw error instanceof MaskwrightError
      ? error
      : new MaskwrightError('OUTPUT_UNWRITABLE', `${path} cannot be written: ${(error as Error).message}`, {
          hint: 'check the folder and its permissions',
          cause: error,
        });
  });
  try {
    await handle.writeFile(formatEntry(entry));
  } finally {
    await handle.close();
  }
}

/** Opens a manifest that is a file of its own: written through a link, it would change another file. */
async function openUnlinked(path: string, flags: number): Promise<FileHandle> {
  const linked = (): MaskwrightError =>
    new MaskwrightError(
      'OUTPUT_UNWRITABLE',
      `${path} is a link or no file: the list of what is done is not kept there`,
      {
        hint: 'remove it, or use another output folder',
      },
    );
  const handle = await open(path, flags | constants.O_NOFOLLOW, 0o666).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'ELOOP' || code === 'EMLINK' || code === 'EISDIR' || code === 'ENXIO' ? linked() : error;
  });
  const entry = await handle.stat();
  if (!entry.isFile() || entry.nlink > 1) {
    await handle.close();
    throw linked();
  }
  return handle;
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
