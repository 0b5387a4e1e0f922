import { loadTextSegmenter } from '../../models/clipseg/text-segmenter.js';
import { loadDepthEstimator } from '../../models/depth-anything/depth-estimator.js';
import { type ImageSegmentationTask, loadImageSegmenter } from '../../models/image-segmentation/image-segmenter.js';
import { loadObjectDetector } from '../../models/object-detection/object-detector.js';
import type { ModelChoice } from '../../models/registry/model-choice.js';
import type { ModelTask } from '../../models/registry/model-task.js';
import { loadPromptableSegmenter } from '../../models/sam/promptable-segmenter.js';
import { loadImageMatter } from '../../models/vitmatte/image-matter.js';
import { type Bounds, createMask, createRaster, type Raster, type Size } from '../../raster/index.js';
import { withModel } from './with-model.js';

/** An orange disc on a blue ground, drawn at the size that a model takes. */
interface Scene {
  readonly raster: Raster;
  readonly bounds: Bounds;
  /** Distance from the edge of the disc in pixels: negative inside. */
  readonly distance: Float32Array;
}

type NamedModel = ModelChoice & { readonly model: string };

const PHRASE = 'an orange';
const ANOTHER_PHRASE = 'a person';
const IMAGE = { width: 480, height: 480 };
/** Memory of matting grows with the square of the number of pixels. */
const MATTING_IMAGE = { width: 256, height: 256 };
/** Width of the unknown band of a trimap on each side of the edge, in pixels. */
const UNKNOWN = 8;
const MIN_IOU = 0.5;

/**
 * Whether a model does its work on a drawn scene, an orange disc on a blue ground, as a trained one of its kind does: a phrase, a click
 * or a box is met by the disc. Depth, and the subject or the parts of an image without people, have no such answer: those values
 * have to be finite and not all the same. Throws what loading and running throw.
 */
export async function isPlausible(choice: NamedModel, task: ModelTask): Promise<boolean> {
  return EXAMINERS[task]({ ...choice, offline: true });
}

const EXAMINERS: Readonly<Record<ModelTask, (choice: NamedModel) => Promise<boolean>>> = {
  'text-segmentation': (choice) =>
    withModel(loadTextSegmenter(choice), async (segmenter) => {
      const side = segmenter.inputSize;
      const { raster, distance } = drawScene({ width: side, height: side });
      const [found, other] = await segmenter.segment(raster, [PHRASE, ANOTHER_PHRASE]);
      const isAnswer = found!.data.some((value, i) => value !== other!.data[i]);
      return isAnswer && isHigherInside(found!.data, distance);
    }),
  'depth-estimation': (choice) =>
    withModel(loadDepthEstimator(choice), async (estimator) => {
      const { raster } = drawScene(estimator.inputSize(IMAGE));
      return isVaried((await estimator.estimate(raster)).data);
    }),
  'mask-generation': (choice) =>
    withModel(loadPromptableSegmenter(choice), async (segmenter) => {
      const { raster } = drawScene(segmenter.inputSize(IMAGE));
      const center = { x: IMAGE.width / 2, y: IMAGE.height / 2 };
      const masks = await segmenter.open(raster, IMAGE).segment({ points: [center] });
      return masks.some(({ heatmap }) => iouOf(heatmap.data, drawScene(heatmap).distance) > MIN_IOU);
    }),
  'background-removal': (choice) => segmentsVaried(choice, 'background-removal'),
  'image-segmentation': (choice) => segmentsVaried(choice, 'image-segmentation'),
  'zero-shot-object-detection': (choice) =>
    withModel(loadObjectDetector(choice), async (detector) => {
      const { raster } = drawScene(detector.inputSize(IMAGE));
      const { bounds } = drawScene(IMAGE);
      const [best] = await detector.detect(raster, IMAGE, PHRASE);
      return best !== undefined && iouOfBoxes(best.bounds, bounds) > MIN_IOU;
    }),
  'image-matting': (choice) =>
    withModel(loadImageMatter(choice), async (matter) => {
      const { raster, distance } = drawScene(MATTING_IMAGE);
      const known = Uint8Array.from(distance, (value) => (value < -UNKNOWN ? 255 : value > UNKNOWN ? 0 : 128));
      const trimap = createMask(MATTING_IMAGE.width, MATTING_IMAGE.height, known);
      const { data } = await matter.solve(raster, trimap);
      const band = [...distance.keys()].filter((i) => known[i] === 128);
      return isHigherInside(
        Float32Array.from(band, (i) => data[i]!),
        Float32Array.from(band, (i) => distance[i]!),
      );
    }),
};

function segmentsVaried(choice: NamedModel, task: ImageSegmentationTask): Promise<boolean> {
  return withModel(loadImageSegmenter(choice, task), async (segmenter) => {
    const { planes } = await segmenter.segment(drawScene(segmenter.inputSize(IMAGE)).raster);
    return planes.length > 0 && planes.every(isVaried);
  });
}

function drawScene({ width, height }: Size): Scene {
  const radius = 0.3 * Math.min(width, height);
  const distance = new Float32Array(width * height);
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      distance[i] = Math.hypot(x + 0.5 - width / 2, y + 0.5 - height / 2) - radius;
      data.set(distance[i]! < 0 ? [240, 130, 20] : [40, 70, 160], 3 * i);
    }
  }
  const bounds = { x: width / 2 - radius, y: height / 2 - radius, width: 2 * radius, height: 2 * radius };
  return { raster: createRaster(width, height, 3, data), bounds, distance };
}

function isVaried(values: Float32Array): boolean {
  return values.every(Number.isFinite) && values.some((value) => value !== values[0]);
}

function isHigherInside(values: Float32Array, distance: Float32Array): boolean {
  const mean = (isIncluded: (value: number) => boolean): number => {
    const chosen = values.filter((_, i) => isIncluded(distance[i]!));
    return chosen.reduce((sum, value) => sum + value, 0) / chosen.length;
  };
  return mean((value) => value < 0) > mean((value) => value >= 0);
}

/** Intersection over union of the disc and of what has a probability of 0.5 at least. */
function iouOf(heatmap: Float32Array, distance: Float32Array): number {
  let [both, any] = [0, 0];
  heatmap.forEach((value, i) => {
    const [isFound, isInside] = [value >= 0.5, distance[i]! < 0];
    both += Number(isFound && isInside);
    any += Number(isFound || isInside);
  });
  return both / any;
}

function iouOfBoxes(a: Bounds, b: Bounds): number {
  const overlap = (from: number, length: number, otherFrom: number, otherLength: number): number =>
    Math.max(0, Math.min(from + length, otherFrom + otherLength) - Math.max(from, otherFrom));
  const both = overlap(a.x, a.width, b.x, b.width) * overlap(a.y, a.height, b.y, b.height);
  return both / (a.width * a.height + b.width * b.height - both);
}
