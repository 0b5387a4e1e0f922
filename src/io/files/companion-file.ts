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
  const listings = new Map<string, Promise<readonly string[] | undefined>>();
  return (path, input, endings = IMAGE_ENDINGS) =>
    findCompanion(path, input, endings, (folder) => {
      const listing = listings.get(folder) ?? listFolder(folder);
      listings.set(folder, listing);
      return listing;
    });
}

/** The names in a folder; undefined where the path is no folder. */
async function listFolder(path: string): Promise<readonly string[] | undefined> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true ? readdir(path) : undefined;
}

async function findCompanion(
  path: string,
  input: string,
  endings: readonly string[],
  list: typeof listFolder,
): Promise<string> {
  const stem = stemOf(input);
  const filled = path.replaceAll('{stem}', () => stem).replaceAll('{parent}', () => basename(dirname(resolve(input))));
  const listing = filled === STDIO ? undefined : await list(filled);
  if (listing === undefined) {
    return filled;
  }
  // Images and their masks may lie in one folder: an image is not its own mask.
  const own = resolve(input);
  const names = listing.filter(
    (name) => endings.includes(extname(name).toLowerCase()) && resolve(filled, name) !== own,
  );
  const withStem = (suffix: RegExp): string[] =>
    names.filter((name) => name.startsWith(stem) && suffix.test(name.slice(stem.length, -extname(name).length)));
  const exact = withStem(/^$/);
  const found = exact.length > 0 ? exact : withStem(/^[._-](?:mask|depth)$/i);
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
