import { extname } from 'node:path';
import { MaskwrightError } from '../errors.js';
import { fillName } from '../io/files/output-names.js';
import { STDIO } from '../io/files/read-input.js';
import { namesOf } from '../sources/sources.js';
import type { ImageNaming, OutputFields } from './output.js';

export interface OutputPathParts {
  readonly kind: string;
  readonly ext?: 'png' | 'json' | 'html' | 'txt' | 'svg' | 'psd';
  /** `{text}`; the names of all sources where left out. */
  readonly text?: string;
  /** One of several files: where the name has no `{kind}`, the kind is inserted before the ending. */
  readonly extra?: boolean;
  /** `{instance}`: its number, which is inserted where the name has no such place, or `all` for a file of all. */
  readonly instance?: number | 'all' | undefined;
}

/**
 * The path of one file of an output, inside the output's folder. `-` is standard output.
 * Throws `USAGE` for a placeholder that does not exist, and for a name that leads out of the folder.
 *
 * @example
 * outputPath({ name: '{stem}.{kind}.{ext}' }, naming, { kind: 'mask' }); // outputs/photo.mask.png
 * outputPath({ name: 'ready.png' }, naming, { kind: 'mask', extra: true }); // outputs/ready.mask.png
 */
export function outputPath(
  { name: template, outdir }: OutputFields,
  naming: ImageNaming,
  { kind, ext = 'png', text = namesOf(naming.sources).join(' + '), extra = false, instance }: OutputPathParts,
): string {
  if (template === STDIO) {
    if (extra || instance !== undefined) {
      throw new MaskwrightError('USAGE', `the ${kind} and other files cannot all go to standard output`, {
        hint: 'name a file with -o, or a folder with --output-dir',
      });
    }
    return STDIO;
  }
  const numbered = typeof instance === 'number' ? insertPlaceholder(template, 'instance') : template;
  const name = extra && !numbered.includes('{kind}') ? insertKind(numbered, kind, ext) : numbered;
  const number = instance === undefined ? {} : { instance: String(instance) };
  const parts = { stem: naming.stem, text: slug(text), kind, ext, ...number };
  return fillName({ outdir: outdir ?? naming.outdir, name }, parts);
}

/**
 * A name that tells several results apart: `ready.png` becomes `ready.{text}.png`, `{stem}.{kind}.{ext}` becomes
 * `{stem}.{text}.{kind}.{ext}`. One that has the placeholder stays.
 */
export function insertPlaceholder(template: string, placeholder: 'instance' | 'text'): string {
  if (template.includes(`{${placeholder}}`)) {
    return template;
  }
  const kind = template.search(/[._-]\{kind\}/);
  const at = kind < 0 ? template.length - extname(template).length : kind;
  return `${template.slice(0, at)}.{${placeholder}}${template.slice(at)}`;
}

/** `ready.png` becomes `ready.mask.png`, and `ready.comfyui.json` where the ending differs. */
function insertKind(template: string, kind: string, ext: string): string {
  const ending = extname(template);
  return `${template.slice(0, template.length - ending.length)}.${kind}.${ext}`;
}

/** A file name has 255 bytes at most, and two parts of it may be text. */
const SLUG_BYTES = 110;
const SLUG_CHARACTERS = 50;

/**
 * Text as part of a file name, without spaces, quotes or braces: letters, digits and `._+-` stay, everything else
 * becomes `-`. At most 50 characters and 110 bytes.
 *
 * @example
 * slug('face AND NOT "hair"{+12px}'); // face-AND-NOT-hair-+12px
 */
export function slug(text: string): string {
  const plain = text.replace(/[^\p{L}\p{M}\p{N}._+]+/gu, '-');
  let cut = '';
  for (const character of [...plain.replace(/^[-.]+/, '')].slice(0, SLUG_CHARACTERS)) {
    if (Buffer.byteLength(cut + character) > SLUG_BYTES) {
      break;
    }
    cut += character;
  }
  cut = cut.replace(/[-.]+$/, '');
  return cut === '' ? '_' : cut;
}
