import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { MaskwrightError } from '../../errors.js';
import { IMAGE_ENDINGS } from './expand-inputs.js';
import { stemOf } from './output-names.js';
import { STDIO } from './read-input.js';

/**
 * The file that belongs to an input, such as its mask or depth map. `path` is a file, a path with `{stem}` and
 * `{parent}` of the input in it, or a folder: there, the file with the input's stem, or with `mask` or `depth`
 * behind it (`photo.mask.png`, `photo_mask.png`).
 *
 * Throws `INPUT_NOT_FOUND` where the folder has no such file, or more than one.
 *
 * @example
 * await companionFile('masks', 'photos/cat.jpg'); // 'masks/cat.png'
 * await companionFile('masks/{stem}.png', 'photos/cat.jpg'); // 'masks/cat.png'
 */
export async function companionFile(
  path: string,
  input: string,
  endings: readonly string[] = IMAGE_ENDINGS,
): Promise<string> {
  return openCompanions()(path, input, endings);
}

/** `companionFile` for many inputs: each folder is listed once. */
export function openCompanions(): (path: string, input: string, endings?: readonly string[]) => Promise<string> {
  const listings = new Map<string, Promise<Listing>>();
  const isFolder = openFolderTest();
  const list = async (path: string): Promise<Listing | undefined> => {
    if (!listings.has(path)) {
      if (!(await isFolder(path))) {
        return undefined;
      }
      listings.set(path, readdir(path).then(listingOf));
    }
    return listings.get(path);
  };
  return (path, input, endings = IMAGE_ENDINGS) => findCompanion(path, input, endings, list);
}

/** The files of a folder by the stem of the input that they belong to. */
interface Listing {
  readonly exact: ReadonlyMap<string, readonly string[]>;
  /** Those with `mask` or `depth` behind the stem. */
  readonly marked: ReadonlyMap<string, readonly string[]>;
}

function listingOf(names: readonly string[]): Listing {
  const exact = new Map<string, string[]>();
  const marked = new Map<string, string[]>();
  for (const name of names) {
    const base = stemOf(name);
    exact.set(base, [...(exact.get(base) ?? []), name]);
    const [, stem] = /^(.+)[._-](?:mask|depth)$/i.exec(base) ?? [];
    if (stem !== undefined) {
      marked.set(stem, [...(marked.get(stem) ?? []), name]);
    }
  }
  return { exact, marked };
}

/** From so many paths in one folder on, the folder is listed: that costs less than to ask for each of them. */
const LISTED_FROM = 64;

/** Tells whether paths are folders. Many paths in one folder, such as the masks of many images, cost one listing. */
function openFolderTest(): (path: string) => Promise<boolean> {
  const asked = new Map<string, number>();
  const parents = new Map<string, Promise<ReadonlySet<string>>>();
  const ask = async (path: string): Promise<boolean> =>
    (await stat(path).catch(() => undefined))?.isDirectory() === true;
  return async (path) => {
    const parent = dirname(path);
    const times = (asked.get(parent) ?? 0) + 1;
    asked.set(parent, times);
    if (times < LISTED_FROM) {
      return ask(path);
    }
    const listing = parents.get(parent) ?? foldersIn(parent);
    parents.set(parent, listing);
    return (await listing).has(comparable(basename(path))) ? ask(path) : false;
  };
}

/** The names in a folder that are no files: folders, and links, which may lead to one. */
async function foldersIn(path: string): Promise<ReadonlySet<string>> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return new Set(entries.filter((entry) => !entry.isFile()).map(({ name }) => comparable(name)));
}

/** Systems differ in whether names may differ in case and composition of letters only. */
function comparable(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

async function findCompanion(
  path: string,
  input: string,
  endings: readonly string[],
  list: (folder: string) => Promise<Listing | undefined>,
): Promise<string> {
  const stem = stemOf(input);
  const filled = path.replaceAll('{stem}', () => stem).replaceAll('{parent}', () => basename(dirname(resolve(input))));
  const listing = filled === STDIO ? undefined : await list(filled);
  if (listing === undefined) {
    return filled;
  }
  // Images and their masks may lie in one folder: an image is not its own mask.
  const own = resolve(input);
  const among = (files: Listing['exact']): string[] =>
    (files.get(stem) ?? []).filter(
      (name) => endings.includes(extname(name).toLowerCase()) && resolve(filled, name) !== own,
    );
  const exact = among(listing.exact);
  const found = exact.length > 0 ? exact : among(listing.marked);
  if (found.length !== 1) {
    throw new MaskwrightError(
      'INPUT_NOT_FOUND',
      found.length === 0
        ? `the folder ${filled} has no file for ${input}`
        : `the folder ${filled} has ${found.length} files for ${input}: ${found.sort().join(', ')}`,
      { hint: `name one of them ${stem}.png, or name it by a pattern such as ${path}/{stem}.png` },
    );
  }
  return join(filled, found[0]!);
}
