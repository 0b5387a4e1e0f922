import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { assertDevice, devicesHere, selectDevice } from '../../../../src/models/registry/devices.js';
import { probeDevice } from '../../../../src/models/worker/probe-device.js';

const BINARIES = 'node_modules/onnxruntime-node/bin/napi-v6';

describe('the table of devices', () => {
  const PLATFORMS = ['win32 x64', 'win32 arm64', 'darwin arm64', 'linux x64', 'linux arm64'];

  it.skipIf(!existsSync(BINARIES))('has the platforms that onnxruntime-node has binaries for', () => {
    const shipped = readdirSync(BINARIES).flatMap((platform) =>
      readdirSync(`${BINARIES}/${platform}`).map((arch) => `${platform} ${arch}`),
    );
    expect(shipped.sort()).toEqual([...PLATFORMS].sort());
  });

  it.each(PLATFORMS)('has the CPU first on %s', (platform) => {
    expect(devicesHere(platform)[0]).toBe('cpu');
  });

  it('offers DirectML on Windows alone, Core ML on Macs alone, CUDA on Linux x64 alone', () => {
    const having = (device: string): string[] => PLATFORMS.filter((platform) => devicesHere(platform).includes(device));
    expect([having('dml'), having('coreml'), having('cuda')]).toEqual([
      ['win32 x64', 'win32 arm64'],
      ['darwin arm64'],
      ['linux x64'],
    ]);
  });
});

describe('a choice of device', () => {
  it('auto is one that starts here', async () => {
    const device = await selectDevice('auto');
    expect(devicesHere()).toContain(device);
    expect(await probeDevice(device)).toBeUndefined();
  });

  it('names the devices of the platform where there is no such device', () => {
    expect(() => assertDevice('tpu')).toThrow(
      expect.objectContaining({ code: 'MODEL_DEVICE', hint: expect.stringContaining('auto, cpu') }) as Error,
    );
  });

  it('that does not start gives its reason', async () => {
    expect(await probeDevice('no-such-provider')).toMatch(/\w/);
  });
});
