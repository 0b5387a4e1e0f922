import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partitionGraph } from '../../../../src/models/onnx/partition-graph.js';
import { type DataFiles, readOnnxFile } from '../../../../src/models/onnx/onnx-file.js';
import { bytesSource } from '../../../../src/models/onnx/protobuf.js';
import { node, onnxModel, tensor, valueInfo } from '../../../support/onnx.js';
import { toyOnnx, toyWeights } from '../../../support/toy-clipseg.js';
import { propertyRuns } from '../../../support/property-runs.js';

const DATA: DataFiles = {
  own: 'model.onnx',
  external: (location) => location,
  read: () => {
    throw new RangeError('there are no external data');
  },
};

function read(bytes: Uint8Array) {
  return readOnnxFile(bytesSource(bytes), DATA);
}

/** Inputs, nodes and outputs of a part. */
function shapeOf(part: Uint8Array): { inputs: string[]; nodes: string[]; outputs: string[]; weights: string[] } {
  const { inputs, nodes, outputs, initializers } = read(part);
  return {
    inputs: [...inputs.keys()],
    nodes: nodes.map((item) => item.outputs[0]!),
    outputs: [...outputs.keys()],
    weights: [...initializers.keys()].sort(),
  };
}

describe('reading an ONNX file', () => {
  it('points at large weights instead of copying them', () => {
    const bytes = toyOnnx();
    const { initializers } = read(bytes);
    const reference = Buffer.from(initializers.get('weights')!.raw).toString('latin1');
    const [, offset, length] = /offset\W+(\d+)j.*length\W+(\d+)/s.exec(reference)!.map(Number);
    const values = toyWeights();
    expect(length).toBe(values.byteLength);
    expect(bytes.subarray(offset, offset! + length!).equals(new Uint8Array(values.buffer))).toBe(true);
    expect(reference).toContain('model.onnx');
    expect(reference.length).toBeLessThan(200);
    expect(Buffer.from(initializers.get('cube')!.raw).toString('latin1')).not.toContain('model.onnx');
  });

  it('throws nothing but RangeError on noise', () => {
    const good = toyOnnx();
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.uint8Array({ minLength: 1, maxLength: 8 }), (at, noise) => {
        const bytes = Buffer.from(good);
        bytes.set(noise.subarray(0, good.length - at), at);
        try {
          partitionGraph(read(bytes), 'pixel_values', 'logits');
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
      { numRuns: propertyRuns(2000) },
    );
  });
});

describe('partitioning', () => {
  it('gives an image encoder, a text encoder and a mask decoder', () => {
    const partition = partitionGraph(read(toyOnnx()), 'pixel_values', 'logits')!;
    expect([partition.imageValues, partition.textValues]).toEqual([['weighted'], ['shift_cube']]);
    expect(shapeOf(partition.imageEncoder)).toEqual({
      inputs: ['pixel_values'],
      nodes: ['gray', 'weighted'],
      outputs: ['weighted'],
      weights: ['weights'],
    });
    expect(shapeOf(partition.textEncoder)).toEqual({
      inputs: ['input_ids', 'attention_mask'],
      nodes: ['ids', 'seen', 'unseen', 'penalty', 'tokens', 'lowest', 'shift', 'shift_column', 'shift_cube'],
      outputs: ['shift_cube'],
      weights: ['column', 'cube', 'hundred', 'one', 'three'],
    });
    expect(shapeOf(partition.maskDecoder(() => 1))).toEqual({
      inputs: ['weighted', 'shift_cube'],
      nodes: ['logits'],
      outputs: ['logits'],
      weights: [],
    });
  });

  it('gives nothing where text and image meet at once, and where an input is missing', () => {
    expect(partitionGraph(read(toyOnnx({ mixed: true })), 'pixel_values', 'logits')).toBeUndefined();
    expect(partitionGraph(read(toyOnnx()), 'no_such_input', 'logits')).toBeUndefined();
    expect(partitionGraph(read(toyOnnx()), 'pixel_values', 'no_such_output')).toBeUndefined();
  });

  it('ignores nodes and outputs that do not lead to the output', () => {
    const bytes = onnxModel({
      nodes: [
        node('Relu', ['p'], ['image']),
        node('Relu', ['t'], ['text']),
        node('Add', ['p', 't'], ['early']),
        node('Mul', ['image', 'text'], ['logits']),
      ],
      initializers: [],
      inputs: [valueInfo('p', 'float', [1]), valueInfo('t', 'float', [1])],
      outputs: [valueInfo('early', 'float', [1]), valueInfo('logits', 'float', [1]), valueInfo('image', 'float', [1])],
    });
    const partition = partitionGraph(read(bytes), 'p', 'logits')!;
    expect([partition.imageValues, partition.textValues]).toEqual([['image'], ['text']]);
    expect(shapeOf(partition.maskDecoder(() => 1)).nodes).toEqual(['logits']);
  });

  it('shares weights among the parts that need them', () => {
    const bytes = onnxModel({
      nodes: [
        node('Mul', ['p', 'w'], ['image']),
        node('Mul', ['t', 'w'], ['text']),
        node('Relu', ['w'], ['w2']),
        node('Add', ['image', 'w2'], ['image2']),
        node('Mul', ['image2', 'text'], ['product']),
        node('Add', ['product', 'w2'], ['logits']),
      ],
      initializers: [tensor('w', [1], Float32Array.of(2))],
      inputs: [valueInfo('p', 'float', [1]), valueInfo('t', 'float', [1])],
      outputs: [valueInfo('logits', 'float', [1])],
    });
    const partition = partitionGraph(read(bytes), 'p', 'logits')!;
    expect(shapeOf(partition.imageEncoder)).toMatchObject({ nodes: ['image', 'w2', 'image2'], weights: ['w'] });
    expect(shapeOf(partition.textEncoder)).toMatchObject({ nodes: ['text'], weights: ['w'] });
    expect(shapeOf(partition.maskDecoder(() => 1))).toMatchObject({
      nodes: ['product', 'w2', 'logits'],
      weights: ['w'],
    });
  });

  it('takes one phrase a run where layers of the image encoder read the batch off the text', () => {
    const shared = readFileSync('test/fixtures/exports/dynamo-shared-batch/model.onnx.gz');
    const partition = partitionGraph(read(gunzipSync(shared)), 'pixel_values', 'logits')!;
    expect(partition.isSinglePhrase).toBe(true);
    // The layers of the image encoder are in it, as they are where the batches are separate.
    const separate = readFileSync('test/fixtures/exports/dynamo/model.onnx.gz');
    const other = partitionGraph(read(gunzipSync(separate)), 'pixel_values', 'logits')!;
    expect(other.isSinglePhrase).toBe(false);
    const products = (part: Uint8Array): number =>
      read(part).nodes.filter(({ op }) => op === 'MatMul' || op === 'Gemm').length;
    expect(products(partition.imageEncoder)).toBe(products(other.imageEncoder));
    expect(products(partition.imageEncoder)).toBeGreaterThan(10);
  });
});
