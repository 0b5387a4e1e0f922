import { MaskwrightError } from '../../errors.js';
import { locateModel } from '../../models/registry/locate-model.js';
import type { LoadOptions, ModelChoice } from '../../models/registry/model-choice.js';
import { knownModels } from '../../models/registry/known-models.js';

export interface DepthModelTerms {
  /** The user has read the license and accepts it; needed where it does not allow every use. */
  readonly acceptLicense?: boolean | undefined;
}

/** The size that is meant where none is named. */
export const DEPTH_SIZE_DEFAULT = 'small';

/** What is said of models for other tasks than depth. */
export const LICENSE_WAYS = { accept: '--accept-license (acceptLicense: true)', avoid: 'another model' } as const;

/** On a command line. */
const LICENSE_OPTIONS = { accept: '--accept-license', avoid: '--model small' } as const;

/** A choice by a size (`small` stands for `depth-small` of models.json), a name, a hub id or a folder. */
export function depthModelChoice({ model = DEPTH_SIZE_DEFAULT, ...rest }: ModelChoice): ModelChoice {
  const sized = `depth-${model}`;
  return { ...rest, model: knownModels().some(({ name }) => name === sized) ? sized : model };
}

/**
 * Throws `MODEL_ACCESS` for a model whose license forbids commercial use and was not accepted; `way` says how a
 * user does that, and how one takes the model that needs none.
 */
export function assertLicense(
  { model }: ModelChoice,
  { acceptLicense }: DepthModelTerms,
  way: { readonly accept: string; readonly avoid: string } = LICENSE_OPTIONS,
): void {
  const known = knownModels().find(({ name, id }) => name === model || id === model);
  if (known?.nonCommercial === true && acceptLicense !== true) {
    throw new MaskwrightError(
      'MODEL_ACCESS',
      `${known.id} is under ${known.license}: its results are not for commercial use`,
      { hint: `read it at https://huggingface.co/${known.id} and add ${way.accept}, or use ${way.avoid}` },
    );
  }
}

/** Downloads the newest files of a model, whatever is in the cache. Throws errors of the category `model`. */
export async function fetchLatestModel(
  choice: ModelChoice,
  options: LoadOptions,
): Promise<{ readonly id: string; readonly commit: string | undefined }> {
  const location = locateModel(choice, 'depth-estimation');
  if (location.kind === 'folder') {
    throw new MaskwrightError('MODEL_NOT_FOUND', `${location.id} is not downloaded: it is in ${location.folder}`, {
      hint: 'leave --fetch-latest-model out',
    });
  }
  const { pullModel } = await import('../../models/hub/pull-model.js');
  const pull = { ...options, offline: choice.offline, refresh: true };
  const { commit } = await pullModel(location, 'depth-estimation', pull);
  return { id: location.id, commit };
}
