import { access } from 'node:fs/promises';
import { MaskwrightError } from '../errors.js';
import { dtypesIn } from '../models/registry/open-folder.js';
import type { ModelTask } from '../models/registry/local-model.js';
import { type HubLocation, locateModel, modelCache, type ModelLocation } from '../models/registry/locate-model.js';
import type { LoadOptions, ModelChoice } from '../models/registry/model-choice.js';
import {
  type CachedModel,
  cachedModels,
  type FileCheck,
  removeModels,
  verifyFiles,
} from '../models/hub/model-store.js';
import { embeddedFolder, type KnownModel, knownModels } from '../models/registry/known-models.js';
import { pullModel, pullTask } from '../models/hub/pull-model.js';

/** A model that has a name, or is in the cache. */
export interface ListedModel {
  /** Undefined for models that are known by their hub id only. */
  readonly name: string | undefined;
  readonly id: string | undefined;
  readonly task: ModelTask | undefined;
  readonly summary: string | undefined;
  readonly license: string | undefined;
  readonly nonCommercial: boolean;
  readonly state: 'embedded' | 'cached' | 'not downloaded';
  readonly revisions: readonly {
    readonly revision: string;
    readonly folder: string;
    readonly bytes: number;
    readonly dtypes: readonly string[];
  }[];
}

/** All models with a name of their own, then whatever else is in the cache. */
export async function listModels(): Promise<ListedModel[]> {
  const cached = await cachedModels();
  const named = await Promise.all(knownModels().map((known) => describe(known, cached)));
  const ids = new Set(knownModels().map(({ id }) => id));
  const others = [...new Set(cached.map(({ id }) => id))].filter((id) => !ids.has(id));
  return [...named, ...(await Promise.all(others.map((id) => describe({ id }, cached))))];
}

async function describe(known: Partial<KnownModel>, cached: readonly CachedModel[]): Promise<ListedModel> {
  const { name, id, task, summary, license, nonCommercial = false, folder } = known;
  const copies =
    folder === undefined
      ? cached.filter((model) => model.id === id)
      : [{ revision: 'embedded', folder: embeddedFolder(folder), bytes: 0 }];
  const folders = await Promise.all(
    copies.map(async ({ revision, folder, bytes }) => ({ revision, folder, bytes, dtypes: await dtypesIn(folder) })),
  );
  // A download that failed leaves a folder without weights.
  const revisions = folders.filter(({ dtypes }) => dtypes.length > 0);
  const state = folder !== undefined ? 'embedded' : revisions.length > 0 ? 'cached' : 'not downloaded';
  return { name, id, task, summary, license, nonCommercial, state, revisions };
}

export interface PullResult {
  readonly model: string;
  readonly id: string;
  readonly revision: string;
  readonly commit: string | undefined;
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
  const known = knownTask(model, location);
  const { task, downloaded: first } =
    known === undefined ? await pullTask(location, options) : { task: known, downloaded: [] };
  const { commit, downloaded: rest } = await pullModel(location, task, options);
  const downloaded = [...first, ...rest];
  const { id, revision, folder } = location;
  const license = knownModels().find((known) => known.id === id)?.license;
  return { model, id, revision, commit, folder, downloaded, license };
}

export interface PathResult {
  readonly model: string | undefined;
  readonly path: string;
  readonly present: boolean;
}

/** Where a model is, or would be; without a name, where all downloaded ones are. */
export async function pathJob(choice: ModelChoice): Promise<PathResult> {
  const path = choice.model === undefined ? modelCache(undefined) : locate(choice).folder;
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
  for (const { id, revision, folder, files } of cached) {
    results.push({ model: id, revision, files: await verifyFiles(folder, files) });
  }
  return results;
}

/** Removes models from the cache: all revisions, or one. Throws `MODEL_NOT_FOUND` where there is nothing to remove. */
export async function removeJob(models: readonly string[], revision: string | undefined): Promise<CachedModel[]> {
  const found = await assertCached(models, []);
  const chosen = found.filter((model) => revision === undefined || model.revision === revision);
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
        throw new MaskwrightError('MODEL_NOT_FOUND', `${model} is not in the cache (${modelCache(undefined)})`, {
          hint: 'maskwright models list shows what is',
        });
      }
      return found;
    });
}

/** A name may stand for a model of any task. */
function locate(choice: ModelChoice): ModelLocation {
  const named = knownModels().find(({ name }) => name === choice.model);
  return locateModel(choice, named?.task ?? 'text-segmentation');
}

function knownTask(model: string, { id }: HubLocation): ModelTask | undefined {
  return knownModels().find((known) => known.name === model || known.id === id)?.task;
}
