import { Tensor } from '@huggingface/transformers';
import { openTokenizer } from '../clipseg/clipseg-tokenizer.js';
import { floatInput, loadFullModel } from '../onnx/load-full-model.js';
import { floatsOf } from '../onnx/named-tensor.js';
import { runFailure } from '../onnx/runtime-errors.js';
import { toPixelValues } from '../preprocess/pixel-values.js';
import type { LocalModel } from '../registry/local-model.js';
import { type Computed, createStopwatch } from '../registry/model-usage.js';
import type { LoadedModel } from '../worker/worker-protocol.js';
import type { DetectArgument, DetectedQueries, DetectorInfo } from '../object-detection/detect-call.js';
import { readGroundingDinoConfig } from './grounding-dino-config.js';

/** The value of the model's authors for phrases. */
const BOX_THRESHOLD = 0.3;

/** Loads a Grounding DINO in a worker, through transformers.js. */
export async function openGroundingDino(model: LocalModel): Promise<LoadedModel> {
  const config = await readGroundingDinoConfig(model.folder);
  const tokenizer = await openTokenizer(model.folder);
  const full = await loadFullModel(model);
  const [images, phrases] = [createStopwatch(), createStopwatch()];
  const detect = async ({ rgb, width, height, phrase }: DetectArgument): Promise<DetectedQueries> => {
    const ids = BigInt64Array.from(tokenizer.encode(toDetectionText(phrase), config.tokenLimit), BigInt);
    const whole = (values: BigInt64Array, dims: number[]): Tensor => new Tensor('int64', values, dims);
    const tokens = [1, ids.length];
    const feeds: Record<string, Tensor> = {
      pixel_values: floatInput(
        toPixelValues(rgb, config),
        [1, 3, height, width],
        full.inputs.get('pixel_values')?.type,
      ),
      input_ids: whole(ids, tokens),
      token_type_ids: whole(new BigInt64Array(ids.length), tokens),
      attention_mask: whole(new BigInt64Array(ids.length).fill(1n), tokens),
      pixel_mask: whole(new BigInt64Array(width * height).fill(1n), [1, height, width]),
    };
    const { logits, pred_boxes: boxes } = await full.run(
      Object.fromEntries(Object.entries(feeds).filter(([name]) => full.inputs.has(name))),
    );
    if (logits === undefined || boxes === undefined) {
      throw runFailure(model.identity.id, new Error('there is no output logits or pred_boxes'));
    }
    const [queries = 0, places = 0] = logits.dims.slice(-2);
    const values = floatsOf(logits);
    const largest = Float32Array.from({ length: queries }, (_, i) =>
      values.subarray(i * places, (i + 1) * places).reduce((most, value) => Math.max(most, value), -Infinity),
    );
    return { logits: largest, boxes: floatsOf(boxes) };
  };
  return {
    info: { boxThreshold: BOX_THRESHOLD, edges: config } satisfies DetectorInfo,
    methods: {
      detect: (argument: DetectArgument) => images.run(1, () => phrases.run(1, () => detect(argument))),
      usage: async (): Promise<Computed> => ({
        images: images.count(),
        imageMs: images.ms(),
        phrases: phrases.count(),
        phraseMs: 0,
      }),
    },
  };
}

/** A phrase as the model was trained with: small letters, and a full stop at the end. */
export function toDetectionText(phrase: string): string {
  return `${phrase
    .trim()
    .toLowerCase()
    .replace(/[\s.]+$/, '')}.`;
}
