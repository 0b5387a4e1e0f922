import { type ClipSegConfig, readClipSegConfig } from './clipseg-config.js';
import type { ClipSegNetwork } from './clipseg-network.js';
import { openTokenizer } from './clipseg-tokenizer.js';
import { openCutClipSeg } from './split-clipseg.js';
import type { LocalModel } from '../registry/local-model.js';
import { toPixelValues } from '../pixel-values.js';
import type { NamedTensor } from './text-segmenter.js';
import type { Task } from '../worker/worker-protocol.js';

export interface ClipSegInfo {
  readonly inputSize: number;
  readonly tokenLimit: number;
  readonly isPartitioned: boolean;
}

export interface DecodeArgument {
  readonly features: readonly NamedTensor[];
  readonly phrases: readonly string[];
}

/** A CLIPSeg inside a worker: pixels to features, features and phrases to planes of probability. */
export async function openClipSeg(model: LocalModel): Promise<Task> {
  const config = await readClipSegConfig(model.folder);
  const tokenizer = await openTokenizer(model.folder, config.tokenLimit);
  const cut = await openCut(model, config);
  const network = cut ?? (await openWhole(model, config));
  const info: ClipSegInfo = { inputSize: config.inputSize, tokenLimit: config.tokenLimit, isPartitioned: cut !== undefined };
  return {
    info,
    methods: {
      encodeImage: (rgb: Uint8Array) => network.encodeImage(toPixelValues(rgb, config)),
      decode: async ({ features, phrases }: DecodeArgument) => {
        const planes = await network.decode(features, phrases.map(tokenizer.encode));
        return planes.map(({ width, height, data }) => ({ width, height, data: sigmoid(data) }));
      },
      readPhrases: async (phrases: readonly string[]) => phrases.map(tokenizer.read),
    },
  };
}

/** Whatever is against cutting a file, the whole of it gives the same, or says what is wrong with it. */
function openCut(model: LocalModel, config: ClipSegConfig): Promise<ClipSegNetwork | undefined> {
  return openCutClipSeg(model, config).catch(() => undefined);
}

/** transformers.js takes longer to load than all else, and is seldom needed. */
async function openWhole(model: LocalModel, config: ClipSegConfig): Promise<ClipSegNetwork> {
  const { openMonolithicClipSeg } = await import('./fused-clipseg.js');
  return openMonolithicClipSeg(model, config);
}

function sigmoid(logits: Float32Array): Float32Array {
  const out = new Float32Array(logits.length);
  for (let i = 0; i < out.length; i++) {
    out[i] = 1 / (1 + Math.exp(-logits[i]!));
  }
  return out;
}
