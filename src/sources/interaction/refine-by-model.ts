import { findInstances } from '../../engine/index.js';
import { SEGMENTER_DEFAULT } from '../../models/sam/promptable-segmenter.js';
import { createHeatmap, createMask, type Heatmap, type Mask, type Raster } from '../../raster/index.js';
import type { SourceSettings } from '../source.js';
import { MODEL_THRESHOLD, openModelSegmenter } from './model-segmenter.js';

/** Below this IoU with what the heatmap selects, a mask of the model is of something else. */
const MIN_IOU = 0.5;
/** Instances that the model is asked for; smaller ones are kept as they are. */
const MAX_INSTANCES = 32;

export interface RefinedSelection {
  readonly mask: Mask;
  readonly heatmap: Heatmap;
  readonly warnings: readonly string[];
}

/**
 * Replaces each instance of a selection by the mask of a promptable model for the box and the peak of the instance: of
 * the masks that it offers the one with the highest IoU, where that is over 0.5. Other instances stay as they are, with
 * a warning.
 *
 * @param heatmap at the size of the image
 * @param threshold the probability from which a pixel is selected
 */
export async function refineByModel(
  what: string,
  heatmap: Heatmap,
  threshold: number,
  raster: Raster,
  settings: SourceSettings,
): Promise<RefinedSelection> {
  const { width, height } = raster;
  const { labels, instances } = findInstances(heatmap, { threshold, splitTouching: settings.prompt.splitTouching });
  const name =
    settings.segmenter === undefined || settings.segmenter === 'color' ? SEGMENTER_DEFAULT : settings.segmenter;
  const values = Float32Array.from(heatmap.data);
  let kept = Math.max(0, instances.length - MAX_INSTANCES);
  if (instances.length > 0) {
    const segmenter = await openModelSegmenter(name, raster, settings);
    for (const { label, bounds, peakAt } of instances.slice(0, MAX_INSTANCES)) {
      const masks = await segmenter.propose({
        points: segmenter.takes.points ? [{ x: peakAt.x, y: peakAt.y }] : [],
        box: segmenter.takes.boxes ? bounds : undefined,
      });
      const candidates = masks.map((mask) => segmenter.enlarge(mask.heatmap));
      const ious = candidates.map(({ data }) => iouOf(data, labels, label));
      const best = ious.indexOf(Math.max(...ious));
      if (ious[best]! > MIN_IOU) {
        replaceInstance(values, heatmap.data, candidates[best]!.data, labels, label, threshold);
      } else {
        kept++;
      }
    }
  }
  const mask = Uint8Array.from(values, (value) => (value >= threshold ? 255 : 0));
  return {
    mask: createMask(width, height, mask),
    heatmap: createHeatmap(width, height, values),
    warnings: kept === 0 ? [] : [keptWarning(what, kept, instances.length, name)],
  };
}

function keptWarning(what: string, kept: number, count: number, name: string): string {
  const which = count === 1 ? 'the instance' : `${kept} of ${count} instances`;
  return `${what}: ${name} disagrees about ${which}, which ${kept === 1 ? 'stays' : 'stay'} as the heatmap has ${kept === 1 ? 'it' : 'them'}`;
}

function iouOf(candidate: Float32Array, labels: Int32Array, label: number): number {
  let both = 0;
  let either = 0;
  for (let i = 0; i < candidate.length; i++) {
    const [inside, ours] = [candidate[i]! >= MODEL_THRESHOLD, labels[i] === label];
    both += Number(inside && ours);
    either += Number(inside || ours);
  }
  return either === 0 ? 0 : both / either;
}

/** Writes the model's probabilities where they select, and takes back what only the heatmap selected. */
function replaceInstance(
  values: Float32Array,
  before: Float32Array,
  candidate: Float32Array,
  labels: Int32Array,
  label: number,
  threshold: number,
): void {
  for (let i = 0; i < values.length; i++) {
    const probability = atThreshold(candidate[i]!, threshold);
    if (labels[i] === label && values[i] === before[i]) {
      values[i] = probability;
    } else if (probability >= threshold) {
      values[i] = Math.max(values[i]!, probability);
    }
  }
}

/** The model's probability on a scale where `threshold` is what 0.5 is to the model. */
function atThreshold(probability: number, threshold: number): number {
  return probability < MODEL_THRESHOLD
    ? (probability / MODEL_THRESHOLD) * threshold
    : threshold + ((probability - MODEL_THRESHOLD) / (1 - MODEL_THRESHOLD)) * (1 - threshold);
}
