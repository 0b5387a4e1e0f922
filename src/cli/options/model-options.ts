import { MaskwrightError } from '../../errors.js';
import { DTYPES } from '../../models/registry/dtypes.js';
import { MODEL_DEFAULTS, type Runtime, RUNTIMES } from '../../models/registry/model-choice.js';
import { FIT_DEFAULTS, FITS } from '../../raster/square-fit.js';
import type { ArgumentsOf, OptionTable } from '../command.js';

const group = 'Model:';

/** Which model detects prompts. */
export const modelOptions = {
  model: {
    type: 'string',
    requiresArg: true,
    fallback: `$MASKWRIGHT_MODEL, else ${MODEL_DEFAULTS.model}`,
    describe: 'clipseg, tiny, a hub id (owner/name) or a folder',
    group,
    basic: true,
  },
  revision: { type: 'string', fallback: 'main', describe: 'branch, tag or commit of a hub model', group },
  dtype: { type: 'string', fallback: MODEL_DEFAULTS.dtype, describe: `weights: ${DTYPES.join(', ')}`, group },
  device: {
    type: 'string',
    fallback: MODEL_DEFAULTS.device,
    describe: 'execution device: auto, cpu, cuda, webgpu, dml, coreml',
    group,
  },
  runtime: {
    choices: RUNTIMES,
    fallback: `$MASKWRIGHT_RUNTIME, else ${MODEL_DEFAULTS.runtime}`,
    describe: 'transformers runs models as transformers.js documents it: the same result, slower',
    group,
  },
  offline: { type: 'boolean', describe: 'never download anything', group },
  fit: { choices: FITS, fallback: FIT_DEFAULTS.fit, describe: "how the image fills the model's square", group },
} as const satisfies OptionTable;

export type ModelArguments = ArgumentsOf<typeof modelOptions>;

/** The fields of a recipe that choose the model. */
export function modelFields({ model, revision, dtype, device, runtime, offline, fit }: ModelArguments) {
  return { model, revision, dtype, device, runtime, offline, fit };
}

/** The options of a command that opens a model and no recipe. */
const { fit: _fit, ...ownModelOptions } = modelOptions;
export { ownModelOptions };

/** The model of such a command: what it names, else what the environment does. */
export function modelChoiceFrom({
  model = process.env['MASKWRIGHT_MODEL'],
  revision,
  dtype,
  device,
  runtime = runtimeOfEnvironment(),
  offline,
}: ArgumentsOf<typeof ownModelOptions>) {
  return { model, revision, dtype, device, runtime, offline };
}

/** Throws `USAGE` where `MASKWRIGHT_RUNTIME` is none. */
export function runtimeOfEnvironment(): Runtime | undefined {
  const named = process.env['MASKWRIGHT_RUNTIME'];
  if (named === undefined || named === '') {
    return undefined;
  }
  const runtime = RUNTIMES.find((candidate) => candidate === named);
  if (runtime === undefined) {
    throw new MaskwrightError('USAGE', `MASKWRIGHT_RUNTIME is ${JSON.stringify(named)}, which is no runtime`, {
      hint: `runtimes are ${RUNTIMES.join(' and ')}`,
    });
  }
  return runtime;
}
