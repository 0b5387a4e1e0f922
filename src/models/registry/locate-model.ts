import { existsSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { MaskwrightError } from '../../errors.js';
import { cacheFolder } from '../hub/cache-folder.js';
import { assertDtype } from './dtypes.js';
import type { ModelTask } from './local-model.js';
import { MODEL_DEFAULTS, type ModelChoice } from './model-choice.js';
import { embeddedFolder, type KnownFile, knownModels } from './known-models.js';

/** Where a model's files are, or are to be. */
export type ModelLocation = FolderLocation | HubLocation;

/** A folder that is used as it is: the package's own, or the user's. */
export interface FolderLocation {
  readonly kind: 'folder';
  readonly id: string;
  readonly folder: string;
  readonly dtype: string;
}

/** A repository on the hub and its folder in the cache. */
export interface HubLocation {
  readonly kind: 'hub';
  readonly id: string;
  readonly revision: string;
  readonly folder: string;
  readonly dtype: string;
  /** What is known of its files beforehand. */
  readonly known: Readonly<Record<string, KnownFile>>;
}

const HUB_ID = /^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/;
const REVISION = /^[A-Za-z0-9][\w.-]*(?:\/[A-Za-z0-9][\w.-]*)*$/;

/** Folder of downloaded models inside a cache folder. */
export function modelCache(cacheDir: string | undefined): string {
  return join(cacheDir ?? cacheFolder(), 'models');
}

/**
 * Says where a model's files are, without looking whether they are all there. A name of models.json comes
 * first, then a folder, then a hub id. Throws `MODEL_NOT_FOUND`, or `MODEL_DTYPE` for a dtype that means nothing.
 */
export function locateModel(choice: ModelChoice, task: ModelTask): ModelLocation {
  const model = choice.model ?? MODEL_DEFAULTS.model;
  const named = knownModels().find((entry) => entry.name === model && entry.task === task);
  const dtype = choice.dtype ?? named?.dtype ?? MODEL_DEFAULTS.dtype;
  assertDtype(dtype);
  if (named?.folder !== undefined) {
    return { kind: 'folder', id: model, folder: embeddedFolder(named.folder), dtype };
  }
  if (named === undefined && isFolder(model)) {
    return { kind: 'folder', id: model, folder: resolve(model), dtype };
  }
  const id = named?.id ?? model;
  if (!HUB_ID.test(id)) {
    throw looksLikePath(model)
      ? new MaskwrightError('MODEL_NOT_FOUND', `there is no model folder ${model}`)
      : new MaskwrightError('MODEL_NOT_FOUND', `there is no model ${JSON.stringify(model)}`, { hint: namesHint(task) });
  }
  const known = named ?? knownModels().find((entry) => entry.id === id);
  const revision = choice.revision ?? known?.revision ?? MODEL_DEFAULTS.revision;
  if (!REVISION.test(revision)) {
    throw new MaskwrightError('MODEL_NOT_FOUND', `${JSON.stringify(revision)} is not a revision`, {
      hint: 'it is a branch, a tag or a commit of the model',
    });
  }
  return {
    kind: 'hub',
    id,
    revision,
    folder: join(modelCache(choice.cacheDir), ...id.split('/'), revision.replaceAll('/', '--')),
    dtype,
    known: revision === (known?.revision ?? MODEL_DEFAULTS.revision) ? (known?.files ?? {}) : {},
  };
}

function namesHint(task: ModelTask): string {
  const names = knownModels().filter((entry) => entry.task === task);
  return `it is one of ${names.map(({ name }) => name).join(', ')}, a hub id such as owner/name, or a folder`;
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

function looksLikePath(model: string): boolean {
  return isAbsolute(model) || /^[.~]|[\\]|\/.*\//.test(model) || model.endsWith('/');
}
