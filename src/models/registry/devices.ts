import { MaskwrightError } from '../../errors.js';

const DEVICES: Readonly<Record<string, readonly string[]>> = {
  'win32 x64': ['cpu', 'dml', 'webgpu'],
  'win32 arm64': ['cpu', 'dml', 'webgpu'],
  'darwin x64': ['cpu', 'coreml', 'webgpu'],
  'darwin arm64': ['cpu', 'coreml', 'webgpu'],
  'linux x64': ['cpu', 'cuda', 'webgpu'],
};

/** What onnxruntime-node can compute on here. All but `cpu` need drivers of their own. */
export function devicesHere(): readonly string[] {
  return DEVICES[`${process.platform} ${process.arch}`] ?? ['cpu'];
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
