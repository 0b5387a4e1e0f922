import { extname, join, basename } from 'node:path';
import { MaskwrightError } from '../errors.js';

/** Where results go and what they are called. */
export interface NamingOptions {
  /** Folder for the results; made where it does not exist. */
  readonly outdir: string;
  /** Placeholders: `{stem}` the input's name without ending, `{text}` the words, `{kind}` what it is, `{ext}`. */
  readonly name: string;
}

export const NAMING_DEFAULTS: NamingOptions = { outdir: 'outputs', name: '{stem}.{text}.{kind}.{ext}' };

const PLACEHOLDERS = ['stem', 'text', 'kind', 'ext'] as const;

type NameParts = Readonly<Record<(typeof PLACEHOLDERS)[number], string>>;

/** The path of one result. Throws `USAGE` for a placeholder that there is not. */
export function outputPath(naming: NamingOptions, parts: NameParts): string {
  const name = naming.name.replace(/\{(\w*)\}/g, (whole, key: string) => {
    if (!PLACEHOLDERS.some((placeholder) => placeholder === key)) {
      throw new MaskwrightError('USAGE', `the name ${JSON.stringify(naming.name)} has the placeholder ${whole}`, {
        hint: `known are ${PLACEHOLDERS.map((placeholder) => `{${placeholder}}`).join(' ')}`,
      });
    }
    return safeNamePart(parts[key as keyof NameParts]);
  });
  return join(naming.outdir, name);
}

/** The input's file name without its ending; `stdin` for standard input. */
export function stemOf(input: string): string {
  return input === '-' ? 'stdin' : basename(input, extname(input));
}

/**
 * Words as part of a file name, by InvokeAI's rule: characters that some file system forbids become `_`,
 * at most 50 characters, no dots or spaces at the end.
 */
export function safeNamePart(text: string): string {
  // oxlint-disable-next-line no-control-regex
  const safe = text.replace(/[<>:"/\\|?*\u0000-\u001f\u007f]/g, '_');
  const cut = [...safe]
    .slice(0, 50)
    .join('')
    .replace(/[. ]+$/, '');
  return cut === '' ? '_' : cut;
}
