import { createHash } from 'node:crypto';
import { appendFile, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { createFolder } from '../../io/files/create-folder.js';
import { cacheFolder } from '../../models/hub/cache-folder.js';

/** A question about a file, in a list of those whose answers are probably cached: a line for each, the newest last. */
export interface SeenInput {
  /** Whether the question was asked of this file before. */
  readonly has: () => Promise<boolean>;
  /** Notes that it was. Failures are ignored: only time is lost. */
  readonly add: () => Promise<void>;
}

/** Whether phrases were detected in the image of a path before, as the list next to the cached heatmaps says. */
export function seenPhrases(path: string, phrases: readonly string[], fit: string): SeenInput {
  return seenInput(join(cacheFolder(), 'seen-inputs'), path, [phrases, fit]);
}

const MAX_BYTES = 256 * 1024;

/**
 * Guesses, before a file is read, whether the answers to a question about it are cached: by path, size and time of the file.
 * A wrong guess costs time and changes no result: it decides whether the network is loaded while the image is decoded.
 */
export function seenInput(list: string, path: string, question: unknown): SeenInput {
  const line = async (): Promise<string> => {
    const { size, mtimeMs } = await stat(path);
    const text = JSON.stringify([resolve(path), size, mtimeMs, question]);
    return createHash('sha256').update(text).digest('base64url').slice(0, 16);
  };
  const lines = (): Promise<string> => readFile(list, 'latin1').catch(() => '');
  return {
    has: async () => {
      try {
        return (await lines()).includes(await line());
      } catch {
        // A file that cannot be read gets its message when it is decoded; nothing has to be loaded for it.
        return true;
      }
    },
    add: async () => {
      try {
        const added = `${await line()}\n`;
        const before = await lines();
        await createFolder(dirname(list));
        await (before.length > MAX_BYTES
          ? writeFile(list, before.slice(before.indexOf('\n', before.length / 2) + 1) + added)
          : appendFile(list, added));
      } catch {
        // The next run loads the network earlier than it has to.
      }
    },
  };
}
