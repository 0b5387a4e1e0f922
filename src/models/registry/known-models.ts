import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PACKAGE_ROOT } from '../../version.js';
import type { ModelTask } from './model-task.js';

/** What is known of a file. */
export interface KnownFile {
  readonly size?: number;
  readonly sha256?: string;
}

/** An entry of models.json: a model with a short name. */
export interface KnownModel {
  readonly name: string;
  readonly task: ModelTask;
  readonly summary: string;
  readonly license: string;
  /** True where its license forbids commercial use. */
  readonly nonCommercial?: boolean;
  /** Its folder in the package, next to models.json; other models have an `id` on the hub. */
  readonly folder?: string;
  readonly id?: string;
  /** The commit that is used by default, where one is known. */
  readonly revision?: string;
  /** The dtype that is used by default. */
  readonly dtype?: string;
  /** Rounded sizes of the downloads in MB, by dtype. */
  readonly megabytes?: Readonly<Record<string, number>>;
  readonly files: Readonly<Record<string, KnownFile>>;
}

const FOLDER = fileURLToPath(new URL('models/', PACKAGE_ROOT));

/** The models of models.json, in its order. Names are unique for each task. */
export function knownModels(): readonly KnownModel[] {
  return JSON.parse(readFileSync(`${FOLDER}models.json`, 'utf8')) as KnownModel[];
}

/** The path of an embedded model. */
export function embeddedFolder(folder: string): string {
  return `${FOLDER}${folder}`;
}
