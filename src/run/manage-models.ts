import { access } from 'node:fs/promises';
import { MaskwrightError } from '../errors.js';
import { hubCacheFolder, repositoryFolder } from '../models/hub/hub-cache.js';
import { dtypesIn } from '../models/registry/model-files.js';
import type { ModelTask } from '../models/registry/model-task.js';
import { locateModel, type ModelLocation } from '../models/registry/locate-model.js';
import type { LoadOptions, ModelChoice } from '../models/registry/model-choice.js';
import {
  type CachedModel,
  cachedModels,
  type FileCheck,
  removeModels,
  verifyFiles,
} from '../models/hub/cached-models.js';
import { embeddedFolder, type KnownModel, knownModels } from '../models/registry/known-models.js';
import { pullModel } from '../models/hub/pull-model.js';

/** A model that has a name, or is in the cache. */
export interface ListedModel {
  /** Undefined for models that are known by their hub id only. */
  readonly name: string | undefined;
  readonly id: string | undefined;
  readonly task: ModelTask | undefined;
  readonly summary: string | undefined;
  readonly license: string | undefined;
  readonly nonCommercial: boolean;
  /** Rounded sizes of its downloads in MB, by dtype. */
  readonly megabytes: Readonly<Record<string, number>>;
  readonly state: 'embedded' | 'cached' | 'not downloaded';
  readonly revisions: readonly {
    readonly revision: string;
    readonly folder: string;
    readonly bytes: number;
    readonly dtypes: readonly string[];
  }[];
}

/** The models of models.json, then the others in the cache. */
export async function listModels(): Promise<ListedModel[]> {
  const cached = await cachedModels();
  const named = await Promise.all(knownModels().map((known) => describe(known, cached)));
  const ids = new Set(knownModels().map(({ id }) => id));
  const others = new Map(cached.map(({ id, task }) => [id, task]));
  const unnamed = [...others].filter(([id]) => !ids.has(id));
  return [...named, ...(await Promise.all(unnamed.map(([id, task]) => describe({ id, task }, cached))))];
}

async function describe(known: Partial<KnownModel>, cached: readonly CachedModel[]): Promise<ListedModel> {
  const { name, id, task, summary, license, nonCommercial = false, megabytes = {}, folder } = known;
  const copies =
    folder === undefined
      ? cached.filter((model) => model.id === id)
      : [{ commit: 'embedded', revisions: [], folder: embeddedFolder(folder), bytes: 0 }];
  const folders = await Promise.all(
    copies.map(async ({ commit, revisions: names, folder, bytes }) => ({
      revision: [...names, commit].join(' '),
      folder,
      bytes,
      dtypes: await dtypesIn(folder),
    })),
  );
  // A download that was interrupted leaves a folder without weights.
  const revisions = folders.filter(({ dtypes }) => dtypes.length > 0);
  const state = folder !== undefined ? 'embedded' : revisions.length > 0 ? 'cached' : 'not downloaded';
  return { name, id, task, summary, license, nonCommercial, megabytes, state, revisions };
}

export interface PullResult {
  readonly model: string;
  readonly id: string;
  readonly revision: string;
  readonly commit: string;
  readonly folder: string;
  readonly downloaded: readonly string[];
  readonly license: string | undefined;
}

/** Downloads what is missing of a model. Throws errors of the category `model`. */
export async function pullJob(
  choice: ModelChoice & { readonly model: string },
  options: LoadOptions,
): Promise<PullResult> {
  const { model } = choice;
  const location = locate(choice);
  if (location.kind === 'folder') {
    throw new MaskwrightError('MODEL_NOT_FOUND', `${model} is not downloaded: it is in ${location.folder}`, {
      hint: 'it can be used as it is',
    });
  }
  const { id, revision } = location;
  const { commit, folder, downloaded } = await pullModel(location, undefined, { ...options, refresh: true }).catch(
    async (error: unknown) => {
      if (!(error instanceof MaskwrightError) || error.code !== 'MODEL_OFFLINE') {
        throw error;
      }
      // Without a network the model in the cache is as new as it can be; where it is not there this fails the same way.
      return pullModel(location, undefined, { ...options, offline: true }).catch(() => {
        throw error;
      });
    },
  );
  const license = knownModels().find((known) => known.id === id)?.license;
  return { model, id, revision, commit, folder, downloaded, license };
}

export interface PathResult {
  readonly model: string | undefined;
  readonly path: string;
  readonly present: boolean;
}

/** The folder of a model, downloaded or not; without a name, the folder of all downloaded models. */
export async function pathJob(choice: ModelChoice): Promise<PathResult> {
  const path = choice.model === undefined ? hubCacheFolder(undefined) : folderOf(locate(choice));
  const present = await access(path).then(
    () => true,
    () => false,
  );
  return { model: choice.model, path, present };
}

export interface VerifyResult {
  readonly model: string;
  readonly revision: string;
  readonly files: readonly FileCheck[];
}

/** Reads files of models again: of those named, else of all that are embedded or in the cache. */
export async function verifyJob(models: readonly string[]): Promise<VerifyResult[]> {
  const results: VerifyResult[] = [];
  const embedded = knownModels().filter(
    ({ folder, name }) => folder !== undefined && (models.length === 0 || models.includes(name)),
  );
  for (const { name, folder, files } of embedded) {
    results.push({ model: name, revision: 'embedded', files: await verifyFiles(embeddedFolder(folder!), files) });
  }
  const cached = models.length === 0 ? await cachedModels() : await assertCached(models, embedded);
  for (const { id, commit, revisions, folder, files } of cached) {
    results.push({ model: id, revision: revisions[0] ?? commit, files: await verifyFiles(folder, files) });
  }
  return results;
}

/** Removes models from the cache: all revisions, or one. Throws `MODEL_NOT_FOUND` where there is nothing to remove. */
export async function removeJob(models: readonly string[], revision: string | undefined): Promise<CachedModel[]> {
  const found = await assertCached(models, []);
  const chosen = found.filter(({ commit, revisions }) => [undefined, commit, ...revisions].includes(revision));
  if (chosen.length === 0) {
    throw new MaskwrightError('MODEL_NOT_FOUND', `the cache has no revision ${revision} of ${models.join(', ')}`);
  }
  await removeModels(chosen);
  return chosen;
}

async function assertCached(models: readonly string[], except: readonly KnownModel[]): Promise<CachedModel[]> {
  const cached = await cachedModels();
  return models
    .filter((model) => !except.some(({ name }) => name === model))
    .flatMap((model) => {
      const { id } = locate({ model });
      const found = cached.filter((entry) => entry.id === id);
      if (found.length === 0) {
        throw new MaskwrightError('MODEL_NOT_FOUND', `${model} is not in the cache (${hubCacheFolder(undefined)})`, {
          hint: 'maskwright models list shows what is',
        });
      }
      return found;
    });
}

/** A name may be of a model for any task. */
function locate(choice: ModelChoice): ModelLocation {
  const named = knownModels().find(({ name }) => name === choice.model);
  return locateModel(choice, named?.task ?? 'text-segmentation');
}

function folderOf(location: ModelLocation): string {
  return location.kind === 'folder' ? location.folder : repositoryFolder(location.cache, location.id);
}
