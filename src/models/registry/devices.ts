import { MaskwrightError } from '../../errors.js';
import { probeDevice } from '../worker/probe-device.js';

/** The execution providers of the onnxruntime-node package, by platform. */
const DEVICES: Readonly<Record<string, readonly string[]>> = {
  'win32 x64': ['cpu', 'dml', 'webgpu'],
  'win32 arm64': ['cpu', 'dml', 'webgpu'],
  'darwin arm64': ['cpu', 'coreml', 'webgpu'],
  'linux x64': ['cpu', 'cuda', 'webgpu'],
  'linux arm64': ['cpu'],
};

/** The devices that `auto` tries, in this order. `webgpu` and `coreml` run on request only: their gain is not measured. */
const AUTOMATIC: readonly string[] = ['cuda', 'dml'];
export const AUTO_DEVICE = 'auto';

/** Devices of this platform. All but `cpu` need drivers of their own. Intel Macs have no onnxruntime-node at all. */
export function devicesHere(platform = `${process.platform} ${process.arch}`): readonly string[] {
  return DEVICES[platform] ?? ['cpu'];
}

/** Throws `MODEL_DEVICE` for a device that this platform does not have. */
export function assertDevice(device: string): void {
  const devices = devicesHere();
  if (!devices.includes(device)) {
    throw new MaskwrightError('MODEL_DEVICE', `there is no device ${JSON.stringify(device)} here`, {
      hint: `devices on this platform are ${[AUTO_DEVICE, ...devices].join(', ')}`,
    });
  }
}

let automatic: Promise<string> | undefined;

/**
 * The device for a choice. `auto` is the first of CUDA and DirectML that starts here, else `cpu`; it is found out once a
 * process. Throws `MODEL_DEVICE` for a device that this platform does not have.
 */
export async function selectDevice(device: string): Promise<string> {
  if (device === AUTO_DEVICE) {
    return (automatic ??= firstThatStarts(AUTOMATIC.filter((name) => devicesHere().includes(name))));
  }
  assertDevice(device);
  return device;
}

async function firstThatStarts(devices: readonly string[]): Promise<string> {
  for (const device of devices) {
    if ((await probeDevice(device)) === undefined) {
      return device;
    }
  }
  return 'cpu';
}
