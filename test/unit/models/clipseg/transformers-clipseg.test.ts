import {
  AutoProcessor,
  AutoTokenizer,
  CLIPSegForImageSegmentation,
  env,
  RawImage,
  type Tensor,
} from '@huggingface/transformers';
import { describe, expect, it } from 'vitest';
import { readClipSegConfig } from '../../../../src/models/clipseg/clipseg-config.js';
import type { ClipSegNetwork } from '../../../../src/models/clipseg/clipseg-network.js';
import { openTokenizer } from '../../../../src/models/clipseg/clipseg-tokenizer.js';
import { openMonolithicClipSeg } from '../../../../src/models/clipseg/monolithic-clipseg.js';
import { openPartitionedClipSeg } from '../../../../src/models/clipseg/partitioned-clipseg.js';
import { openTransformersClipSeg } from '../../../../src/models/clipseg/transformers-clipseg.js';
import { embeddedFolder } from '../../../../src/models/registry/known-models.js';
import type { LocalModel } from '../../../../src/models/registry/local-model.js';
import { resolveModel } from '../../../../src/models/registry/resolve-model.js';
import { readPng } from '../../../support/read-png.js';

const FOLDER = embeddedFolder('tiny-clipseg');
const PHRASES = ['orange', 'the red apple', 'a wooden table', 'sky'];

/** The example of CLIPSegForImageSegmentation in the documentation of transformers.js, for a square of pixels. */
async function documentedLogits(rgb: Uint8Array, side: number): Promise<Float32Array[]> {
  env.allowRemoteModels = false;
  const options = { local_files_only: true };
  const tokenizer = await AutoTokenizer.from_pretrained(FOLDER, options);
  const processor = await AutoProcessor.from_pretrained(FOLDER, options);
  const model = await CLIPSegForImageSegmentation.from_pretrained(FOLDER, { ...options, dtype: 'fp32' });
  const image = new RawImage(new Uint8ClampedArray(rgb), side, side, 3);
  const imageInputs = (await processor(image)) as Record<string, Tensor>;
  const textInputs = tokenizer(PHRASES, { padding: true, truncation: true }) as Record<string, Tensor>;
  const { logits } = (await model({ ...textInputs, ...imageInputs })) as { logits: Tensor };
  await model.dispose();
  return PHRASES.map((_, i) => (logits.data as Float32Array).slice(i * side * side, (i + 1) * side * side));
}

/** Pixels of an example, cropped to the model's square, so that no resizing has a part in it. */
function squareOf(side: number): Uint8Array {
  const { width, channels, samples } = readPng('examples/still-life.png');
  return Uint8Array.from({ length: side * side * 3 }, (_, i) => {
    const [pixel, channel] = [Math.floor(i / 3), i % 3];
    return samples[((60 + Math.floor(pixel / side)) * width + 80 + (pixel % side)) * channels + channel]!;
  });
}

describe('every execution path gives the logits of the documented use of transformers.js', () => {
  const open = async (name: string, model: LocalModel): Promise<ClipSegNetwork> => {
    const [config, tokenizer] = [await readClipSegConfig(FOLDER), await openTokenizer(FOLDER)];
    switch (name) {
      case 'partitioned':
        return (await openPartitionedClipSeg(model, config, tokenizer))!;
      case 'monolithic':
        return openMonolithicClipSeg(model, config, tokenizer);
      default:
        return openTransformersClipSeg(model, config);
    }
  };

  it.each(['partitioned', 'monolithic', 'transformers'])('%s', async (name) => {
    const { inputSize } = await readClipSegConfig(FOLDER);
    const rgb = squareOf(inputSize);
    const expected = await documentedLogits(rgb, inputSize);
    const network = await open(name, await resolveModel({ model: 'tiny' }, 'text-segmentation'));
    expect(network.path).toBe(name);
    const planes = await network.decode(await network.encodeImage(rgb), PHRASES);
    const largest = planes.map(({ data }, i) =>
      data.reduce((worst, value, k) => Math.max(worst, Math.abs(value - expected[i]![k]!)), 0),
    );
    const spread = Math.max(...expected[0]!) - Math.min(...expected[0]!);
    expect(spread).toBeGreaterThan(1);
    expect(Math.max(...largest)).toBeLessThan(1e-5 * Math.max(1, spread));
  });
});
