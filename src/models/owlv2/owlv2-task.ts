import { Tensor } from '@huggingface/transformers';
import { openTokenizer } from '../clipseg/clipseg-tokenizer.js';
import type { DetectArgument, DetectedQueries, DetectorInfo } from '../object-detection/detect-call.js';
import { floatInput, loadFullModel } from '../onnx/load-full-model.js';
import { floatsOf } from '../onnx/named-tensor.js';
import { runFailure } from '../onnx/runtime-errors.js';
import type { LocalModel } from '../registry/local-model.js';
import { type Computed, createStopwatch } from '../registry/model-usage.js';
import type { LoadedModel } from '../worker/worker-protocol.js';
import { readOwlv2Config } from './owlv2-config.js';
import { toOwlv2Pixels } from './owlv2-pixels.js';

/** The value of transformers' `post_process_grounded_object_detection` for this family: its probabilities are low. */
const BOX_THRESHOLD = 0.1;

/** Loads an OWLv2 in a worker, through transformers.js. */
export async function openOwlv2(model: LocalModel): Promise<LoadedModel> {
  const config = await readOwlv2Config(model.folder);
  const tokenizer = await openTokenizer(model.folder);
  const full = await loadFullModel(model);
  const [images, phrases] = [createStopwatch(), createStopwatch()];
  const { side, tokenLimit, paddingToken } = config;
  const detect = async ({ rgb, width, height, phrase }: DetectArgument): Promise<DetectedQueries> => {
    const ids = tokenizer.encode(phrase.trim(), tokenLimit);
    const tokens = (value: (k: number) => number): Tensor =>
      new Tensor(
        'int64',
        BigInt64Array.from({ length: tokenLimit }, (_, k) => BigInt(value(k))),
        [1, tokenLimit],
      );
    const pixels = toOwlv2Pixels(rgb, { width, height }, config);
    const { logits, pred_boxes: boxes } = await full.run({
      pixel_values: floatInput(pixels, [1, 3, side, side], full.inputs.get('pixel_values')?.type),
      input_ids: tokens((k) => ids[k] ?? paddingToken),
      attention_mask: tokens((k) => Number(k < ids.length)),
    });
    if (logits === undefined || boxes === undefined) {
      throw runFailure(model.identity.id, new Error('there is no output logits or pred_boxes'));
    }
    // Boxes are shares of the square that the image was padded to.
    const square = Math.max(width, height);
    const shares = floatsOf(boxes).map((value, i) => (value * square) / (i % 2 === 0 ? width : height));
    return { logits: floatsOf(logits), boxes: shares };
  };
  return {
    info: { boxThreshold: BOX_THRESHOLD } satisfies DetectorInfo,
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
