import { createHash } from 'node:crypto';
import { readFile, realpath, unlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, parse, relative, resolve, sep } from 'node:path';
import { MaskwrightError } from '../../errors.js';
import { hashFile } from '../../io/files/hash-file.js';
import { STDIO } from '../../io/files/read-input.js';
import { writeFiles } from '../../io/files/write-files.js';

/** Name of the file, in the folder of the layers, that lists what was written there. */
export const LISTING_NAME = '.maskwright-layers.json';

/** A folder that old results are cleared from, and nothing else. */
export interface LayersFolder {
  /**
   * Takes names for files about to be written. Throws `OUTPUT_EXISTS` where one is a file that was not written
   * by an earlier run, or was changed since, unless that is forced.
   */
  readonly claim: (paths: readonly string[]) => Promise<void>;
  /** Writes a claimed file and notes what is in it. */
  readonly write: (path: string, data: Uint8Array | string) => Promise<void>;
  /** Saves the listing, and with `clear` removes what earlier runs wrote, this one did not, and nobody changed. */
  readonly finish: (options: { readonly clear: boolean }) => Promise<string[]>;
}

export interface LayersFolderOptions {
  /** Files that are read; their folders are no place for a folder that is cleared. */
  readonly inputs: readonly string[];
  /** Write over files that are not ours. */
  readonly force?: boolean | undefined;
}

/** SHA-256 of a listed file as it was written; empty while its writing has only been announced. */
type Listing = Record<string, string>;

/**
 * Opens the folder of the layers. Nothing is removed yet.
 * Throws `OUTPUT_UNWRITABLE` for the root, the home folder, the working folder and folders of inputs.
 */
export async function openLayersFolder(folder: string, options: LayersFolderOptions): Promise<LayersFolder> {
  await assertOwnFolder(folder, options.inputs);
  const path = join(folder, LISTING_NAME);
  const earlier = await readListing(path);
  const listing: Listing = { ...earlier };
  const claimed = new Set<string>();
  const nameOf = (file: string): string => relative(folder, file).split(sep).join('/');

  let saving = Promise.resolve();
  const save = (): Promise<void> => {
    // One after the other: the listing that is saved last has everything in it.
    saving = saving.then(() => writeFiles([{ path, data: `${JSON.stringify(listing, undefined, 1)}\n` }]));
    return saving;
  };
  const isOurs = async (name: string): Promise<boolean> => {
    const written = earlier[name];
    const found = written === '' ? '' : await hashFile(join(folder, name));
    return found === undefined || found === written;
  };

  return {
    claim: async (paths) => {
      for (const file of paths) {
        const name = nameOf(file);
        if (options.force !== true && !(await isOurs(name))) {
          const what = Object.hasOwn(earlier, name)
            ? 'was changed since it was written'
            : 'was not written by this command';
          throw new MaskwrightError('OUTPUT_EXISTS', `${file} exists and ${what}`, {
            hint: 'choose another --output-dir, move the file away, or --force',
          });
        }
        claimed.add(name);
        listing[name] = '';
      }
      await save();
    },
    write: async (file, data) => {
      await writeFiles([{ path: file, data }], { inputs: options.inputs });
      listing[nameOf(file)] = createHash('sha256').update(data).digest('hex');
    },
    finish: async ({ clear }) => {
      const removed: string[] = [];
      for (const name of clear ? Object.keys(earlier) : []) {
        const file = join(folder, name);
        if (!claimed.has(name)) {
          // A listing that was tampered with must not reach outside.
          const inside = `${await realFolder(dirname(file))}${sep}`.startsWith((await realFolder(folder)) + sep);
          if (inside && (await isOurs(name)) && (await remove(file))) {
            removed.push(file);
          }
          delete listing[name];
        }
      }
      if (Object.keys(listing).length > 0 || Object.keys(earlier).length > 0) {
        await save();
      }
      return removed;
    },
  };
}

async function assertOwnFolder(folder: string, inputs: readonly string[]): Promise<void> {
  const target = await realFolder(folder);
  const refuse = (what: string): never => {
    throw new MaskwrightError('OUTPUT_UNWRITABLE', `${folder} is ${what}: layers go to a folder of their own`, {
      hint: 'name another with --output-dir; old layers in it are cleared by the next run',
    });
  };
  if (target === parse(target).root) refuse('the root of the file system');
  if (target === (await realFolder(homedir()))) refuse('your home folder');
  if (target === (await realFolder('.'))) refuse('the folder you are in');
  for (const input of inputs) {
    if (input !== STDIO && target === (await realFolder(dirname(input)))) refuse(`the folder of ${input}`);
  }
}

/** The folder with links followed as far as it exists. */
async function realFolder(folder: string): Promise<string> {
  const whole = resolve(folder);
  try {
    return await realpath(whole);
  } catch {
    const parent = dirname(whole);
    return parent === whole ? whole : join(await realFolder(parent), relative(parent, whole));
  }
}

async function readListing(path: string): Promise<Listing> {
  const text = await readFile(path, 'utf8').catch(() => '{}');
  try {
    const entries = Object.entries(JSON.parse(text) as object);
    return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  } catch {
    throw new MaskwrightError('OUTPUT_UNWRITABLE', `${path} is damaged: it cannot be told which files are old layers`, {
      hint: 'delete it and the old layers, or choose another --output-dir',
    });
  }
}

async function remove(file: string): Promise<boolean> {
  try {
    await unlink(file);
    return true;
  } catch {
    return false;
  }
}
