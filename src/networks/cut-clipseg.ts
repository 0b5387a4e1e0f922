import { basename, dirname } from 'node:path';
import { env, InferenceSession, Tensor } from 'onnxruntime-node';
import type { ClipSegConfig } from './clipseg-config.js';
import { type ClipSegNetwork, type Logits, toPlanes, type Tokens } from './clipseg-network.js';
import { type CutNetwork, cutOnnx } from './cut-onnx.js';
import type { LocalModel } from './local-model.js';
import { runFailure } from './native-failure.js';
import { readOnnxFile } from './onnx-file.js';
import { withFileSource } from './file-source.js';
import { sessionOptions } from './session-options.js';
import { joinRows, splitRows, textFeeds } from './text-batch.js';
import type { NamedTensor } from './text-segmenter.js';

env.logLevel = 'fatal';

const PICTURE_INPUT = 'pixel_values';
const OUTPUT = 'logits';
const FLOATING: ReadonlySet<string> = new Set(['fp32', 'fp16']);
/** Bounds memory: a phrase takes some 10 MB on its way through the layers that make its mask. */
const PHRASES_AT_ONCE = 16;
/** Phrases whose text part is kept: two kilobytes each. */
const PHRASES_KEPT = 512;

/**
 * A CLIPSeg whose one file is cut into a picture's part, a text's part and what joins them, so that a
 * picture and a phrase are each worked on once. The parts are made in memory and take their weights from
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
  const picture = await InferenceSession.create(cut.picturePart, options);
  const text = await InferenceSession.create(cut.textPart, options);
  const types = new Map([...elementTypes(picture), ...elementTypes(text)]);
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
  const known = new Map<string, Record<string, Tensor>>();
  // Scales of quantised activations span a batch, and then a phrase would depend on those asked with it.
  let batched = FLOATING.has(identity.dtype);
  const encodeTexts = async (phrases: readonly Tokens[]): Promise<void> => {
    const unknown = [...new Map(phrases.map((ids) => [ids.join(' '), ids]))].filter(([key]) => !known.has(key));
    const size = batched ? PHRASES_AT_ONCE : 1;
    for (let at = 0; at < unknown.length; at += size) {
      const part = unknown.slice(at, at + size);
      const feeds = textFeeds(part.map(([, ids]) => ids));
      const made = await run(text, Object.fromEntries(text.inputNames.map((name) => [name, feeds[name]!])));
      const rows = splitRows(made, part.length);
      // What is not one row a phrase can be put together for no other phrases either.
      batched &&= rows !== undefined;
      if (rows === undefined && part.length > 1) {
        return encodeTexts(phrases);
      }
      part.forEach(([key], row) => known.set(key, rows?.[row] ?? made));
    }
  };
  return {
    encodeImage: async (pixels) => {
      const made = await run(picture, { [PICTURE_INPUT]: new Tensor('float32', pixels, [1, 3, inputSize, inputSize]) });
      return cut.pictureValues.map((name) => toNamed(name, made[name]!));
    },
    decode: async (features, phrases) => {
      const pictured = Object.fromEntries(features.map((tensor) => [tensor.name, fromNamed(tensor)]));
      const planes: Logits[] = [];
      await encodeTexts(phrases);
      const size = batched ? PHRASES_AT_ONCE : 1;
      for (let at = 0; at < phrases.length; at += size) {
        const encoded = phrases.slice(at, at + size).map((ids) => {
          const key = ids.join(' ');
          const rows = known.get(key)!;
          known.delete(key);
          known.set(key, rows);
          return rows;
        });
        const made = await run(join, { ...pictured, ...joinRows(encoded) });
        const { dims, data } = made[OUTPUT]!;
        planes.push(...toPlanes(dims, data as Float32Array));
      }
      for (const key of [...known.keys()].slice(0, Math.max(0, known.size - PHRASES_KEPT))) {
        known.delete(key);
      }
      return planes;
    },
  };
}

function cutFile(weights: string): CutNetwork | undefined {
  return withFileSource(weights, (source) => cutOnnx(readOnnxFile(source, basename(weights)), PICTURE_INPUT, OUTPUT));
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
