import { Tensor } from '@huggingface/transformers';
import { withFileSource } from '../onnx/byte-source.js';
import { loadFullModel } from '../onnx/load-full-model.js';
import { floatsOf, fromNamed } from '../onnx/named-tensor.js';
import { toHalf } from '../onnx/float16.js';
import { operatorsOf } from '../onnx/onnx-file.js';
import { runFailure } from '../onnx/runtime-errors.js';
import { findValueNames } from '../onnx/value-names.js';
import { toPixelValues } from '../preprocess/pixel-values.js';
import type { LocalModel } from '../registry/local-model.js';
import { isBatchDependent } from './batch-dependence.js';
import type { ClipSegConfig } from './clipseg-config.js';
import { type ClipSegNetwork, type Logits, toPlanes, type Tokens } from './clipseg-network.js';
import type { ClipSegTokenizer } from './clipseg-tokenizer.js';
import { sharesBatch, textFeeds, textShapeOf } from './text-batch.js';

/**
 * Loads a CLIPSeg as one graph through transformers.js. Every call runs all of it, once for all phrases of the call
 * where the graph allows it. The features of an image are its pixels.
 */
export async function openMonolithicClipSeg(
  model: LocalModel,
  config: ClipSegConfig,
  tokenizer: ClipSegTokenizer,
): Promise<ClipSegNetwork> {
  const { inputSize } = config;
  const { id } = model.identity;
  const full = await loadFullModel(model);
  const isFloat = (name: string): boolean => full.inputs.get(name)?.type.startsWith('float') === true;
  const names = findValueNames([...full.inputs.keys()], isFloat, full.outputs);
  const pixelType = full.inputs.get(names.image)?.type;
  const shape = textShapeOf(full.inputs, names);
  const tokenLimit = Math.min(config.tokenLimit, shape.length ?? Infinity);
  const operators = withFileSource(model.graphs['model']!, operatorsOf);
  let batch =
    isBatchDependent(operators) || sharesBatch(full.inputs.get(names.ids), full.inputs.get(names.image))
      ? 1
      : (shape.batch ?? Infinity);

  const run = async (pixels: Tensor, phrases: readonly Tokens[]): Promise<Logits[]> => {
    const texts = Object.entries(textFeeds(phrases, shape)).map(([name, { type, data, dims }]) => [
      name,
      new Tensor(type as 'int64', data as BigInt64Array, [...dims]),
    ]);
    const logits = (await full.run({ [names.image]: pixels, ...Object.fromEntries(texts) }))[names.output];
    const planes = logits === undefined ? [] : toPlanes(logits.dims, floatsOf(logits));
    if (planes.length < phrases.length) {
      throw runFailure(id, new Error(`${planes.length} masks for ${phrases.length} phrases`));
    }
    return planes.slice(0, phrases.length);
  };
  return {
    path: 'monolithic',
    tokenLimit,
    phrasesPerRun: () => batch,
    encodeImage: async (rgb) => {
      const pixels = toPixelValues(rgb, config);
      const dims = [1, 3, inputSize, inputSize];
      return [
        pixelType === 'float16'
          ? { name: 'pixel_values', type: 'float16', dims, data: toHalf(pixels) }
          : { name: 'pixel_values', type: 'float32', dims, data: pixels },
      ];
    },
    decode: async ([feature], phrases) => {
      const { type, data, dims } = fromNamed(feature!);
      const pixels = new Tensor(type, data, [...dims]);
      const tokens = phrases.map((phrase) => tokenizer.encode(phrase, tokenLimit));
      const planes: Logits[] = [];
      while (planes.length < tokens.length) {
        const part = tokens.slice(planes.length, planes.length + batch);
        try {
          planes.push(...(await run(pixels, part)));
        } catch (error) {
          // A graph may be exported so that it takes one phrase a run, and declare otherwise.
          if (part.length === 1) {
            throw error;
          }
          batch = 1;
        }
      }
      return planes;
    },
  };
}
