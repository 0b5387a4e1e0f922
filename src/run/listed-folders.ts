import { lstat, readdir, readFile, realpath, unlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, parse, relative, resolve, sep } from 'node:path';
import pLimit from 'p-limit';
import { MaskwrightError } from '../errors.js';
import { hashBytes, hashIfReadable } from '../io/files/hash-file.js';
import { STDIO } from '../io/files/read-input.js';
import { contentOf, type OutputFile, writeFiles } from '../io/files/write-files.js';
import type { ListedFolder } from '../outputs/output.js';

/** Name of the file, in a listed folder, that names what was written there. */
export const LISTING_NAME = '.maskwright-layers.json';

/** Those of the parts of a divided run, such as `.maskwright-layers.2-of-8.json`, among them. */
const LISTING_NAMES = /^\.maskwright-layers(?:\.\d+-of-\d+)?\.json$/;

/** The listed folders of a run. A listing tells the files of earlier runs from those of others. */
export interface ListedFolders {
  /**
   * Opens a folder; nothing is written or removed.
   * Throws `OUTPUT_UNWRITABLE` for the root, the home folder, the working folder and folders of inputs.
   */
  readonly open: (folder: ListedFolder) => Promise<void>;
  /**
   * Lists files that are about to be written. Throws `OUTPUT_EXISTS` where one exists that no earlier run wrote or
   * that was changed since, unless that is forced.
   */
  readonly claim: (folder: ListedFolder, files: readonly OutputFile[]) => Promise<void>;
  /** Ends the run. With `clear`, what earlier runs wrote, this one did not, and nobody changed is removed. */
  readonly finish: (options: { readonly clear: boolean }) => Promise<ClearedFolder[]>;
}

export interface ClearedFolder {
  readonly path: string;
  readonly files: readonly string[];
}

/**
 * SHA-256 of what each listed file may hold: its content, and until a run is finished also the one before. So a file
 * that a killed run listed and never wrote is not taken for a file of that run.
 */
type Listing = Record<string, readonly string[]>;

/** A file that is to be written, and what is there under its name. */
interface Examined {
  readonly name: string;
  readonly found: 'absent' | 'listed' | 'foreign';
  readonly sha256: string;
}

const HASHED_AT_ONCE = 4;

interface OpenFolder {
  readonly claim: (files: readonly OutputFile[], force: boolean) => Promise<void>;
  readonly finish: (clear: boolean) => Promise<string[]>;
}

/**
 * The listed folders of a run over `inputs`, whose own folders are refused. A part of a divided run keeps a listing of
 * its own: others may write theirs at the same time.
 */
export function openListedFolders(inputs: readonly string[], part?: string): ListedFolders {
  const opened = new Map<string, { readonly path: string; clear: boolean; readonly folder: Promise<OpenFolder> }>();
  const open = ({ path, clear }: ListedFolder): Promise<OpenFolder> => {
    const key = resolve(path);
    const entry = opened.get(key) ?? { path, clear, folder: openFolder(path, inputs, part) };
    entry.clear ||= clear;
    opened.set(key, entry);
    return entry.folder;
  };
  return {
    open: async (folder) => {
      await open(folder);
    },
    claim: async (folder, files) => (await open(folder)).claim(files, folder.force),
    finish: async ({ clear }) => {
      const cleared: ClearedFolder[] = [];
      for (const { path, clear: wanted, folder } of opened.values()) {
        cleared.push({ path, files: await (await folder).finish(clear && wanted) });
      }
      return cleared;
    },
  };
}

async function openFolder(folder: string, inputs: readonly string[], part: string | undefined): Promise<OpenFolder> {
  await assertOwnFolder(folder, inputs);
  const path = join(folder, part === undefined ? LISTING_NAME : LISTING_NAME.replace(/json$/, `${part}.json`));
  const earlier = await readListings(folder);
  const listing: Listing = { ...earlier };
  const claimed = new Map<string, string>();
  const nameOf = (file: string): string => relative(folder, file).split(sep).join('/');

  let saving = Promise.resolve();
  const save = (): Promise<void> => {
    // One after the other: the listing that is saved last is complete.
    saving = saving.then(() => writeFiles([{ path, data: `${JSON.stringify(listing, undefined, 1)}\n` }]));
    return saving;
  };

  return {
    claim: async (files, force) => {
      // Contents that are encoded when they are asked for are hashed one at a time.
      const atOnce = pLimit(files.every(({ data }) => typeof data !== 'function') ? HASHED_AT_ONCE : 1);
      const examine = async (file: OutputFile): Promise<Examined> => {
        const name = nameOf(file.path);
        const found = await stateOf(join(folder, name), earlier[name]);
        const content = await contentOf(file);
        return { name, found, sha256: await hashBytes(typeof content === 'string' ? Buffer.from(content) : content) };
      };
      const examined = await Promise.all(files.map((file) => atOnce(() => examine(file))));
      for (const [i, file] of files.entries()) {
        const { name, found, sha256 } = examined[i]!;
        if (found === 'foreign' && !force) {
          const what = Object.hasOwn(earlier, name)
            ? 'was changed since it was written'
            : 'was not written by this command';
          throw new MaskwrightError('OUTPUT_EXISTS', `${file.path} exists and ${what}`, {
            hint: 'choose another --output-dir, move the file away, or --force',
          });
        }
        claimed.set(name, sha256);
        listing[name] = found === 'listed' ? [...new Set([...earlier[name]!, sha256])] : [sha256];
      }
      await save();
    },
    finish: async (clear) => {
      const removed: string[] = [];
      for (const name of clear ? Object.keys(earlier) : []) {
        const file = join(folder, name);
        if (!claimed.has(name)) {
          // A listing that was tampered with must not reach outside.
          const inside = `${await realFolder(dirname(file))}${sep}`.startsWith((await realFolder(folder)) + sep);
          if (inside && (await stateOf(file, earlier[name])) === 'listed' && (await remove(file))) {
            removed.push(file);
          }
          delete listing[name];
        }
      }
      for (const [name, sha256] of claimed) {
        listing[name] = [sha256];
      }
      if (Object.keys(listing).length > 0 || Object.keys(earlier).length > 0) {
        await save();
      }
      return removed;
    },
  };
}

/** Whether a file is absent, one that the listing describes, or somebody else's; links are never ours. */
async function stateOf(file: string, hashes: readonly string[] = []): Promise<'absent' | 'listed' | 'foreign'> {
  const entry = await lstat(file).catch(() => undefined);
  if (entry === undefined) {
    return 'absent';
  }
  const hash = entry.isFile() ? await hashIfReadable(file) : undefined;
  return hash !== undefined && hashes.includes(hash) ? 'listed' : 'foreign';
}

async function assertOwnFolder(folder: string, inputs: readonly string[]): Promise<void> {
  const target = await realFolder(folder);
  const refuse = (what: string): never => {
    throw new MaskwrightError('OUTPUT_UNWRITABLE', `${folder} is ${what}: layers go to a separate folder`, {
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

/** What all listings of a folder say together. */
async function readListings(folder: string): Promise<Listing> {
  const merged = new Map<string, string[]>();
  for (const name of (await readdir(folder).catch(() => [])).filter((file) => LISTING_NAMES.test(file)).sort()) {
    for (const [file, hashes] of Object.entries(await readListing(join(folder, name)))) {
      merged.set(file, [...(merged.get(file) ?? []), ...hashes]);
    }
  }
  return Object.fromEntries(merged);
}

async function readListing(path: string): Promise<Listing> {
  const text = await readFile(path, 'utf8').catch(() => '{}');
  try {
    const entries = Object.entries(JSON.parse(text) as object).map(([name, hashes]): [string, string[]] => [
      name,
      [hashes as unknown].flat().filter((hash): hash is string => typeof hash === 'string' && hash !== ''),
    ]);
    return Object.fromEntries(entries.filter(([, hashes]) => hashes.length > 0));
  } catch {
    throw new MaskwrightError('OUTPUT_UNWRITABLE', `${path} is corrupt: it does not say which files are old layers`, {
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
