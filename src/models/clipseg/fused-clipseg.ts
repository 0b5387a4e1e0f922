import { Tensor } from '@huggingface/transformers';
import type { ClipSegConfig } from './clipseg-config.js';
import { type ClipSegNetwork, toPlanes } from './clipseg-network.js';
import { loadFullModel } from '../onnx/load-full-model.js';
import type { LocalModel } from '../registry/local-model.js';
import { textFeeds } from './text-batch.js';

/**
 * A CLIPSeg as its one file has it: every call runs all of it, once for all phrases of the call.
 * What it keeps of an image are the pixels.
 */
export async function openMonolithicClipSeg(model: LocalModel, { inputSize }: ClipSegConfig): Promise<ClipSegNetwork> {
  const run = await loadFullModel(model);
  return {
    encodeImage: async (data) => [{ name: 'pixel_values', type: 'float32', dims: [1, 3, inputSize, inputSize], data }],
    decode: async ([pixels], phrases) => {
      const texts = Object.entries(textFeeds(phrases)).map(([name, { data, dims }]) => [
        name,
        new Tensor('int64', data as BigInt64Array, [...dims]),
      ]);
      const output = await run({
        pixel_values: new Tensor('float32', pixels!.data as Float32Array, [...pixels!.dims]),
        ...Object.fromEntries(texts),
      });
      const logits = output['logits']!;
      return toPlanes(logits.dims, logits.data as Float32Array);
    },
  };
}
