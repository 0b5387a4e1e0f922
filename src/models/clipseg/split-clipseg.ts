import { basename, dirname } from 'node:path';
import { env, InferenceSession, Tensor } from 'onnxruntime-node';
import type { ClipSegConfig } from './clipseg-config.js';
import { type ClipSegNetwork, type Logits, toPlanes } from './clipseg-network.js';
import { type PartitionedModel, partitionGraph } from '../onnx/partition-graph.js';
import type { LocalModel } from '../registry/local-model.js';
import { runFailure } from '../onnx/runtime-errors.js';
import { readOnnxFile } from '../onnx/onnx-file.js';
import { withFileSource } from '../onnx/byte-source.js';
import { sessionOptions } from '../onnx/session-options.js';
import { textPart } from './text-encoder.js';
import type { NamedTensor } from './text-segmenter.js';

env.logLevel = 'fatal';

const IMAGE_INPUT = 'pixel_values';
const OUTPUT = 'logits';
const FLOATING: ReadonlySet<string> = new Set(['fp32', 'fp16']);

/**
 * A CLIPSeg whose one file is cut into an image's part, a text's part and what joins them, so that a
 * image and a phrase are each worked on once. The parts are made in memory and take their weights from
 * the file itself, which the system maps: nothing is copied, and less memory is used than for the whole.
 * Undefined where the file cannot be cut.
 */
export async function openCutClipSeg(
  { weights, identity }: LocalModel,
  { inputSize }: ClipSegConfig,
): Promise<ClipSegNetwork | undefined> {
  const cut = cutFile(weights);
  if (cut === undefined) {
    return undefined;
  }
  const common = sessionOptions(identity.device);
  const options: InferenceSession.SessionOptions = {
    ...common,
    extra: { session: { ...common.extra.session, model_external_initializers_file_folder_path: dirname(weights) } },
  };
  const image = await InferenceSession.create(cut.imagePart, options);
  const text = await InferenceSession.create(cut.textPart, options);
  const types = new Map([...elementTypes(image), ...elementTypes(text)]);
  const join = await InferenceSession.create(
    cut.joinPart((value) => types.get(value)!),
    options,
  );

  const run = async (session: InferenceSession, feeds: Record<string, Tensor>): Promise<Record<string, Tensor>> => {
    try {
      return await session.run(feeds);
    } catch (error) {
      throw runFailure(identity.id, error);
    }
  };
  // Scales of quantized activations span a batch, and then a phrase would depend on those asked with it.
  const encodeTexts = textPart(
    (feeds) => run(text, Object.fromEntries(text.inputNames.map((name) => [name, feeds[name]!]))),
    FLOATING.has(identity.dtype),
  );
  return {
    encodeImage: async (pixels) => {
      const made = await run(image, { [IMAGE_INPUT]: new Tensor('float32', pixels, [1, 3, inputSize, inputSize]) });
      return cut.imageValues.map((name) => toNamed(name, made[name]!));
    },
    decode: async (features, phrases) => {
      const imaged = Object.fromEntries(features.map((tensor) => [tensor.name, fromNamed(tensor)]));
      const planes: Logits[] = [];
      for (const texts of await encodeTexts(phrases)) {
        const made = await run(join, { ...imaged, ...texts });
        const { dims, data } = made[OUTPUT]!;
        planes.push(...toPlanes(dims, data as Float32Array));
      }
      return planes;
    },
  };
}

function cutFile(weights: string): PartitionedModel | undefined {
  return withFileSource(weights, (source) => partitionGraph(readOnnxFile(source, basename(weights)), IMAGE_INPUT, OUTPUT));
}

/** ONNX's numbers of the types that onnxruntime names. */
const ELEMENT_TYPES: Readonly<Record<string, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
};

function elementTypes({ outputMetadata }: InferenceSession): [string, number][] {
  return outputMetadata.map((value) => [value.name, ELEMENT_TYPES[value.isTensor ? value.type : '']!]);
}

function toNamed(name: string, { type, dims, data }: Tensor): NamedTensor {
  return { name, type, dims, data: data as NamedTensor['data'] };
}

function fromNamed({ type, dims, data }: NamedTensor): Tensor {
  return new Tensor(type as 'float32', data as Float32Array, dims);
}
