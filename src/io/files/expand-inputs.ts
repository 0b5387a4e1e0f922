import { readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, normalize, relative, resolve, sep } from 'node:path';
import { MaskwrightError } from '../../errors.js';
import { absolutePath, isRemote } from '../storage/storage-path.js';
import type { InputFile } from '../storage/storage.js';
import { expandBraces } from './expand-braces.js';
import { readInput, STDIO } from './read-input.js';

export type { InputFile } from '../storage/storage.js';

export interface ExpandOptions {
  /** Whether the folders inside the named ones are searched too. */
  readonly recursive?: boolean | undefined;
  /** A file with a path on each line (or between NULs); `-` for standard input. */
  readonly filesFrom?: string | undefined;
  /** File endings of the inputs in folders. Files named themselves and matches of patterns may have any. */
  readonly endings?: readonly string[] | undefined;
  /** Called with a named folder whose inner folders hold inputs that are skipped, as `recursive` is not set. */
  readonly onSkipped?: ((folder: string, skipped: readonly string[]) => void) | undefined;
  /** A folder left out where it lies inside a named one: where the results go. */
  readonly exclude?: string | undefined;
}

export const IMAGE_ENDINGS: readonly string[] = ['.png', '.jpg', '.jpeg', '.webp', '.tif', '.tiff', '.avif', '.gif'];

export const DEPTH_ENDINGS: readonly string[] = ['.exr', '.pfm', '.png', '.tif', '.tiff'];

/** `frame2` comes before `frame10`. */
const naturally = new Intl.Collator('en', { numeric: true });

/**
 * The files that names stand for: files, folders, patterns (`photos/**\/*.jpg`), `-`. In the order of the
 * names, those of a folder or pattern sorted with numbers by value; each file once. A name that stands for
 * nothing is handed on, so that reading it fails and the others go on.
 *
 * Throws `INPUT_NOT_FOUND` for a folder without images or a pattern without matches, `USAGE` where nothing
 * is named at all, and what reading the list throws.
 */
export async function expandInputs(names: readonly string[], options: ExpandOptions = {}): Promise<InputFile[]> {
  const files = new Map<string, InputFile>();
  const add = (file: InputFile): void => {
    const identity = file.path === STDIO ? STDIO : absolutePath(file.path);
    if (!files.has(identity)) {
      files.set(identity, file);
    }
  };
  for (const name of names) {
    for (const file of await expandName(name, options)) {
      add(file);
    }
  }
  for (const path of options.filesFrom === undefined ? [] : await readList(options.filesFrom)) {
    add({ path, folder: '' });
  }
  if (files.size === 0) {
    throw new MaskwrightError('USAGE', 'no image was named', {
      hint: 'name files, folders or patterns, or --files-from a list',
    });
  }
  return [...files.values()];
}

async function expandName(name: string, options: ExpandOptions): Promise<InputFile[]> {
  if (name === STDIO) {
    return [{ path: STDIO, folder: '' }];
  }
  if (isRemote(name)) {
    // Loaded when it is needed: most runs read files of this machine.
    const { expandObjects } = await import('../storage/s3-listing.js');
    const { recursive, endings = IMAGE_ENDINGS, exclude } = options;
    return sorted(await expandObjects(name, { recursive, endings, exclude }));
  }
  const entry = await stat(name).catch(() => undefined);
  if (entry?.isDirectory() === true) {
    return expandFolder(name, options);
  }
  // A file may be called photo[1].png: only a name that stands for no file is a pattern.
  return entry === undefined ? expandPattern(name, options) : [{ path: name, folder: '' }];
}

async function expandFolder(folder: string, options: ExpandOptions): Promise<InputFile[]> {
  const endings = options.endings ?? IMAGE_ENDINGS;
  const excluded = localFolder(options.exclude);
  const found: InputFile[] = [];
  const seen = new Set<string>();
  const skipped: string[] = [];
  const isInput = (name: string): boolean =>
    !name.startsWith('.') && endings.some((ending) => name.toLowerCase().endsWith(ending));
  const visit = async (path: string): Promise<void> => {
    const real = await realpath(path);
    if (seen.has(real) || (excluded !== undefined && resolve(path) === excluded && path !== folder)) {
      return;
    }
    seen.add(real);
    for (const entry of await readdir(path, { withFileTypes: true })) {
      const inside = join(path, entry.name);
      if (entry.name.startsWith('.')) {
        continue;
      }
      const target = entry.isSymbolicLink() ? await stat(inside).catch(() => entry) : entry;
      if (target.isDirectory()) {
        if (options.recursive === true) {
          await visit(inside);
        } else if (resolve(inside) !== excluded && (await readdir(inside).catch(() => [])).some(isInput)) {
          skipped.push(entry.name);
        }
      } else if (target.isFile() && isInput(entry.name)) {
        found.push({ path: inside, folder: relative(folder, path), relativePath: relative(folder, inside) });
      }
    }
  };
  await visit(folder);
  if (skipped.length > 0) {
    options.onSkipped?.(folder, skipped);
  }
  if (found.length === 0) {
    throw new MaskwrightError('INPUT_NOT_FOUND', `the folder ${folder} has no images in it`, {
      hint:
        options.recursive === true ? `expected ${endings.join(' ')}` : '--recursive looks in the folders inside it too',
    });
  }
  return sorted(found);
}

async function expandPattern(pattern: string, options: ExpandOptions): Promise<InputFile[]> {
  // Loaded when it is needed: most runs name files.
  const { glob, isDynamicPattern } = await import('tinyglobby');
  if (!isDynamicPattern(pattern)) {
    return [{ path: pattern, folder: '' }];
  }
  const slashed = sep === '\\' ? pattern.replaceAll('\\', '/') : pattern;
  const own = localFolder(options.exclude);
  const excluded = own === undefined ? undefined : own + sep;
  // No name has a NUL in it, and asking the system for one throws.
  const matches = new Set<string>();
  for (const each of slashed.includes('\0') ? [] : expandBraces(slashed)) {
    for (const path of await glob(each, { expandDirectories: false, onlyFiles: true, absolute: false })) {
      matches.add(normalize(path));
    }
  }
  const fixed = fixedPart(slashed);
  const found = [...matches].filter(
    (path) =>
      excluded === undefined || (resolve(fixed) + sep).startsWith(excluded) || !resolve(path).startsWith(excluded),
  );
  const base = commonFolder([fixed, ...found.map((path) => dirname(path))]);
  if (found.length === 0) {
    throw new MaskwrightError('INPUT_NOT_FOUND', `no file matches ${JSON.stringify(pattern)}`, {
      hint: '* stands for any characters, ** for any folders',
    });
  }
  return sorted(
    found.map((path) => ({ path, folder: relative(base, dirname(path)), relativePath: relative(fixed, path) })),
  );
}

/** Where results go on this machine. */
function localFolder(path: string | undefined): string | undefined {
  return path === undefined || isRemote(path) ? undefined : resolve(path);
}

export interface PatternParts {
  readonly prefix?: string | undefined;
  readonly ending: string;
  readonly recursive?: boolean | undefined;
}

/**
 * The pattern of the files of a folder whose names begin with `prefix` and have an ending in any case.
 *
 * @example
 * patternFor('frames', { prefix: 'forest', ending: '.png' }); // frames/forest*.[pP][nN][gG]
 */
export function patternFor(folder: string, { prefix = '', ending, recursive = false }: PatternParts): string {
  const slashed = sep === '\\' ? folder.replaceAll('\\', '/') : folder;
  const anyCase = ending.replace(/[a-z]/gi, (letter) => `[${letter.toLowerCase()}${letter.toUpperCase()}]`);
  return `${escapeForPattern(slashed)}/${recursive ? '**/' : ''}${escapeForPattern(prefix)}*${anyCase}`;
}

function escapeForPattern(name: string): string {
  return name.replace(/[()[\]{}!*?@+\\]/g, '\\$&');
}

/** The folder of a pattern before the first character that has something to match. */
function fixedPart(pattern: string): string {
  const start = /[*?[\]{}()!+@\\]/.exec(pattern)?.index ?? pattern.length;
  const end = pattern.lastIndexOf('/', start);
  return end < 0 ? '.' : pattern.slice(0, Math.max(end, 1));
}

/** The deepest folder that holds all of these: a pattern such as `{a/..,b}/*` matches outside of its fixed part. */
function commonFolder(folders: readonly string[]): string {
  const [first, ...others] = folders.map((folder) => resolve(folder).split(sep));
  let depth = first!.length;
  for (const other of others) {
    const differs = first!.findIndex((name, i) => name !== other[i]);
    depth = Math.min(depth, differs < 0 ? first!.length : differs);
  }
  return first!.slice(0, depth).join(sep) || sep;
}

function sorted(files: readonly InputFile[]): InputFile[] {
  return [...files].sort((a, b) => naturally.compare(a.path, b.path) || (a.path < b.path ? -1 : 1));
}

async function readList(path: string): Promise<string[]> {
  const list = new TextDecoder().decode(await readInput(path));
  return list.split(list.includes('\0') ? '\0' : /\r?\n/).filter((line) => line !== '');
}
