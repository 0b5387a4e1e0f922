import type { NamedTensor } from '../onnx/named-tensor.js';
import type { LocalModel } from '../registry/local-model.js';
import { createStopwatch, type Computed } from '../registry/model-usage.js';
import { WorkerStopped } from '../worker/stop-flag.js';
import type { LoadedModel } from '../worker/worker-protocol.js';
import { type ClipSegConfig, readClipSegConfig } from './clipseg-config.js';
import type { ClipSegNetwork, ExecutionPath } from './clipseg-network.js';
import { type ClipSegTokenizer, openTokenizer } from './clipseg-tokenizer.js';
import { openPartitionedClipSeg } from './partitioned-clipseg.js';

export interface ClipSegInfo {
  readonly inputSize: number;
  readonly tokenLimit: number;
  readonly path: ExecutionPath;
}

export interface DecodeArgument {
  readonly features: readonly NamedTensor[];
  readonly phrases: readonly string[];
}

export interface ClipSegUsage extends Computed {
  /** The largest number of phrases that run at once. */
  readonly phrasesPerRun: number;
}

/** Loads a CLIPSeg in a worker: pixels to features, features and phrases to planes of probability. */
export async function openClipSeg(model: LocalModel): Promise<LoadedModel> {
  const config = await readClipSegConfig(model.folder);
  const tokenizer = await openTokenizer(model.folder);
  const network = await openNetwork(model, config, tokenizer);
  const { tokenLimit } = network;
  const [images, phrases] = [createStopwatch(), createStopwatch()];
  const info: ClipSegInfo = { inputSize: config.inputSize, tokenLimit, path: network.path };
  return {
    info,
    methods: {
      encodeImage: (rgb: Uint8Array) => images.run(1, () => network.encodeImage(rgb)),
      decode: ({ features, phrases: asked }: DecodeArgument) =>
        phrases.run(asked.length, async () => {
          const planes = await network.decode(features, asked);
          return planes.map(({ width, height, data }) => ({ width, height, data: sigmoid(data) }));
        }),
      usage: async (): Promise<ClipSegUsage> => ({
        images: images.count(),
        imageMs: images.ms(),
        phrases: phrases.count(),
        phraseMs: phrases.ms(),
        phrasesPerRun: network.phrasesPerRun(),
      }),
      readPhrases: async (asked: readonly string[]) => asked.map((phrase) => tokenizer.read(phrase, tokenLimit)),
    },
  };
}

/** transformers.js takes longer to load than everything else, and is seldom needed. */
async function openNetwork(
  model: LocalModel,
  config: ClipSegConfig,
  tokenizer: ClipSegTokenizer,
): Promise<ClipSegNetwork> {
  if (model.runtime === 'transformers') {
    return (await import('./transformers-clipseg.js')).openTransformersClipSeg(model, config);
  }
  // A graph that cannot be partitioned may load as a whole; if not, that attempt names the problem.
  const partitioned = await openPartitionedClipSeg(model, config, tokenizer).catch((error: unknown) => {
    if (error instanceof WorkerStopped) {
      throw error;
    }
    return undefined;
  });
  return partitioned ?? (await import('./monolithic-clipseg.js')).openMonolithicClipSeg(model, config, tokenizer);
}

function sigmoid(logits: Float32Array): Float32Array {
  const out = new Float32Array(logits.length);
  for (let i = 0; i < out.length; i++) {
    out[i] = 1 / (1 + Math.exp(-logits[i]!));
  }
  return out;
}
