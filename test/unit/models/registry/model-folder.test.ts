import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { findInImage, type ModelPool, openModels } from '../../../../src/index.js';
import { encodeImage } from '../../../../src/io/image/encode-image.js';
import { externalDataFiles } from '../../../../src/models/onnx/external-data.js';
import { bytesSource } from '../../../../src/models/onnx/protobuf.js';
import { createRaster } from '../../../../src/raster/index.js';
import { temporaryFolder } from '../../../support/folder.js';
import { bytesField, node, numberField, onnxModel, tensor, valueInfo } from '../../../support/onnx.js';
import { externalTensor, TOY_SIDE, toyClipSegFiles, toyWeights, writeModel } from '../../../support/toy-clipseg.js';

const folder = temporaryFolder();
const opened: ModelPool[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((models) => models.close()));
});

/** Detections for something with the toy model, some of its files changed. */
async function lookWith(changes: Readonly<Record<string, Uint8Array>>, phrase = 'red'): Promise<unknown> {
  const model = writeModel(join(folder(), 'model'), { ...toyClipSegFiles(), ...changes });
  const models = openModels({ model });
  opened.push(models);
  const side = TOY_SIDE;
  const image = createRaster(side, side, 3, new Uint8Array(side * side * 3).fill(128));
  return findInImage(await encodeImage(image, { format: 'png' }), phrase, { models, cache: false });
}

function changedJson(file: string, change: (value: object) => unknown): Record<string, Buffer> {
  return { [file]: Buffer.from(JSON.stringify(change(JSON.parse(toyClipSegFiles()[file]!.toString()) as object))) };
}

/** A model that answers with its weights, wherever they are. */
function modelWith(weights: Buffer, nodes: readonly Buffer[] = [], pixels = 'pixel_values'): Buffer {
  const side = TOY_SIDE;
  return onnxModel({
    nodes: [
      ...nodes,
      node('ReduceMean', [pixels], ['gray'], { axes: [1], keepdims: 0 }),
      node('Mul', ['gray', 'weights'], ['weighted']),
      node('Cast', ['input_ids'], ['ids'], { to: 1 }),
      node('ReduceMean', ['ids'], ['lowest'], { axes: [1], keepdims: 0 }),
      node('Reshape', ['lowest', 'cube'], ['shift']),
      node('Add', ['weighted', 'shift'], ['logits']),
    ],
    initializers: [weights, tensor('cube', [3], BigInt64Array.of(-1n, 1n, 1n))],
    inputs: [
      valueInfo('input_ids', 'int64', ['n', 't']),
      valueInfo('pixel_values', 'float', ['b', 3, side, side]),
      valueInfo('attention_mask', 'int64', ['n', 't']),
    ],
    outputs: [valueInfo('logits', 'float', ['n', side, side])],
  });
}

const SHAPE = [1, TOY_SIDE, TOY_SIDE];

describe('weights outside the file', () => {
  it('are read from its folder', async () => {
    mkdirSync(join(folder(), 'model', 'onnx'), { recursive: true });
    writeFileSync(join(folder(), 'model', 'onnx', 'weights.bin'), new Uint8Array(toyWeights().buffer));
    await expect(
      lookWith({ 'onnx/model.onnx': modelWith(externalTensor('weights', SHAPE, 'weights.bin')) }),
    ).resolves.toHaveLength(1);
  });

  const elsewhere = [
    '../../../../../../../../etc/passwd',
    '/etc/passwd',
    '../outside.bin',
    'C:\\outside.bin',
    '..',
    '',
  ];
  it.each(elsewhere)('are not read from %j', async (location) => {
    // It would do for weights, so that nothing but the refusal keeps it out.
    mkdirSync(join(folder(), 'model'), { recursive: true });
    writeFileSync(join(folder(), 'model', 'outside.bin'), new Uint8Array(toyWeights().buffer));
    const onnx = modelWith(externalTensor('weights', SHAPE, location, location.includes('passwd') ? 576 : undefined));
    await expect(lookWith({ 'onnx/model.onnx': onnx })).rejects.toMatchObject({
      code: 'MODEL_DAMAGED',
      message: expect.stringContaining('outside its folder'),
    });
  });

  it('are found wherever a tensor can be: constants, branches, functions', () => {
    const constant = (attribute: Buffer): Buffer => bytesField(1, bytesField(5, attribute));
    const away = externalTensor('x', [1], '../away');
    const graph = (fields: Buffer): Buffer => bytesField(7, fields);
    const places = {
      initializer: graph(bytesField(5, away)),
      sparse: graph(bytesField(15, bytesField(1, away))),
      constant: graph(constant(bytesField(5, away))),
      constants: graph(constant(bytesField(10, away))),
      branch: graph(constant(bytesField(6, bytesField(5, away)))),
      branches: graph(constant(bytesField(11, constant(bytesField(5, away))))),
      function: bytesField(25, bytesField(7, bytesField(5, bytesField(5, away)))),
      training: bytesField(20, bytesField(1, bytesField(5, away))),
    };
    for (const [place, bytes] of Object.entries(places)) {
      expect([place, [...externalDataFiles(bytesSource(bytes))]]).toEqual([place, ['../away']]);
    }
    expect([...externalDataFiles(bytesSource(toyClipSegFiles()['onnx/model.onnx']!))]).toEqual([]);
  });
});

describe('a model folder is data', () => {
  it('code that it names is not run', async () => {
    const pwned = join(folder(), 'pwned');
    const script = `require('node:fs').writeFileSync(${JSON.stringify(pwned)}, '')`;
    const python = `open(${JSON.stringify(pwned)}, 'w')`;
    const autoMap = { AutoModel: 'evil.Model', AutoConfig: 'evil.Config', AutoProcessor: 'evil.Processor' };
    const named = (value: object): object => ({
      ...value,
      auto_map: autoMap,
      custom_pipelines: { evil: { impl: 'evil.Pipeline' } },
      trust_remote_code: true,
      'transformers.js_config': {
        device: 'evil',
        session_options: { enableProfiling: true, profileFilePrefix: pwned, optimizedModelFilePath: pwned },
      },
      __proto__: { toString: script },
    });
    const changes = {
      ...changedJson('config.json', named),
      ...changedJson('preprocessor_config.json', (value) => ({ ...named(value), image_processor_type: 'evil.js' })),
      ...changedJson('tokenizer_config.json', (value) => ({ ...named(value), tokenizer_class: 'evil.Tokenizer' })),
      'evil.js': Buffer.from(script),
      'evil.mjs': Buffer.from(`import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(pwned)}, '')`),
      'evil.py': Buffer.from(python),
      'index.js': Buffer.from(script),
      'package.json': Buffer.from(JSON.stringify({ main: 'evil.js', scripts: { postinstall: 'node evil.js' } })),
    };
    await expect(lookWith(changes)).resolves.toHaveLength(1);
    expect(existsSync(pwned)).toBe(false);
  });

  it.each([
    ['Identity', ''],
    ['Evil', 'com.evil'],
  ])(
    'an operator %s of %j runs only if it is part of the runtime: code of its own cannot be brought',
    async (op, domain) => {
      const custom = Buffer.concat([node(op, ['pixel_values'], ['touched']), bytesField(7, domain)]);
      const onnx = Buffer.concat([
        modelWith(tensor('weights', SHAPE, toyWeights()), [custom], 'touched'),
        ...(domain === '' ? [] : [bytesField(8, Buffer.concat([bytesField(1, domain), numberField(2, 1)]))]),
      ]);
      const looking = lookWith({
        'onnx/model.onnx': onnx,
        'onnx/evil.so': Buffer.from('a library'),
        'evil.js': Buffer.from(''),
      });
      if (op === 'Identity') {
        await expect(looking).resolves.toHaveLength(1);
      } else {
        await expect(looking).rejects.toMatchObject({
          code: 'MODEL_DAMAGED',
          message: expect.stringMatching(/Evil|com\.evil/) as string,
        });
      }
    },
  );

  it('a regular expression that never ends is stopped, and the model is named', async () => {
    const bomb = changedJson('tokenizer.json', (value) => ({
      ...value,
      pre_tokenizer: { type: 'Split', pattern: { Regex: '^(a+)+$' }, behavior: 'Isolated', invert: false },
    }));
    const begun = performance.now();
    await expect(lookWith(bomb, `"${'a'.repeat(60)}!"`)).rejects.toMatchObject({
      code: 'MODEL_DAMAGED',
      message: expect.stringMatching(/tokenizer\.json.*longer than 4 s/),
    });
    expect(performance.now() - begun).toBeLessThan(20_000);
  });

  it.each(['config.json', 'tokenizer.json', 'preprocessor_config.json'])(
    'a link in the place of %s shows nothing of what it leads to',
    async (file) => {
      const secret = join(folder(), 'secret');
      writeFileSync(secret, 'root:x:0:0');
      const files: Record<string, Uint8Array> = toyClipSegFiles();
      const model = writeModel(
        join(folder(), 'linked'),
        Object.fromEntries(Object.entries(files).filter(([name]) => name !== file)),
      );
      symlinkSync(secret, join(model, file));
      const models = openModels({ model });
      opened.push(models);
      await expect(models.segmenter()).rejects.toMatchObject({
        code: 'MODEL_DAMAGED',
        message: expect.not.stringContaining('root:x') as string,
      });
    },
  );
});
