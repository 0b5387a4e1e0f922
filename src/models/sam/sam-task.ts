import { AutoModel, type PreTrainedModel, Tensor } from '@huggingface/transformers';
import { trimToSize, useKey } from '../../lru-map.js';
import type { Size } from '../../raster/index.js';
import { floatsOf } from '../onnx/named-tensor.js';
import { floatInput, loadFullModel } from '../onnx/load-full-model.js';
import { runFailure } from '../onnx/runtime-errors.js';
import { toPixelValues } from '../preprocess/pixel-values.js';
import type { LocalModel } from '../registry/local-model.js';
import { createStopwatch, type Computed } from '../registry/model-usage.js';
import type { LoadedModel } from '../worker/worker-protocol.js';
import { nativeCall } from '../worker/stop-flag.js';
import { readSamConfig, type SamConfig } from './sam-config.js';

export interface SamInfo extends SamConfig {
  /** The prompts that the exported graph takes. */
  readonly takes: { readonly points: boolean; readonly boxes: boolean; readonly masks: boolean };
  /** Side of the square of logits that stands for an earlier mask, where the graph takes one. */
  readonly maskSide: number;
}

/** An image under a key that its features are kept under. */
export interface EncodeArgument extends Size {
  readonly key: number;
  /** RGB of 8 bits, of the size by `samInputSize`. */
  readonly rgb: Uint8Array;
}

/** Prompts in pixels of the encoder's input. */
export interface DecodePromptsArgument {
  readonly key: number;
  /** x, y, and 1 on the thing or 0 outside it. */
  readonly points: readonly (readonly [x: number, y: number, label: number])[];
  /** Left, top, right, bottom. */
  readonly box: readonly number[] | undefined;
  /** Logits of an earlier mask at the resolution of masks. */
  readonly mask: Float32Array | undefined;
}

export interface DecodedMasks extends Size {
  /** Logits of each mask, in the model's order. */
  readonly masks: readonly Float32Array[];
  /** The model's estimate of the IoU of each mask. */
  readonly scores: readonly number[];
}

/** Images whose features are kept: 4 to 17 MB each. */
const IMAGES_KEPT = 4;
/** A label that the prompt encoder ignores. */
const PADDING = -10;
const EMPTY = 0;

const DECODER = 'prompt_encoder_mask_decoder';

type Features = Readonly<Record<string, Tensor>>;
type SamClass = PreTrainedModel & { get_image_embeddings: (inputs: { pixel_values: Tensor }) => Promise<Features> };

/**
 * Loads a SAM in a worker, through the class of transformers.js for its `model_type`. An image is encoded once; its
 * features stay in this thread under a key.
 */
export async function openSam(model: LocalModel): Promise<LoadedModel> {
  const config = await readSamConfig(model.folder);
  const full = await loadFullModel(model, AutoModel);
  const sam = full.model as SamClass;
  const inputs = full.inputsOf(DECODER);
  const pixelType = full.inputsOf('model').get('pixel_values')?.type;
  // By transformers' and by Meta's name; with a flag next to it, as Meta exports it, that says whether there is one.
  const maskInput = ['input_masks', 'mask_input'].find((name) => inputs.has(name));
  const maskFlag = ['has_input_masks', 'has_mask_input'].find((name) => inputs.has(name));
  const maskSide = maskInput === undefined ? EMPTY : sideOf(inputs.get(maskInput)!.shape, config.side / 4);
  const takes = {
    points: inputs.has('input_points'),
    boxes: inputs.has('input_boxes'),
    masks: maskInput !== undefined,
  };
  const features = new Map<number, Features>();
  const [images, prompts] = [createStopwatch(), createStopwatch()];
  const { side } = config;

  const encode = async ({ key, rgb, width, height }: EncodeArgument): Promise<void> => {
    const pixels = padPlanes(toPixelValues(rgb, config), { width, height }, side);
    const pixelValues = floatInput(pixels, [1, 3, side, side], pixelType);
    features.set(key, await nativeCall(() => sam.get_image_embeddings({ pixel_values: pixelValues })));
    trimToSize(features, IMAGES_KEPT);
  };
  const feedsOf = ({ points, box }: DecodePromptsArgument): Record<string, Tensor> => {
    const isSam2 = [...inputs.keys()].some((name) => name.startsWith('image_embeddings.'));
    const feeds: Record<string, Tensor> = {};
    if (takes.points && (points.length > 0 || !isSam2)) {
      const isEnough = points.length > 0 || acceptsNone(inputs.get('input_points')?.shape);
      const asked: DecodePromptsArgument['points'] = isEnough ? points : [[0, 0, PADDING]];
      const places = Float32Array.from(asked.flatMap(([x, y]) => [x, y]));
      feeds['input_points'] = new Tensor('float32', places, [1, 1, asked.length, 2]);
      const labels = BigInt64Array.from(asked, ([, , label]) => BigInt(label));
      feeds['input_labels'] = new Tensor('int64', labels, [1, 1, asked.length]);
    }
    // A graph of SAM that takes boxes takes exactly one: the whole image says nothing.
    const frame = box ?? (isSam2 || !takes.boxes ? undefined : [0, 0, side, side]);
    if (frame !== undefined && takes.boxes) {
      feeds['input_boxes'] = new Tensor('float32', Float32Array.from(frame), [1, 1, 4]);
    }
    return feeds;
  };
  /** The classes of transformers.js pass no masks on, so these graphs get all of their inputs here. */
  const runWithMask = (found: Features, argument: DecodePromptsArgument): Promise<Features> => {
    const feeds: Record<string, Tensor> = {
      input_points: new Tensor('float32', new Float32Array(0), [1, 1, 0, 2]),
      input_labels: new Tensor('int64', new BigInt64Array(0), [1, 1, 0]),
      input_boxes: new Tensor('float32', new Float32Array(0), [1, 0, 4]),
      ...found,
      ...feedsOf(argument),
      [maskInput!]: floatInput(
        argument.mask ?? new Float32Array(maskSide ** 2),
        [1, 1, maskSide, maskSide],
        inputs.get(maskInput!)?.type,
      ),
    };
    if (maskFlag !== undefined) {
      feeds[maskFlag] = floatInput(
        Float32Array.of(Number(argument.mask !== undefined)),
        [1],
        inputs.get(maskFlag)?.type,
      );
    }
    return full.runSession(DECODER, Object.fromEntries(Object.entries(feeds).filter(([name]) => inputs.has(name))));
  };
  const decode = async (argument: DecodePromptsArgument): Promise<DecodedMasks | undefined> => {
    const found = useKey(features, argument.key);
    if (found === undefined) {
      return undefined;
    }
    const { pred_masks: masks, iou_scores: scores } = await (maskInput === undefined
      ? full.run({ ...found, ...feedsOf(argument) })
      : runWithMask(found, argument));
    if (masks === undefined || scores === undefined) {
      throw runFailure(model.identity.id, new Error('there is no output pred_masks or iou_scores'));
    }
    const [height = EMPTY, width = EMPTY] = masks.dims.slice(-2);
    const [logits, area] = [floatsOf(masks), width * height];
    const values = [...floatsOf(scores)];
    return { width, height, scores: values, masks: values.map((_, i) => logits.slice(i * area, (i + 1) * area)) };
  };
  return {
    info: { ...config, takes, maskSide } satisfies SamInfo,
    methods: {
      encodeImage: (argument: EncodeArgument) => images.run(1, () => encode(argument)),
      decode: (argument: DecodePromptsArgument) => prompts.run(1, () => decode(argument)),
      usage: async (): Promise<Computed> => ({
        images: images.count(),
        imageMs: images.ms(),
        phrases: prompts.count(),
        phraseMs: prompts.ms(),
      }),
    },
  };
}

/** The length of the last axis of an input, where it is fixed. */
function sideOf(shape: readonly (number | string)[], otherwise: number): number {
  const side = shape.at(-1);
  return typeof side === 'number' && side > 0 ? side : otherwise;
}

/** Whether the number of points of a graph is free, so that it may be none. */
function acceptsNone(shape: readonly (number | string)[] | undefined): boolean {
  return typeof shape?.[2] !== 'number' || shape[2] <= 0;
}

/** Planes at the top left of square planes; the rest is 0, as it is after normalization in transformers. */
function padPlanes(planes: Float32Array, { width, height }: Size, side: number): Float32Array {
  if (width === side && height === side) {
    return planes;
  }
  const out = new Float32Array(3 * side * side);
  for (let row = 0; row < 3 * height; row++) {
    const [plane, y] = [Math.floor(row / height), row % height];
    out.set(planes.subarray(row * width, (row + 1) * width), (plane * side + y) * side);
  }
  return out;
}
