import type { PngText } from './png-chunks.js';
import { VERSION } from '../../version.js';

/** What a written file says about its making: how it was asked for, with which words, model and settings. */
export type Provenance = Readonly<Record<string, unknown>>;

/** The provenance as PNG text: `Software`, and everything as JSON under `maskwright`. */
export function provenanceText(provenance: Provenance): PngText {
  return {
    Software: `maskwright ${VERSION}`,
    maskwright: JSON.stringify({ version: VERSION, ...provenance }),
  };
}
