import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ModelTask } from './local-model.js';

/** A file of a known model. What is not known is left out, and then the hub's own word is checked. */
export interface KnownFile {
  readonly size?: number;
  readonly sha256?: string;
}

/** A model that has a name of its own here. */
export interface KnownModel {
  readonly name: string;
  readonly task: ModelTask;
  readonly summary: string;
  readonly license: string;
  /** Its license forbids commercial use. */
  readonly nonCommercial?: boolean;
  /** Its folder inside the package, beside models.json; else it has an `id` on the hub. */
  readonly folder?: string;
  readonly id?: string;
  readonly revision?: string;
  readonly dtype?: string;
  readonly files: Readonly<Record<string, KnownFile>>;
}

const FOLDER = fileURLToPath(new URL('../../../models/', import.meta.url));

/** The models of models.json, in its order. Names are unique for each task. */
export function knownModels(): readonly KnownModel[] {
  return JSON.parse(readFileSync(`${FOLDER}models.json`, 'utf8')) as KnownModel[];
}

/** Where an embedded model lies. */
export function embeddedFolder(folder: string): string {
  return `${FOLDER}${folder}`;
}
