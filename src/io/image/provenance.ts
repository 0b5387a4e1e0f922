import { posix, win32 } from 'node:path';
import { VERSION } from '../../version.js';
import { isRemote } from '../storage/storage-path.js';
import type { PngText } from './png/png-chunks.js';

/** What a file says about how it was produced: prompt, model and settings. */
export type Provenance = Readonly<Record<string, unknown>>;

/** Keys whose values are paths as typed. */
const PATH_KEYS: ReadonlySet<string> = new Set([
  'background',
  'file',
  'image',
  'input',
  'mask',
  'original',
  'overlay',
  'path',
  'transparency',
  'within',
]);

/**
 * The provenance as PNG text: `Software`, and everything as JSON under `maskwright`. Of files only the base names are
 * kept: folders tell who made an image, and where.
 */
export function provenanceText(provenance: Provenance): PngText {
  return {
    Software: `maskwright ${VERSION}`,
    maskwright: JSON.stringify({ version: VERSION, ...provenance }, (key, value: unknown) =>
      typeof value === 'string' ? withoutFolders(key, value) : value,
    ),
  };
}

function withoutFolders(key: string, value: string): string {
  return PATH_KEYS.has(key) || isRemote(value) || posix.isAbsolute(value) || /^[a-z]:[\\/]/i.test(value)
    ? baseName(value)
    : value.replace(/@"([^"]*)"|@([^\s(){}"]+)/g, (_, quoted?: string, bare?: string) =>
        quoted === undefined ? `@${baseName(bare!)}` : `@"${baseName(quoted)}"`,
      );
}

function baseName(path: string): string {
  const name = win32.basename(path);
  return name === '' ? path : name;
}
