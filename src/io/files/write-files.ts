import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MaskwrightError } from '../../errors.js';
import { storageOf } from '../storage/storage-of.js';
import { isRemote } from '../storage/storage-path.js';
import {
  type OutputFile,
  piecesOf,
  type Storage,
  type StoredMetadata,
  type WriteStorageOptions,
} from '../storage/storage.js';
import { STDIO } from './read-input.js';

export { contentOf, type FileContent, type OutputFile } from '../storage/storage.js';

export interface WriteOptions extends Pick<WriteStorageOptions, 'once' | 'signal'> {
  /** Files that must survive: writing over one of them is refused, links followed. */
  readonly inputs?: readonly string[];
  /** Refuse to replace files that exist. */
  readonly keepExisting?: boolean;
  /** What services store with the files; an object of the same metadata stays as it is. */
  readonly metadata?: (() => Promise<StoredMetadata>) | undefined;
}

/**
 * Writes files so that each is whole or absent. Folders are created.
 *
 * Throws `OUTPUT_IS_INPUT`, `OUTPUT_EXISTS`, `OUTPUT_COLLISION`, `OUTPUT_UNWRITABLE`,
 * `OUTPUT_DISK_FULL`, `STORAGE_WRITE`, or what `verify` throws.
 */
export async function writeFiles(files: readonly OutputFile[], options: WriteOptions = {}): Promise<void> {
  const targets = files.filter((file) => file.path !== STDIO);
  await assertWritable(
    targets.map((file) => file.path),
    options,
  );
  const byStorage = new Map<Storage, OutputFile[]>();
  for (const file of targets) {
    const storage = storageOf(file.path);
    byStorage.set(storage, [...(byStorage.get(storage) ?? []), file]);
  }
  const metadata = targets.some(({ path }) => isRemote(path)) ? await options.metadata?.() : undefined;
  for (const [storage, own] of byStorage) {
    const { keepExisting, once, signal } = options;
    await storage.write(own, { metadata, keepExisting, once, signal });
  }
  for (const file of files) {
    if (file.path === STDIO) {
      for await (const piece of piecesOf(file)) {
        await writeStandardOutput(piece);
      }
    }
  }
}

/**
 * Throws where writing these paths would destroy an input (`OUTPUT_IS_INPUT`), a file to keep
 * (`OUTPUT_EXISTS`) or one another (`OUTPUT_COLLISION`). Call it before the work starts; `writeFiles`
 * does so again.
 */
export async function assertWritable(paths: readonly string[], options: WriteOptions = {}): Promise<void> {
  const inputs = new Set<string>();
  for (const path of options.inputs ?? []) {
    if (path !== STDIO) {
      const input = await identify(path);
      inputs.add(input.path).add(input.inode ?? input.path);
    }
  }
  const seen = new Set<string>();
  for (const path of paths) {
    if (path === STDIO) {
      continue;
    }
    const target = await identify(path, options.keepExisting);
    if (inputs.has(target.path) || (target.inode !== undefined && inputs.has(target.inode))) {
      throw new MaskwrightError('OUTPUT_IS_INPUT', `${path} is also an input: inputs are never overwritten`, {
        hint: 'give the output another name or folder',
      });
    }
    if (seen.has(target.path)) {
      throw new MaskwrightError('OUTPUT_COLLISION', `two results would be written to ${path}`, {
        hint: 'give them different names or folders',
      });
    }
    seen.add(target.path);
    if (target.isFolder) {
      throw new MaskwrightError('OUTPUT_UNWRITABLE', `${path} is a folder, not a file to write`);
    }
    if (options.keepExisting === true && target.inode !== undefined) {
      throw new MaskwrightError('OUTPUT_EXISTS', `${path} exists already`, {
        hint: 'choose another name, or use --force',
      });
    }
  }
}

interface Identity {
  readonly path: string;
  /** Device and inode, which hard links share; undefined where there is no such file. */
  readonly inode: string | undefined;
  readonly isFolder: boolean;
}

async function identify(path: string, keepExisting = false): Promise<Identity> {
  if (isRemote(path)) {
    const there = keepExisting ? await storageOf(path).head(path) : undefined;
    return { path, inode: there && path, isFolder: false };
  }
  try {
    const resolved = await realpath(path);
    const entry = await stat(resolved, { bigint: true });
    return { path: resolved, inode: `${entry.dev}:${entry.ino}`, isFolder: entry.isDirectory() };
  } catch {
    const folder = await realpath(dirname(path)).catch(() => dirname(path));
    return { path: join(folder, basename(path)), inode: undefined, isFolder: false };
  }
}

function writeStandardOutput(data: Uint8Array | string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(data, (error) => {
      if (error) {
        reject(
          new MaskwrightError('OUTPUT_UNWRITABLE', `standard output cannot be written: ${error.message}`, {
            cause: error,
          }),
        );
      } else {
        resolve();
      }
    });
  });
}
