import { basename, dirname, extname, join, resolve } from 'node:path';
import { MaskwrightError } from '../../errors.js';
import { absolutePath } from '../storage/storage-path.js';
import type { InputFile } from './expand-inputs.js';
import { joinOutputPath } from './output-path.js';
import { STDIO } from './read-input.js';

/** Folder and names of the results. */
export interface NamingOptions {
  /** Folder for the results; created where it does not exist. */
  readonly outdir: string;
  /** Placeholders: `{stem}` the input's name without ending, `{text}` the prompt, `{kind}` the kind of file, `{ext}`. */
  readonly name: string;
}

export const NAMING_DEFAULTS: NamingOptions = { outdir: 'outputs', name: '{stem}.{text}.{kind}.{ext}' };

/** What `fillName` replaces; `namingFor` has replaced the placeholders of the input before. */
const INPUT_PLACEHOLDERS = ['parent', 'index'] as const;

/** Values of placeholders; `instance` where there are instances. */
export type NameParts = Readonly<Record<'stem' | 'text' | 'kind' | 'ext', string>> & { readonly instance?: string };

/** Names that Windows keeps for devices, whatever the ending. */
const DEVICE_NAME = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;

/**
 * The path of one result, inside `outdir`: names may come from a file that somebody else wrote. `{{stem}}` stands for
 * `{stem}` as it is. Throws `USAGE` for an unknown placeholder, and for a name that leads out of the folder.
 *
 * @example
 * fillName({ outdir: 'out', name: '{stem}.{kind}.{ext}' }, { stem: 'a', text: 'hair', kind: 'mask', ext: 'png' });
 * // out/a.mask.png
 */
export function fillName({ outdir, name: template }: NamingOptions, parts: NameParts): string {
  const name = template.replace(/\{\{(\w*)\}\}|\{(\w*)\}/g, (placeholder, literal?: string, key?: string) => {
    if (literal !== undefined) {
      return `{${literal}}`;
    }
    if (!Object.hasOwn(parts, key!)) {
      throw new MaskwrightError('USAGE', `the name ${JSON.stringify(template)} has the placeholder ${placeholder}`, {
        hint:
          key === 'instance'
            ? 'it stands for the number of an instance: add --each'
            : `known are ${[...Object.keys(parts), ...INPUT_PLACEHOLDERS].map((known) => `{${known}}`).join(' ')}`,
      });
    }
    return safeNamePart(parts[key as keyof NameParts]!);
  });
  const file = basename(name).replace(DEVICE_NAME, '_$&');
  if (/^\.{0,2}$/.test(file)) {
    throw new MaskwrightError('USAGE', `the name ${JSON.stringify(template)} names no file`, {
      hint: 'for example {stem}.{kind}.{ext}',
    });
  }
  return joinOutputPath(outdir, join(dirname(name), file));
}

/**
 * The naming of one input among many: its folder below the named one is kept under `outdir`; `{parent}` is
 * the folder it lies in, `{index}` its number from 1, as wide as the last one's.
 */
export function namingFor(naming: NamingOptions, input: InputFile, index: number, count: number): NamingOptions {
  const parent = basename(dirname(resolve(input.path)));
  return {
    outdir: joinOutputPath(naming.outdir, input.folder),
    name: naming.name
      .replaceAll('{parent}', () => safeNamePart(parent).replaceAll(/[{}]/g, '_'))
      .replaceAll('{index}', String(index + 1).padStart(String(count).length, '0')),
  };
}

/**
 * Throws `OUTPUT_COLLISION` where two inputs would write the same file, naming both, before any work is
 * done. Names that differ in case alone are the same file on macOS and Windows.
 */
export function assertDistinctOutputs(
  plans: Iterable<{ readonly input: string; readonly writes: readonly string[] }>,
): void {
  const folds = process.platform === 'darwin' || process.platform === 'win32';
  const writers = new Map<string, string>();
  for (const { input, writes } of plans) {
    for (const path of writes) {
      const whole = absolutePath(path);
      const identity = folds ? whole.normalize('NFC').toLowerCase() : whole;
      const other = writers.get(identity);
      if (other !== undefined && path !== STDIO) {
        throw new MaskwrightError(
          'OUTPUT_COLLISION',
          other === input
            ? `two results of ${input} would be written to ${path}`
            : `${other} and ${input} would both be written to ${path}`,
          { hint: 'tell them apart in --name, by {parent}, {index}, {text} or {kind}' },
        );
      }
      writers.set(identity, input);
    }
  }
}

/**
 * The input's file name without its ending; `stdin` for standard input. Never a name that means a folder: the stem of
 * `...png` is `_`.
 */
export function stemOf(input: string): string {
  const stem = input === STDIO ? 'stdin' : basename(input, extname(input));
  return /^\.{0,2}$/.test(stem) ? '_' : stem;
}

/** A file name has 255 bytes at most, and two parts of it may be prompts. */
const PART_BYTES = 110;

/**
 * Text as part of a file name, by InvokeAI's rule: characters that some file system forbids, control characters and
 * those that turn the direction of reading become `_`; at most 50 characters and 110 bytes, no dots or spaces at the
 * end.
 */
export function safeNamePart(text: string): string {
  const safe = text.replace(
    // oxlint-disable-next-line no-control-regex
    /[<>:"/\\|?*\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|\p{Surrogate}/gu,
    '_',
  );
  let cut = '';
  for (const character of [...safe].slice(0, 50)) {
    if (Buffer.byteLength(cut + character) > PART_BYTES) {
      break;
    }
    cut += character;
  }
  cut = cut.replace(/[. ]+$/, '');
  return cut === '' ? '_' : cut;
}
