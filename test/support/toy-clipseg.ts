import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bytesField, node, numberField, onnxModel, tensor, valueInfo } from './onnx.js';

export const TOY_SIDE = 24;
export const TOY_TOKEN_LIMIT = 6;

/** Words that the toy model knows: tokens 1 to 4. Any other word is token 0. */
export const TOY_WORDS = ['red', 'green', 'blue', 'dark'] as const;

/**
 * A CLIPSeg that can be computed by hand: the logit of a pixel is the mean of its normalized channels
 * times a weight of the pixel, plus the lowest token id of the phrase less 3.
 */
export function toyClipSegFiles(): Record<string, Buffer> {
  return {
    'config.json': json({ model_type: 'clipseg', text_config: { max_position_embeddings: TOY_TOKEN_LIMIT } }),
    'preprocessor_config.json': json({
      size: { height: TOY_SIDE, width: TOY_SIDE },
      image_mean: [0.5, 0.5, 0.5],
      image_std: [0.25, 0.25, 0.25],
    }),
    'tokenizer_config.json': json({ tokenizer_class: 'CLIPTokenizer', model_max_length: TOY_TOKEN_LIMIT }),
    'tokenizer.json': json(toyTokenizer()),
    'onnx/model.onnx': toyOnnx(),
  };
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

/** The weight of each pixel, row by row. */
export function toyWeights(): Float32Array {
  return Float32Array.from({ length: TOY_SIDE * TOY_SIDE }, (_, i) => 1 + (i % 7) / 8);
}

/** Writes the files of a model into a folder and returns it. */
export function writeModel(folder: string, files: Readonly<Record<string, Uint8Array>> = toyClipSegFiles()): string {
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  return folder;
}

/** The same model with its weights in another file. */
export function toyOnnxWithExternalData(location: string): Buffer {
  return toyOnnx({ weights: externalTensor('weights', [1, TOY_SIDE, TOY_SIDE], location) });
}

/** A tensor of floats whose bytes are in another file. */
export function externalTensor(name: string, dims: readonly number[], location: string, length?: number): Buffer {
  const bytes = length ?? 4 * dims.reduce((product, dim) => product * dim, 1);
  const entry = (key: string, value: string): Buffer =>
    bytesField(13, Buffer.concat([bytesField(1, key), bytesField(2, value)]));
  return Buffer.concat([
    ...dims.map((dim) => numberField(1, dim)),
    numberField(2, 1),
    bytesField(8, name),
    entry('location', location),
    entry('offset', '0'),
    entry('length', String(bytes)),
    numberField(14, 1),
  ]);
}

/** With `mixed` text and image meet first: such a graph cannot be partitioned. */
export function toyOnnx({ mixed = false, weights }: { mixed?: boolean; weights?: Buffer } = {}): Buffer {
  const side = TOY_SIDE;
  const text = [
    node('Cast', ['input_ids'], ['ids'], { to: 1 }),
    node('Cast', ['attention_mask'], ['seen'], { to: 1 }),
    node('Sub', ['seen', 'one'], ['unseen']),
    node('Mul', ['unseen', 'hundred'], ['penalty']),
    node('Sub', ['ids', 'penalty'], ['tokens']),
    node('ReduceMin', ['tokens'], ['lowest'], { axes: [1], keepdims: 0 }),
    node('Sub', ['lowest', 'three'], ['shift']),
    node('Reshape', ['shift', 'column'], ['shift_column']),
  ];
  const separate = [
    node('ReduceMean', ['pixel_values'], ['gray'], { axes: [1], keepdims: 0 }),
    node('Mul', ['gray', 'weights'], ['weighted']),
    node('Reshape', ['shift_column', 'cube'], ['shift_cube']),
    node('Add', ['weighted', 'shift_cube'], ['logits']),
  ];
  const together = [
    node('Add', ['pixel_values', 'shift_column'], ['shifted']),
    node('ReduceMean', ['shifted'], ['gray'], { axes: [1], keepdims: 0 }),
    node('Mul', ['gray', 'weights'], ['logits']),
  ];
  return onnxModel({
    nodes: [...text, ...(mixed ? together : separate)],
    initializers: [
      tensor('one', [1], Float32Array.of(1)),
      tensor('three', [1], Float32Array.of(3)),
      tensor('hundred', [1], Float32Array.of(100)),
      tensor('column', [4], BigInt64Array.of(-1n, 1n, 1n, 1n)),
      tensor('cube', [3], BigInt64Array.of(-1n, 1n, 1n)),
      weights ?? tensor('weights', [1, side, side], toyWeights()),
    ],
    inputs: [
      valueInfo('input_ids', 'int64', ['n', 't']),
      valueInfo('pixel_values', 'float', ['b', 3, side, side]),
      valueInfo('attention_mask', 'int64', ['n', 't']),
    ],
    outputs: [valueInfo('logits', 'float', ['n', side, side])],
  });
}

function toyTokenizer(): unknown {
  const start = '<|startoftext|>';
  const end = '<|endoftext|>';
  const words = ['?', ...TOY_WORDS];
  const vocab = Object.fromEntries([...words, start, end].map((word, id) => [word, id]));
  const special = (content: string): unknown => ({
    id: vocab[content],
    content,
    special: true,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
  });
  return {
    version: '1.0',
    added_tokens: [special(start), special(end)],
    normalizer: { type: 'Lowercase' },
    pre_tokenizer: { type: 'WhitespaceSplit' },
    post_processor: {
      type: 'RobertaProcessing',
      sep: [end, vocab[end]],
      cls: [start, vocab[start]],
      trim_offsets: false,
      add_prefix_space: false,
    },
    decoder: null,
    model: { type: 'WordPiece', vocab, unk_token: '?', continuing_subword_prefix: '##', max_input_chars_per_word: 100 },
  };
}
