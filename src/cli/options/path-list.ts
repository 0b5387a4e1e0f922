import { existsSync } from 'node:fs';
import { MaskwrightError } from '../../errors.js';

/**
 * The paths of a flag that takes lists: given several times, or separated by `;`, or by `,` where there is no
 * `;`. What exists as it stands is one path, commas and all. Throws `USAGE` for an empty entry.
 */
export function pathList(
  option: string,
  values: readonly string[] | undefined,
  exists: (path: string) => boolean = existsSync,
): string[] {
  return (values ?? []).flatMap((value) => {
    if (exists(value)) {
      return [value];
    }
    const parts = value.includes(';') ? value.split(';') : joinExisting(value.split(','), exists);
    return parts.map((part) => {
      const path = exists(part) ? part : part.trim();
      if (path === '') {
        throw new MaskwrightError('USAGE', `${option} has an empty entry: ${JSON.stringify(value)}`, {
          hint: 'separate the files by one ; each',
        });
      }
      return path;
    });
  });
}

/** Pieces between commas put together again where that names a file: the longest first. */
function joinExisting(pieces: readonly string[], exists: (path: string) => boolean): string[] {
  const parts: string[] = [];
  for (let start = 0; start < pieces.length;) {
    let end = pieces.length;
    while (end > start + 1 && !exists(pieces.slice(start, end).join(',').trim())) {
      end--;
    }
    parts.push(pieces.slice(start, end).join(','));
    start = end;
  }
  return parts;
}
