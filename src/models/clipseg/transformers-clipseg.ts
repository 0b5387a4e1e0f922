import { AutoProcessor, AutoTokenizer, CLIPSegForImageSegmentation, RawImage, Tensor } from '@huggingface/transformers';
import { loadFullModel } from '../onnx/load-full-model.js';
import { floatsOf } from '../onnx/named-tensor.js';
import { runFailure } from '../onnx/runtime-errors.js';
import { damagedFile } from '../registry/validate-model-file.js';
import type { LocalModel } from '../registry/local-model.js';
import type { ClipSegConfig } from './clipseg-config.js';
import { type ClipSegNetwork, type Logits, toPlanes } from './clipseg-network.js';

/**
 * Loads a CLIPSeg as transformers.js documents it: `AutoTokenizer`, `AutoProcessor`, `CLIPSegForImageSegmentation`.
 * For comparison with the other paths, which give the same logits and take less time. Long phrases are truncated by the
 * tokenizer, which drops the end-of-text token.
 *
 * Source: the example of `CLIPSegForImageSegmentation` in the documentation of transformers.js.
 */
export async function openTransformersClipSeg(model: LocalModel, config: ClipSegConfig): Promise<ClipSegNetwork> {
  const { folder, identity } = model;
  const { inputSize } = config;
  const network = await loadFullModel(model, CLIPSegForImageSegmentation);
  const options = { local_files_only: true };
  const [tokenizer, processor] = await Promise.all([
    AutoTokenizer.from_pretrained(folder, options),
    AutoProcessor.from_pretrained(folder, options),
  ]).catch((error: unknown) => {
    throw damagedFile(folder, (error as Error).message.slice(0, 200), error);
  });
  return {
    path: 'transformers',
    tokenLimit: config.tokenLimit,
    phrasesPerRun: () => 1,
    encodeImage: async (rgb) => {
      const image = new RawImage(new Uint8ClampedArray(rgb), inputSize, inputSize, 3);
      const { pixel_values: pixels } = (await processor(image)) as { pixel_values: Tensor };
      return [{ name: 'pixel_values', type: 'float32', dims: pixels.dims, data: pixels.data as Float32Array }];
    },
    decode: async ([feature], phrases) => {
      const pixels = new Tensor('float32', feature!.data as Float32Array, [...feature!.dims]);
      const planes: Logits[] = [];
      for (const phrase of phrases) {
        const texts = tokenizer([phrase], { padding: true, truncation: true, max_length: config.tokenLimit });
        const { logits } = await network.run({ ...(texts as Record<string, Tensor>), pixel_values: pixels });
        if (logits === undefined) {
          throw runFailure(identity.id, new Error('there is no output logits'));
        }
        planes.push(...toPlanes(logits.dims, floatsOf(logits)));
      }
      return planes;
    },
  };
}
