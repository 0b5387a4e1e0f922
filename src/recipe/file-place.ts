import { basename, dirname } from 'node:path';
import { STDIO } from '../io/files/read-input.js';
import { literal } from './interpolate.js';

/** The fields of an output that is written to one named file; `-` is standard output. */
export function filePlace(path: string): { readonly outdir?: string; readonly name: string } {
  return path === STDIO ? { name: STDIO } : { outdir: literal(dirname(path)), name: literal(basename(path)) };
}
