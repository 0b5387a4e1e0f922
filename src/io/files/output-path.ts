import { normalize, posix, win32 } from 'node:path';
import { MaskwrightError } from '../../errors.js';
import { joinPath } from '../storage/storage-path.js';

/**
 * A path inside a folder of results. Every path that is made of names, patterns, table cells or placeholders goes
 * through here: such text may come from a file that somebody else wrote.
 *
 * Throws `USAGE` where `inside` is absolute, has a NUL in it, or leads out of the folder by `..`.
 *
 * @example
 * joinOutputPath('outputs', 'tree/{stem}.png'); // 'outputs/tree/{stem}.png'
 * joinOutputPath('outputs', '../notes.png'); // throws
 */
export function joinOutputPath(folder: string, inside: string): string {
  if (!staysInside(inside)) {
    throw new MaskwrightError('USAGE', `${JSON.stringify(inside)} does not stay in the output folder ${folder}`, {
      hint: 'name folders inside it, with /; another folder is named by --output-dir, or outdir in a recipe',
    });
  }
  return joinPath(folder, inside);
}

/** Whether a relative path stays inside the folder that it is joined to, on every system. */
export function staysInside(path: string): boolean {
  // A backslash separates folders on Windows alone, but a name made on one system may be used on another.
  const first = normalize(path).split(/[\\/]/)[0];
  return (
    !path.includes('\0') &&
    !posix.isAbsolute(path) &&
    !win32.isAbsolute(path) &&
    !/^[a-z]:/i.test(path) &&
    first !== '..' &&
    !win32.normalize(path).startsWith('..\\') &&
    win32.normalize(path) !== '..'
  );
}
