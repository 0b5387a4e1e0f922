import { MaskwrightError } from '../../errors.js';
import { devicesHere } from '../registry/devices.js';
import { damagedFile } from '../registry/validate-model-file.js';
import { nativeReason } from '../worker/native-reason.js';
import { WorkerStopped } from '../worker/stop-flag.js';

function reasonOf(error: unknown): string {
  return nativeReason(error instanceof Error ? error.message : String(error));
}

/** What a device needs besides this package. */
const REQUIREMENTS: Readonly<Record<string, string>> = {
  cuda: 'CUDA needs an NVIDIA driver, CUDA 12 and cuDNN 9, and the CUDA libraries of onnxruntime-node: src/docs/install.md shows how',
  webgpu: 'WebGPU needs a graphics driver with Vulkan (Linux), Direct3D 12 (Windows) or Metal (macOS)',
  dml: 'DirectML needs Windows 10 or later and a graphics driver with Direct3D 12',
  coreml: 'Core ML needs macOS on Apple silicon',
};

/** The drivers and libraries that a device needs, in a sentence. */
export function requirementOf(device: string): string {
  return REQUIREMENTS[device] ?? 'it needs drivers of its own';
}

/** The error for a model that could not be loaded on a device. */
export function loadFailure(weights: string, device: string, error: unknown): Error {
  if (error instanceof WorkerStopped || error instanceof MaskwrightError) {
    return error;
  }
  if (device === 'cpu') {
    return damagedFile(weights, reasonOf(error), error);
  }
  const others = devicesHere().filter((name) => name !== device);
  return new MaskwrightError('MODEL_DEVICE', `the device ${device} does not start here: ${reasonOf(error)}`, {
    hint: `${requirementOf(device)}; or use --device ${others.join(' or ')}`,
    cause: error,
  });
}

/** The error for a model that failed while it computed. */
export function runFailure(id: string, error: unknown): Error {
  if (error instanceof WorkerStopped || error instanceof MaskwrightError) {
    return error;
  }
  return new MaskwrightError('MODEL_RUN', `${id} failed while computing: ${reasonOf(error)}`, {
    hint: 'the model may not be what its config.json states, or memory may have run out',
    cause: error,
  });
}
