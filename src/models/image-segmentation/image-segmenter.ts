import { createHeatmap, type Heatmap, type Raster, type Size } from '../../raster/index.js';
import type { RunOptions } from '../clipseg/text-segmenter.js';
import type { LoadOptions, ModelChoice, ModelIdentity } from '../registry/model-choice.js';
import type { ModelUsage } from '../registry/model-usage.js';
import { openModel, rgbSamples } from '../worker/open-model.js';
import { segmentationInputSize } from './image-segmentation-config.js';
import type { ImageSegmentationInfo, SegmentArgument, SegmentedPlanes } from './image-segmentation-task.js';

/** The tasks of the models that need no prompt. */
export type ImageSegmentationTask = 'background-removal' | 'image-segmentation';

/** A model that segments an image without a prompt. It runs in a worker thread. */
export interface ImageSegmenter {
  readonly kind: 'image-segmenter';
  readonly identity: ModelIdentity;
  /** The labels of pixels, in the order of planes; empty for background removal. */
  readonly labels: readonly string[];
  /** The size that pixels must have, and the filter of Pillow that images are scaled with. */
  readonly inputSize: (image: Size) => Size;
  readonly filter: 'bilinear' | 'bicubic';
  /** RGB pixels of 8 bits to planes of logits at the model's resolution, one a label. */
  readonly segment: (pixels: Raster, options?: RunOptions) => Promise<SegmentedPlanes>;
  /** What has been computed so far, and in what time. */
  readonly usage: () => Promise<ModelUsage>;
  /** Ends the thread after the native call under way. Safe to call twice. */
  readonly dispose: () => Promise<void>;
}

/** Loads a model for a task, downloading it first where it has to be. Throws as `loadTextSegmenter`. */
export async function loadImageSegmenter(
  choice: ModelChoice & { readonly model: string },
  task: ImageSegmentationTask,
  options: LoadOptions = {},
): Promise<ImageSegmenter> {
  const model = await openModel(choice, task, options);
  const info = model.info as ImageSegmentationInfo;
  return {
    kind: 'image-segmenter',
    identity: model.identity,
    labels: task === 'image-segmentation' ? info.labels : [],
    inputSize: (image) => segmentationInputSize(image, info),
    filter: info.filter,
    segment: async (pixels, { signal } = {}) => {
      const argument: SegmentArgument = { rgb: rgbSamples(pixels), width: pixels.width, height: pixels.height };
      return (await model.call('segment', argument, signal)) as SegmentedPlanes;
    },
    usage: model.usage,
    dispose: model.dispose,
  };
}

/** Values this far outside [0, 1] are logits: the rule of transformers.js's background-removal pipeline. */
const TOLERANCE = 1e-5;

/** The plane of a background-removal model as probability: some graphs end with the sigmoid, some before it. */
export function toSubject({ width, height, planes }: SegmentedPlanes): Heatmap {
  const [plane = new Float32Array(width * height)] = planes;
  const isLogits = plane.some((value) => value < -TOLERANCE || value > 1 + TOLERANCE);
  return createHeatmap(
    width,
    height,
    plane.map((value) => (isLogits ? 1 / (1 + Math.exp(-value)) : Math.min(1, Math.max(0, value)))),
  );
}

/**
 * The heatmap of some labels together: at least 0.5 exactly where the label with the largest logit is one of them. The
 * sigmoid of the difference between the largest logit of these labels and that of the others.
 */
export function toPart({ width, height, planes }: SegmentedPlanes, wanted: ReadonlySet<number>): Heatmap {
  const data = new Float32Array(width * height);
  for (let i = 0; i < data.length; i++) {
    let ours = -Infinity;
    let others = -Infinity;
    for (let k = 0; k < planes.length; k++) {
      const value = planes[k]![i]!;
      if (wanted.has(k)) {
        ours = Math.max(ours, value);
      } else {
        others = Math.max(others, value);
      }
    }
    data[i] = 1 / (1 + Math.exp(others - ours));
  }
  return createHeatmap(width, height, data);
}
