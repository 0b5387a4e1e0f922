import { Tensor } from '@huggingface/transformers';
import type { ClipSegConfig } from './clipseg-config.js';
import { type ClipSegNetwork, toPlanes, type Tokens } from './clipseg-network.js';
import { loadWhole } from './load-whole.js';
import type { LocalModel } from './local-model.js';

/**
 * A CLIPSeg as its one file has it: every call runs all of it, once for all phrases of the call.
 * What it keeps of a picture are the pixels.
 */
export async function openFusedClipSeg(model: LocalModel, { inputSize }: ClipSegConfig): Promise<ClipSegNetwork> {
  const run = await loadWhole(model);
  return {
    encodeImage: async (data) => [{ name: 'pixel_values', type: 'float32', dims: [1, 3, inputSize, inputSize], data }],
    decode: async ([pixels], phrases) => {
      const length = Math.max(...phrases.map((ids) => ids.length));
      const output = await run({
        pixel_values: new Tensor('float32', pixels!.data as Float32Array, [...pixels!.dims]),
        input_ids: padded(phrases, length, (ids, i) => ids[Math.min(i, ids.length - 1)]!),
        attention_mask: padded(phrases, length, (ids, i) => (i < ids.length ? 1 : 0)),
      });
      const logits = output['logits']!;
      return toPlanes(logits.dims, logits.data as Float32Array);
    },
  };
}

/** Phrases of different lengths as one tensor: what is missing is end-of-text, which CLIP pads with. */
function padded(phrases: readonly Tokens[], length: number, value: (ids: Tokens, index: number) => number): Tensor {
  const data = BigInt64Array.from(phrases.flatMap((ids) => Array.from({ length }, (_, i) => BigInt(value(ids, i)))));
  return new Tensor('int64', data, [phrases.length, length]);
}
