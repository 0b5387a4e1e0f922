import { MaskwrightError } from '../../errors.js';

/** The execution providers of the onnxruntime-node package, by platform. */
const DEVICES: Readonly<Record<string, readonly string[]>> = {
  'win32 x64': ['cpu', 'dml', 'webgpu'],
  'win32 arm64': ['cpu', 'dml', 'webgpu'],
  'darwin arm64': ['cpu', 'coreml', 'webgpu'],
  'linux x64': ['cpu', 'cuda', 'webgpu'],
  'linux arm64': ['cpu'],
};

/** Devices of this platform. All but `cpu` need drivers of their own. */
export function devicesHere(platform = `${process.platform} ${process.arch}`): readonly string[] {
  return DEVICES[platform] ?? ['cpu'];
}

/** Throws `MODEL_DEVICE` for a device that this platform does not have. */
export function assertDevice(device: string): void {
  const devices = devicesHere();
  if (!devices.includes(device)) {
    throw new MaskwrightError('MODEL_DEVICE', `there is no device ${JSON.stringify(device)} here`, {
      hint: `devices on this platform are ${devices.join(', ')}`,
    });
  }
}

/** The device for a choice. Throws `MODEL_DEVICE` for a device that this platform does not have. */
export async function selectDevice(device: string): Promise<string> {
  assertDevice(device);
  return device;
}
