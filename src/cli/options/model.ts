import type { Options } from 'yargs';
import { FIT_DEFAULTS, FITS, type Fit } from '../../raster/square-fit.js';
import { DTYPES } from '../../models/registry/dtypes.js';
import { MODEL_DEFAULTS, type ModelChoice } from '../../models/registry/model-choice.js';

export interface ModelArguments {
  readonly model?: string;
  readonly revision?: string;
  readonly dtype?: string;
  readonly device?: string;
  readonly offline?: boolean;
  readonly fit: Fit;
}

const group = 'Model:';

/** Which network looks for words. */
export const modelOptions = {
  model: {
    type: 'string',
    describe: `clipseg, tiny, a hub id (owner/name) or a folder [default: $MASKWRIGHT_MODEL, else ${MODEL_DEFAULTS.model}]`,
    group,
  },
  revision: { type: 'string', describe: 'branch, tag or commit of a hub model [default: main]', group },
  dtype: { type: 'string', describe: `weights: ${DTYPES.join(', ')} [default: ${MODEL_DEFAULTS.dtype}]`, group },
  device: {
    type: 'string',
    describe: `what computes: cpu, cuda, webgpu, dml, coreml [default: ${MODEL_DEFAULTS.device}]`,
    group,
  },
  offline: { type: 'boolean', describe: 'never download anything', group },
  fit: {
    choices: FITS,
    default: FIT_DEFAULTS.fit,
    describe: "how the image fills the model's square",
    group,
  },
} as const satisfies Record<string, Options>;

/** The choice that a command line makes. */
export function modelChoiceFrom({ model, revision, dtype, device, offline }: ModelArguments): ModelChoice {
  return { model: model ?? process.env['MASKWRIGHT_MODEL'], revision, dtype, device, offline };
}
