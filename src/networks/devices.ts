import { MaskwrightError } from '../errors.js';

/** What onnxruntime-node can compute on, by platform. All but `cpu` need drivers of their own. */
export function devicesOf(platform: NodeJS.Platform, arch: string): readonly string[] {
  switch (platform) {
    case 'win32':
      return ['cpu', 'dml', 'webgpu'];
    case 'darwin':
      return ['cpu', 'coreml', 'webgpu'];
    default:
      return arch === 'x64' ? ['cpu', 'cuda', 'webgpu'] : ['cpu'];
  }
}

/** Throws `MODEL_DEVICE` for a device that this platform does not have. */
export function requireDevice(device: string): void {
  const devices = devicesOf(process.platform, process.arch);
  if (!devices.includes(device)) {
    throw new MaskwrightError('MODEL_DEVICE', `there is no device ${JSON.stringify(device)} here`, {
      hint: `devices on this platform are ${devices.join(', ')}`,
    });
  }
}
