import { MaskwrightError } from '../../errors.js';
import { damaged } from '../registry/validate-model-file.js';
import { devicesHere } from '../registry/devices.js';

/** What an error of the native library says, in one line. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().split('\n', 1)[0]!.slice(0, 200);
}

/** The error for a model that could not be loaded on a device. */
export function loadFailure(weights: string, device: string, error: unknown): MaskwrightError {
  if (device === 'cpu') {
    return damaged(weights, reasonOf(error), error);
  }
  const others = devicesHere().filter((name) => name !== device);
  return new MaskwrightError('MODEL_DEVICE', `the device ${device} does not work here: ${reasonOf(error)}`, {
    hint: `it needs drivers of its own; without them use --device ${others.join(' or ')}`,
    cause: error,
  });
}

/** The error for a model that failed while it computed. */
export function runFailure(id: string, error: unknown): MaskwrightError {
  return new MaskwrightError('MODEL_RUN', `${id} failed while computing: ${reasonOf(error)}`, {
    hint: 'the model may not be what its config.json says, or memory may have run out',
    cause: error,
  });
}
