import { unlinkSync } from 'node:fs';
import { open, realpath, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MaskwrightError } from '../../errors.js';
import { createFolder } from './create-folder.js';
import { STDIO, TOO_MANY_FILES } from './read-input.js';
import { temporaryPath } from './temporary-files.js';

/** A file to write: `-` is standard output. Its data may come in pieces. */
export interface OutputFile {
  readonly path: string;
  readonly data: Uint8Array | string | readonly Uint8Array[];
  /** Checks the whole file under its temporary name; where it throws, the file does not take its own name. */
  readonly verify?: (temporaryPath: string) => Promise<void>;
}

export interface WriteOptions {
  /** Files that must survive: writing over one of them is refused, links followed. */
  readonly inputs?: readonly string[];
  /** Refuse to replace files that exist. */
  readonly keepExisting?: boolean;
}

const unfinished = new Set<string>();
let cleansAtExit = false;

/**
 * Writes files so that each is whole or absent: into temporary files beside the targets, then renamed,
 * all of them only after all are written. Folders are created. Temporary files are removed at any exit that lets
 * JavaScript run.
 *
 * Throws `OUTPUT_IS_INPUT`, `OUTPUT_EXISTS`, `OUTPUT_COLLISION`, `OUTPUT_UNWRITABLE`,
 * `OUTPUT_DISK_FULL`, or what `verify` throws.
 */
export async function writeFiles(files: readonly OutputFile[], options: WriteOptions = {}): Promise<void> {
  const targets = files.filter((file) => file.path !== STDIO);
  await assertWritable(
    targets.map((file) => file.path),
    options,
  );
  const written: { temporary: string; path: string }[] = [];
  try {
    for (const file of targets) {
      const temporary = temporaryPath(file.path);
      remember(temporary);
      written.push({ temporary, path: file.path });
      await writeWhole(temporary, file);
      await file.verify?.(temporary);
    }
    for (const { temporary, path } of written) {
      await rename(temporary, path).catch((error: unknown) => failWrite(path, error));
      unfinished.delete(temporary);
    }
  } finally {
    for (const { temporary } of written) {
      if (unfinished.delete(temporary)) {
        await unlink(temporary).catch(() => undefined);
      }
    }
  }
  for (const file of files) {
    if (file.path === STDIO) {
      for (const piece of piecesOf(file)) {
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
    const target = await identify(path);
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

async function identify(path: string): Promise<Identity> {
  try {
    const resolved = await realpath(path);
    const entry = await stat(resolved, { bigint: true });
    return { path: resolved, inode: `${entry.dev}:${entry.ino}`, isFolder: entry.isDirectory() };
  } catch {
    const folder = await realpath(dirname(path)).catch(() => dirname(path));
    return { path: join(folder, basename(path)), inode: undefined, isFolder: false };
  }
}

/** What a file is to hold, in one piece. */
export function contentOf({ data }: OutputFile): Uint8Array {
  return typeof data === 'string' ? Buffer.from(data) : data instanceof Uint8Array ? data : Buffer.concat(data);
}

function piecesOf({ data }: OutputFile): readonly (Uint8Array | string)[] {
  return typeof data === 'string' || data instanceof Uint8Array ? [data] : data;
}

async function writeWhole(temporary: string, file: OutputFile): Promise<void> {
  try {
    await createFolder(dirname(file.path));
    const handle = await open(temporary, 'wx');
    try {
      for (const piece of piecesOf(file)) {
        await handle.writeFile(piece);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    failWrite(file.path, error);
  }
}

function failWrite(path: string, error: unknown): never {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    throw new MaskwrightError('OUTPUT_DISK_FULL', `no space left to write ${path}`, {
      hint: 'free some space, or write elsewhere',
      cause: error,
    });
  }
  throw new MaskwrightError('OUTPUT_UNWRITABLE', `${path} cannot be written: ${(error as Error).message}`, {
    hint: code === 'EMFILE' || code === 'ENFILE' ? TOO_MANY_FILES : 'check the folder and its permissions',
    cause: error,
  });
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

function remember(temporary: string): void {
  unfinished.add(temporary);
  if (!cleansAtExit) {
    cleansAtExit = true;
    process.on('exit', () => {
      for (const path of unfinished) {
        try {
          unlinkSync(path);
        } catch {
          // It was never created, or is gone already.
        }
      }
    });
  }
}
