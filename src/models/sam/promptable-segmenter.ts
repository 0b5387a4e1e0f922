import {
  type Bounds,
  createHeatmap,
  cropToContent,
  type Heatmap,
  type Mask,
  type Raster,
  resizeMask,
  type Size,
} from '../../raster/index.js';
import type { RunOptions } from '../clipseg/text-segmenter.js';
import type { LoadOptions, ModelChoice, ModelIdentity } from '../registry/model-choice.js';
import type { ModelUsage } from '../registry/model-usage.js';
import { openModel } from '../worker/open-model.js';
import { type SamConfig, samInputSize } from './sam-config.js';
import type { DecodedMasks, DecodePromptsArgument, EncodeArgument, SamInfo } from './sam-task.js';

/** The segmenter that is meant where none is named: small, and Apache-2.0. */
export const SEGMENTER_DEFAULT = 'edgetam';
/** The segmenter in this package, and its name among all models: `tiny` alone is one for words. */
const EMBEDDED = { name: 'tiny', model: 'sam-tiny' } as const;

/** What says which thing is meant, in pixels of the image. One thing a call. */
export interface MaskPrompt {
  /** `include: false`: outside the thing. */
  readonly points?: readonly { readonly x: number; readonly y: number; readonly include?: boolean | undefined }[];
  readonly box?: Bounds | undefined;
  /** Logits of an earlier answer, or of a mask by `toMaskLogits`, as a hint. Used where the model's graph takes them. */
  readonly mask?: Float32Array | undefined;
}

/** One of the masks that a model offers for a prompt. */
export interface PromptedMask {
  /** Probability at the model's resolution; it covers the image and nothing else. */
  readonly heatmap: Heatmap;
  /** The same before the sigmoid and before padding is cropped, to be sent back with the next prompt. */
  readonly logits: Float32Array;
  /** The model's estimate of the IoU with what is meant: mostly from 0 to 1. */
  readonly score: number;
}

/** An image that a segmenter encodes when it is first asked, once. */
export interface PromptableImage {
  /** The masks for a prompt, in the model's order: three of them, of a part, a larger part and the whole. */
  readonly segment: (prompt: MaskPrompt, options?: RunOptions) => Promise<PromptedMask[]>;
}

/** A model that segments the thing that points and a box are on. It runs in a worker thread. */
export interface PromptableSegmenter {
  readonly kind: 'promptable-segmenter';
  readonly identity: ModelIdentity;
  /** The prompts that the model's graph takes. */
  readonly takes: { readonly points: boolean; readonly boxes: boolean; readonly masks: boolean };
  /** The logits that stand for a mask of the image in a prompt, at the size that the graph takes. */
  readonly toMaskLogits: (mask: Mask) => Float32Array;
  /** The size that `open` takes the pixels of an image at. */
  readonly inputSize: (image: Size) => Size;
  /** RGB pixels of 8 bits at the size by `inputSize`, and the size of the image that they are of. */
  readonly open: (pixels: Raster, image: Size) => PromptableImage;
  /** What has been computed so far, and in what time. */
  readonly usage: () => Promise<ModelUsage>;
  /** Ends the thread after the native call under way. Safe to call twice. */
  readonly dispose: () => Promise<void>;
}

/**
 * Loads a SAM, SAM 2 or EdgeTAM, downloading it first where it has to be. `tiny` is in this package. Throws as
 * `loadTextSegmenter`.
 *
 * @example
 * const segmenter = await loadPromptableSegmenter({ model: 'tiny' });
 * const image = segmenter.open(fitToSize(raster, segmenter.inputSize(raster), 'bilinear'), raster);
 * const masks = await image.segment({ points: [{ x: 120, y: 80 }] });
 */
export async function loadPromptableSegmenter(
  choice: ModelChoice,
  options: LoadOptions = {},
): Promise<PromptableSegmenter> {
  const { model: name = SEGMENTER_DEFAULT } = choice;
  const named = { ...choice, model: name === EMBEDDED.name ? EMBEDDED.model : name };
  const runner = 'through transformers.js, image encoder and mask decoder';
  const model = await openModel(named, 'mask-generation', options, runner);
  const info = model.info as SamInfo;
  let images = 0;
  return {
    kind: 'promptable-segmenter',
    identity: model.identity,
    takes: info.takes,
    toMaskLogits: (mask) => toMaskLogits(mask, { ...info, side: info.maskSide }),
    inputSize: (image) => samInputSize(image, info),
    open: (pixels, image) => {
      assertPixels(pixels, samInputSize(image, info));
      const key = images++;
      const { width, height } = pixels;
      const scale = { x: width / image.width, y: height / image.height };
      let encoding: Promise<unknown> | undefined;
      const encode = (): Promise<unknown> => {
        const argument: EncodeArgument = { key, rgb: pixels.data as Uint8Array, width, height };
        return model.call('encodeImage', argument);
      };
      return {
        segment: async ({ points = [], box, mask }, { signal } = {}) => {
          const argument: DecodePromptsArgument = {
            key,
            points: points.map(({ x, y, include = true }) => [x * scale.x, y * scale.y, Number(include)]),
            box: box && [
              box.x * scale.x,
              box.y * scale.y,
              (box.x + box.width) * scale.x,
              (box.y + box.height) * scale.y,
            ],
            mask,
          };
          for (;;) {
            await (encoding ??= encode());
            const decoded = (await model.call('decode', argument, signal)) as DecodedMasks | undefined;
            if (decoded !== undefined) {
              return toMasks(decoded, { width, height }, info.side);
            }
            // Other images came between, and the features of this one are gone.
            encoding = undefined;
          }
        },
      };
    },
    usage: model.usage,
    dispose: model.dispose,
  };
}

/** A selected pixel has the probability 0.999, one that is not 0.001: the values of micro-sam. */
const UNSURE = 1e-3;

/** The coverage of a mask as logits in the model's square; what is padding counts as not selected. */
export function toMaskLogits(mask: Mask, config: Pick<SamConfig, 'side' | 'keepAspect'>): Float32Array {
  const { side } = config;
  const { width, height, data } = resizeMask(mask, samInputSize(mask, config));
  const logit = (coverage: number): number => {
    const probability = Math.min(1 - UNSURE, Math.max(UNSURE, coverage / 255));
    return Math.log(probability / (1 - probability));
  };
  const out = new Float32Array(side * side).fill(logit(0));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      out[y * side + x] = logit(data[y * width + x]!);
    }
  }
  return out;
}

function toMasks({ width, height, masks, scores }: DecodedMasks, content: Size, side: number): PromptedMask[] {
  return masks.map((logits, i) => {
    const heatmap = createHeatmap(
      width,
      height,
      logits.map((logit) => 1 / (1 + Math.exp(-logit))),
    );
    return { heatmap: cropToContent(heatmap, { x: 0, y: 0, ...content }, side), logits, score: scores[i]! };
  });
}

function assertPixels({ width, height, channels, data }: Raster, expected: Size): void {
  if (width !== expected.width || height !== expected.height || channels !== 3 || !(data instanceof Uint8Array)) {
    throw new RangeError(
      `expected ${expected.width} x ${expected.height} RGB pixels of 8 bits, got ${width} x ${height} x ${channels}`,
    );
  }
}
