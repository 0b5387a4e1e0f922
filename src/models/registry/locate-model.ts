import { existsSync, statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { MaskwrightError } from '../../errors.js';
import { hubCacheFolder } from '../hub/hub-cache.js';
import { assertDtype } from './dtypes.js';
import { embeddedFolder, type KnownFile, type KnownModel, knownModels } from './known-models.js';
import { MODEL_DEFAULTS, type ModelChoice } from './model-choice.js';
import type { ModelTask } from './model-task.js';

/** The place of a model's files, which may not be downloaded yet. */
export type ModelLocation = FolderLocation | HubLocation;

/** A folder that is used as it is: one of this package, or the user's. */
export interface FolderLocation {
  readonly kind: 'folder';
  readonly id: string;
  readonly folder: string;
  readonly dtype: string;
}

/** A repository on the hub, and the cache that its files are kept in. */
export interface HubLocation {
  readonly kind: 'hub';
  readonly id: string;
  readonly revision: string;
  /** The root of the cache, in the layout of Python's huggingface_hub. */
  readonly cache: string;
  readonly dtype: string;
  readonly license: string | undefined;
  /** Sizes of the downloads in MB by dtype, as far as models.json states them. */
  readonly megabytes: Readonly<Record<string, number>>;
  /** Sizes and hashes that models.json states. */
  readonly known: Readonly<Record<string, KnownFile>>;
}

const HUB_ID = /^[A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9][\w.-]{0,95}$/;
const REVISION = /^[A-Za-z0-9][\w.-]*(?:\/[A-Za-z0-9][\w.-]*)*$/;

/**
 * Locates a model without reading its files. A name of models.json comes first, then a folder, then a hub id.
 * Throws `MODEL_NOT_FOUND`, or `MODEL_DTYPE` for an unknown dtype.
 */
export function locateModel(choice: ModelChoice, task: ModelTask): ModelLocation {
  const model = choice.model ?? MODEL_DEFAULTS.model;
  const named = knownModels().find((entry) => entry.name === model && entry.task === task);
  const known = named ?? knownModels().find((entry) => entry.id === model);
  const dtype = choice.dtype ?? known?.dtype ?? MODEL_DEFAULTS.dtype;
  assertDtype(dtype);
  if (named?.folder !== undefined) {
    return { kind: 'folder', id: model, folder: embeddedFolder(named.folder), dtype };
  }
  if (named === undefined && isFolder(model)) {
    return { kind: 'folder', id: model, folder: resolve(model), dtype };
  }
  const id = named?.id ?? model;
  if (!HUB_ID.test(id) || /--|\.\./.test(id)) {
    if (looksLikePath(model)) {
      throw new MaskwrightError('MODEL_NOT_FOUND', `there is no model folder ${model}`);
    }
    const other = knownModels().find((entry) => entry.name === model);
    const problem =
      other === undefined ? 'there is no model' : `a model for ${task} is needed, and ${other.task} is done by`;
    throw new MaskwrightError('MODEL_NOT_FOUND', `${problem} ${JSON.stringify(model)}`, { hint: namesHint(task) });
  }
  return hubLocation(id, choice, dtype, known);
}

function hubLocation(id: string, choice: ModelChoice, dtype: string, known: KnownModel | undefined): HubLocation {
  const revision = choice.revision ?? known?.revision ?? MODEL_DEFAULTS.revision;
  if (!REVISION.test(revision) || revision.length > 200) {
    throw new MaskwrightError('MODEL_NOT_FOUND', `${JSON.stringify(revision)} is not a revision`, {
      hint: 'a revision is a branch, a tag or a commit of the model',
    });
  }
  return {
    kind: 'hub',
    id,
    revision,
    cache: hubCacheFolder(choice.cacheDir),
    dtype,
    license: known?.license,
    megabytes: known?.megabytes ?? {},
    known: revision === (known?.revision ?? MODEL_DEFAULTS.revision) ? (known?.files ?? {}) : {},
  };
}

function namesHint(task: ModelTask): string {
  const names = knownModels().filter((entry) => entry.task === task);
  return `models are ${names.map(({ name }) => name).join(', ')}, a hub id such as owner/name, or a folder`;
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

function looksLikePath(model: string): boolean {
  return isAbsolute(model) || /^[.~]|[\\]|\/.*\//.test(model) || model.endsWith('/');
}
