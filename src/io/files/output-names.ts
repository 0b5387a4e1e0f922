import { basename, dirname, extname, isAbsolute, join, normalize, resolve } from 'node:path';
import { MaskwrightError } from '../../errors.js';
import type { InputFile } from './expand-inputs.js';
import { STDIO } from './read-input.js';

/** Where results go and what they are called. */
export interface NamingOptions {
  /** Folder for the results; made where it does not exist. */
  readonly outdir: string;
  /** Placeholders: `{stem}` the input's name without ending, `{text}` the words, `{kind}` what it is, `{ext}`. */
  readonly name: string;
}

export const NAMING_DEFAULTS: NamingOptions = { outdir: 'outputs', name: '{stem}.{text}.{kind}.{ext}' };

/** What a name can be made of, beside what `namingFor` fills in. */
const PLACEHOLDERS = ['stem', 'text', 'kind', 'ext'] as const;
const INPUT_PLACEHOLDERS = ['parent', 'index'] as const;

type NameParts = Readonly<Record<(typeof PLACEHOLDERS)[number], string>>;

/** Names that Windows keeps for devices, whatever the ending. */
const DEVICE_NAME = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;

/**
 * The path of one result, inside `outdir`: names may come from a file that somebody else wrote.
 * Throws `USAGE` for a placeholder that there is not, and for a name that leads out of the folder.
 */
export function outputPath(naming: NamingOptions, parts: NameParts): string {
  const name = naming.name.replace(/\{(\w*)\}/g, (whole, key: string) => {
    if (!PLACEHOLDERS.some((placeholder) => placeholder === key)) {
      throw new MaskwrightError('USAGE', `the name ${JSON.stringify(naming.name)} has the placeholder ${whole}`, {
        hint: `known are ${[...PLACEHOLDERS, ...INPUT_PLACEHOLDERS].map((placeholder) => `{${placeholder}}`).join(' ')}`,
      });
    }
    return safeNamePart(parts[key as keyof NameParts]);
  });
  if (isAbsolute(name) || /[\0]/.test(name) || /^\.\.?(?:[/\\]|$)/.test(normalize(name))) {
    throw new MaskwrightError(
      'USAGE',
      `the name ${JSON.stringify(naming.name)} does not stay in the folder of results`,
      {
        hint: 'folders inside it may be named, with /; another folder is named by --outdir, or outdir in a recipe',
      },
    );
  }
  return join(naming.outdir, dirname(name), basename(name).replace(DEVICE_NAME, '_$&'));
}

/**
 * The naming of one input among many: its folder below the named one is kept under `outdir`; `{parent}` is
 * the folder it lies in, `{index}` its number from 1, as wide as the last one's.
 */
export function namingFor(naming: NamingOptions, input: InputFile, index: number, count: number): NamingOptions {
  const parent = basename(dirname(resolve(input.path)));
  return {
    outdir: join(naming.outdir, input.folder),
    name: naming.name
      .replaceAll('{parent}', () => safeNamePart(parent).replaceAll(/[{}]/g, '_'))
      .replaceAll('{index}', String(index + 1).padStart(String(count).length, '0')),
  };
}

/**
 * Throws `OUTPUT_COLLISION` where two inputs would write the same file, naming both, so that it is known
 * before any work is done. Names that differ in case alone are the same file on macOS and Windows.
 */
export function assertDistinctOutputs(
  plans: readonly { readonly input: string; readonly writes: readonly string[] }[],
): void {
  const folds = process.platform === 'darwin' || process.platform === 'win32';
  const writers = new Map<string, string>();
  for (const { input, writes } of plans) {
    for (const path of writes) {
      const identity = folds ? resolve(path).normalize('NFC').toLowerCase() : resolve(path);
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

/** The input's file name without its ending; `stdin` for standard input. */
export function stemOf(input: string): string {
  return input === '-' ? 'stdin' : basename(input, extname(input));
}

/** A file name has 255 bytes at most, and two parts of it may be words. */
const PART_BYTES = 110;

/**
 * Words as part of a file name, by InvokeAI's rule: characters that some file system forbids, and those that turn
 * the direction of reading, become `_`; at most 50 characters and 110 bytes, no dots or spaces at the end.
 */
export function safeNamePart(text: string): string {
  // oxlint-disable-next-line no-control-regex
  const safe = text.replace(/[<>:"/\\|?*\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/gu, '_');
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
