import { closeSync, openSync, readSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import { withFileSource } from '../onnx/byte-source.js';
import { declaredInputs, openSession, runSession } from '../onnx/inference-session.js';
import { floatsOf, floatTensor, fromNamed, toNamed } from '../onnx/named-tensor.js';
import { type DataFiles, elementTypeOf, type OnnxFile, operatorsOf, readOnnxFile } from '../onnx/onnx-file.js';
import { type PartitionedModel, partitionGraph } from '../onnx/partition-graph.js';
import { runFailure } from '../onnx/runtime-errors.js';
import { sessionOptions } from '../onnx/session-options.js';
import { findValueNames, type ValueNames } from '../onnx/value-names.js';
import { toPixelValues } from '../preprocess/pixel-values.js';
import type { LocalModel } from '../registry/local-model.js';
import { nativeCall } from '../worker/stop-flag.js';
import type { ClipSegConfig } from './clipseg-config.js';
import { type ClipSegNetwork, type Logits, toPlanes } from './clipseg-network.js';
import type { ClipSegTokenizer } from './clipseg-tokenizer.js';
import { isBatchDependent } from './batch-dependence.js';
import { sharesBatch, textShapeOf } from './text-batch.js';
import { createTextEncoder } from './text-encoder.js';

/**
 * Loads a CLIPSeg as image encoder, text encoder and mask decoder, so that each image and each phrase is encoded once.
 * The three graphs are written in memory and refer to the weights in the file, which the system maps: nothing is
 * copied, and less memory is used than for the whole model.
 *
 * Undefined where the graph cannot be partitioned. Throws what loading throws.
 */
export async function openPartitionedClipSeg(
  { graphs, identity }: LocalModel,
  config: ClipSegConfig,
  tokenizer: ClipSegTokenizer,
): Promise<ClipSegNetwork | undefined> {
  const file = realpathSync(graphs['model']!);
  const { partition, names, isQuantized } = readGraph(graphs['model']!, file);
  if (partition === undefined) {
    return undefined;
  }
  const common = sessionOptions(identity.device);
  const options: InferenceSession.SessionOptions = {
    ...common,
    extra: { session: { ...common.extra.session, model_external_initializers_file_folder_path: dirname(file) } },
  };
  const opened: InferenceSession[] = [];
  const open = async (graph: Uint8Array): Promise<InferenceSession> => {
    const session = await openSession(graph, options);
    opened.push(session);
    return session;
  };
  try {
    const image = await open(partition.imageEncoder);
    const text = await open(partition.textEncoder);
    const types = new Map([...elementTypes(image), ...elementTypes(text)]);
    const decoder = await open(partition.maskDecoder((value) => types.get(value)!));
    const [imageInputs, textInputs] = [declaredInputs(image), declaredInputs(text)];
    const shape = textShapeOf(textInputs, names);
    const isBatched =
      !partition.isSinglePhrase &&
      !isQuantized &&
      !sharesBatch(textInputs.get(names.ids), imageInputs.get(names.image));
    const encoder = createTextEncoder((feeds) => runSession(text, feeds, identity.id), shape, isBatched);
    const tokenLimit = Math.min(config.tokenLimit, shape.length ?? Infinity);
    const { inputSize } = config;

    const decode: ClipSegNetwork['decode'] = async (features, phrases) => {
      const tokens = phrases.map((phrase) => tokenizer.encode(phrase, tokenLimit));
      const imageValues = Object.fromEntries(features.map((tensor) => [tensor.name, fromNamed(tensor)]));
      const planes: Logits[] = [];
      try {
        for (const { count, values } of await encoder.encode(tokens)) {
          const { dims, data, type } = (await runSession(decoder, { ...imageValues, ...values }, identity.id))[
            names.output
          ]!;
          const found = toPlanes(dims, floatsOf({ type, data }));
          if (found.length < count) {
            throw runFailure(identity.id, new Error(`${found.length} masks for ${count} phrases`));
          }
          planes.push(...found.slice(0, count));
        }
        return planes;
      } catch (error) {
        // A graph may be exported so that it takes one phrase a run, and declare otherwise.
        if (phrases.length > 1 && encoder.useSinglePhrases()) {
          return decode(features, phrases);
        }
        throw error;
      }
    };
    return {
      path: 'partitioned',
      tokenLimit,
      phrasesPerRun: encoder.phrasesPerRun,
      encodeImage: async (rgb) => {
        const pixels = toPixelValues(rgb, config);
        const type = imageInputs.get(names.image)?.type;
        const values = await runSession(
          image,
          { [names.image]: floatTensor(pixels, [1, 3, inputSize, inputSize], type) },
          identity.id,
        );
        return partition.imageValues.map((name) => toNamed(name, values[name]!));
      },
      decode,
    };
  } catch (error) {
    // Another path may load the model after this one.
    await Promise.all(opened.map((session) => nativeCall(() => session.release())));
    throw error;
  }
}

function readGraph(
  path: string,
  file: string,
): { partition: PartitionedModel | undefined; names: ValueNames; isQuantized: boolean } {
  return withFileSource(file, (source) => {
    const graph = readOnnxFile(source, dataFiles(path, file));
    const names = namesOf(graph);
    return {
      names,
      partition: partitionGraph(graph, names.image, names.output),
      isQuantized: isBatchDependent(operatorsOf(source)),
    };
  });
}

function namesOf({ inputs, outputs, initializers }: OnnxFile): ValueNames {
  // Older exporters list weights among the inputs.
  const names = [...inputs.keys()].filter((name) => !initializers.has(name));
  const floats = new Set(['float32', 'float16', 'float64'].map((type) => ELEMENT_TYPES[type]));
  return findValueNames(names, (name) => floats.has(elementTypeOf(inputs.get(name)!)), [...outputs.keys()]);
}

/** Files of external data, which onnxruntime reads from the folder of the model's real file. */
function dataFiles(path: string, file: string): DataFiles {
  const realPath = (location: string): string => realpathSync(join(dirname(path), location));
  return {
    own: basename(file),
    external: (location) => {
      const data = realPath(location);
      if (dirname(data) !== dirname(file)) {
        throw new RangeError(`${location} is in another folder than the model`);
      }
      return basename(data);
    },
    read: (location, offset, length) => {
      const descriptor = openSync(realPath(location), 'r');
      try {
        const bytes = new Uint8Array(length);
        if (readSync(descriptor, bytes, 0, length, offset) < length) {
          throw new RangeError(`${location} is truncated`);
        }
        return bytes;
      } finally {
        closeSync(descriptor);
      }
    },
  };
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
