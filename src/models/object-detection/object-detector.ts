import type { Bounds, Raster, Size } from '../../raster/index.js';
import type { RunOptions } from '../clipseg/text-segmenter.js';
import type { LoadOptions, ModelChoice, ModelIdentity } from '../registry/model-choice.js';
import type { ModelUsage } from '../registry/model-usage.js';
import { openModel, rgbSamples } from '../worker/open-model.js';
import { groundingInputSize } from '../grounding-dino/grounding-dino-config.js';
import type { DetectArgument, DetectedQueries, DetectorInfo } from './detect-call.js';

/** A place where a phrase may be. */
export interface DetectedBox {
  /** In pixels of the image, and inside of it. */
  readonly bounds: Bounds;
  /** Probability in [0, 1] that the phrase is there. */
  readonly score: number;
}

/** A model that detects what a phrase names. It runs in a worker thread. */
export interface ObjectDetector {
  readonly kind: 'object-detector';
  readonly identity: ModelIdentity;
  /** The probability from which a box counts, unless another is wished. */
  readonly boxThreshold: number;
  /** The size that `detect` takes the pixels of an image at. */
  readonly inputSize: (image: Size) => Size;
  /** A box for each query of the model, the most probable first, from RGB pixels of 8 bits at the size by `inputSize`. */
  readonly detect: (pixels: Raster, image: Size, phrase: string, options?: RunOptions) => Promise<DetectedBox[]>;
  /** What has been computed so far, and in what time. */
  readonly usage: () => Promise<ModelUsage>;
  /** Ends the thread after the native call under way. Safe to call twice. */
  readonly dispose: () => Promise<void>;
}

/** Loads a Grounding DINO or an OWLv2, downloading it first where it has to be. Throws as `loadTextSegmenter`. */
export async function loadObjectDetector(
  choice: ModelChoice & { readonly model: string },
  options: LoadOptions = {},
): Promise<ObjectDetector> {
  const model = await openModel(choice, 'zero-shot-object-detection', options);
  const { boxThreshold, edges } = model.info as DetectorInfo;
  return {
    kind: 'object-detector',
    identity: model.identity,
    boxThreshold,
    inputSize: ({ width, height }) =>
      edges === undefined ? { width, height } : groundingInputSize({ width, height }, edges),
    detect: async (pixels, image, phrase, { signal } = {}) => {
      const argument: DetectArgument = {
        rgb: rgbSamples(pixels),
        width: pixels.width,
        height: pixels.height,
        phrase,
      };
      return toBoxes((await model.call('detect', argument, signal)) as DetectedQueries, image);
    },
    usage: model.usage,
    dispose: model.dispose,
  };
}

/** The boxes of queries in pixels, cut off at the edges of the image, the most probable first. */
export function toBoxes({ logits, boxes }: DetectedQueries, { width, height }: Size): DetectedBox[] {
  return Array.from(logits, (logit, i): DetectedBox => {
    const [x, y, w, h] = boxes.subarray(4 * i, 4 * i + 4) as unknown as [number, number, number, number];
    const edge = (share: number, side: number): number => Math.min(side, Math.max(0, share * side));
    const left = edge(x - w / 2, width);
    const top = edge(y - h / 2, height);
    const bounds = { x: left, y: top, width: edge(x + w / 2, width) - left, height: edge(y + h / 2, height) - top };
    return { bounds, score: 1 / (1 + Math.exp(-logit)) };
  }).sort((a, b) => b.score - a.score);
}
