import { execFileSync } from 'node:child_process';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolveModel } from '../../../../src/models/registry/resolve-model.js';
import { externalDataFiles } from '../../../../src/models/onnx/external-data.js';
import { bytesSource, fieldsOf } from '../../../../src/models/onnx/protobuf.js';
import { readDepthConfig } from '../../../../src/models/depth-anything/depth-config.js';
import { readClipSegConfig } from '../../../../src/models/clipseg/clipseg-config.js';
import { temporaryFolder } from '../../../support/folder.js';
import { bytesField } from '../../../support/onnx.js';
import { toyClipSegFiles, writeModel } from '../../../support/toy-clipseg.js';
import { toyDepthFiles } from '../../../support/toy-depth.js';

const folder = temporaryFolder();
const resolve = (model: string) => resolveModel({ model }, 'text-segmentation');
const FILES = ['config.json', 'preprocessor_config.json', 'tokenizer.json', 'tokenizer_config.json', 'onnx/model.onnx'];

describe('a model folder whose files are not ordinary files is refused without reading them', () => {
  it.skipIf(process.platform === 'win32').each(FILES)('%s as a pipe, whose reading never ends', async (file) => {
    const model = writeModel(folder());
    rmSync(join(model, file));
    execFileSync('mkfifo', [join(model, file)]);
    await expect(resolve(model)).rejects.toMatchObject({
      code: 'MODEL_DAMAGED',
      message: expect.stringMatching(/not an ordinary file/),
    });
  });

  it.skipIf(process.platform === 'win32').each(FILES)('%s as a link to a device', async (file) => {
    const model = writeModel(folder());
    rmSync(join(model, file));
    symlinkSync('/dev/zero', join(model, file));
    await expect(resolve(model)).rejects.toMatchObject({ code: 'MODEL_DAMAGED' });
  });

  it.each(FILES)('%s as a link out of the folder', async (file) => {
    const model = writeModel(join(folder(), 'model'));
    const outside = join(folder(), 'outside');
    writeFileSync(outside, toyClipSegFiles()[file]!);
    rmSync(join(model, file));
    symlinkSync(outside, join(model, file));
    await expect(resolve(model)).rejects.toMatchObject({
      code: 'MODEL_DAMAGED',
      message: expect.stringContaining('outside the folder'),
    });
  });

  it('a link inside the folder is a file as any other', async () => {
    const model = writeModel(folder());
    writeFileSync(join(model, 'real.json'), toyClipSegFiles()['config.json']!);
    rmSync(join(model, 'config.json'));
    symlinkSync('real.json', join(model, 'config.json'));
    await expect(resolve(model)).resolves.toMatchObject({ family: 'clipseg' });
  });
});

describe('protobuf', () => {
  // Tag of field 7 with a length, in one byte and, against the specification's advice, in more.
  const content = [2, 8, 1];
  it('reads a tag of its shortest form', () => {
    expect([...fieldsOf(bytesSource(Uint8Array.of(0x3a, ...content)), 0, 4)]).toMatchObject([{ number: 7 }]);
  });

  it.each([
    ['is longer than it needs to be', [0xba, 0x00]],
    ['is much longer than it needs to be', [0xba, 0x80, 0x80, 0x00]],
    // 2^32 + the tag of field 7: a reader that keeps 32 bits takes it for field 7.
    ['is above 32 bits', [0xba, 0x80, 0x80, 0x80, 0x10]],
    ['never ends', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
    ['is of field 0', [0x02]],
  ])('refuses a tag that %s', (_, tag) => {
    const bytes = Uint8Array.from([...tag, ...content]);
    expect(() => [...fieldsOf(bytesSource(bytes), 0, bytes.length)]).toThrow(RangeError);
  });

  it('cannot hide external data behind such a tag', () => {
    const entry = bytesField(13, Buffer.concat([bytesField(1, 'location'), bytesField(2, '../secret')]));
    const graph = bytesField(7, bytesField(5, entry));
    expect([...externalDataFiles(bytesSource(graph))]).toEqual(['../secret']);
    const hidden = bytesField(7, bytesField(5, Buffer.concat([Buffer.of(0xea, 0x00), entry.subarray(1)])));
    expect(() => externalDataFiles(bytesSource(hidden))).toThrow(RangeError);
  });
});

describe('numbers in a preprocessor_config.json', () => {
  const wrong: [string, Record<string, unknown>][] = [
    ['image_std', { image_std: [0.2, 0, 0.2] }],
    ['image_std', { image_std: [-1, 1, 1] }],
    ['image_std', { image_std: 0 }],
    ['image_mean', { image_mean: [0.5, 'x', 0.5] }],
    ['image_mean', { image_mean: Array.from({ length: 1000 }, () => 0.5) }],
  ];
  it.each(wrong)('of %s that mean nothing are named: %j', async (name, change) => {
    for (const [files, read] of [
      [toyClipSegFiles(), readClipSegConfig],
      [toyDepthFiles(), readDepthConfig],
    ] as const) {
      const processor = JSON.parse(files['preprocessor_config.json']!.toString()) as object;
      const changed = Buffer.from(JSON.stringify({ ...processor, ...change }));
      const model = writeModel(folder(), { ...files, 'preprocessor_config.json': changed });
      const error = (await read(model).catch((caught: unknown) => caught)) as { code: string; message: string };
      expect(error).toMatchObject({ code: 'MODEL_DAMAGED', message: expect.stringContaining(name) as string });
      expect(error.message.length).toBeLessThan(model.length + 250);
    }
  });
});
