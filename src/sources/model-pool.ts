import { type DepthEstimator, loadDepthEstimator } from '../models/depth-anything/depth-estimator.js';
import { describeTextModel, type TextModelInfo } from '../models/registry/text-model-info.js';
import { loadPromptableSegmenter, type PromptableSegmenter } from '../models/sam/promptable-segmenter.js';
import {
  type ImageSegmentationTask,
  type ImageSegmenter,
  loadImageSegmenter,
} from '../models/image-segmentation/image-segmenter.js';
import { loadObjectDetector, type ObjectDetector } from '../models/object-detection/object-detector.js';
import { type ImageMatter, loadImageMatter } from '../models/vitmatte/image-matter.js';
import type { ModelUsage } from '../models/registry/model-usage.js';
import { cacheImageFeatures } from '../models/clipseg/image-feature-cache.js';
import {
  type LoadOptions,
  loadTextSegmenter,
  type ModelChoice,
  type StartedSegmenter,
  type TextSegmenter,
} from '../models/clipseg/text-segmenter.js';

/** The models of a run: each loaded when first asked for, once, and shared by every image. */
export interface ModelPool {
  /** The network that finds phrases. */
  readonly segmenter: () => Promise<TextSegmenter>;
  /** Starts to load the segmenter, unless its files have to be downloaded. What fails is reported by `segmenter`. */
  readonly preloadSegmenter: () => void;
  /** What the segmenter is, without loading it: enough to know what it said before. */
  readonly segmenterInfo: () => Promise<TextModelInfo>;
  /** The network that tells near from far: the run's own choice of model, unless another is named. */
  readonly depthEstimator: (choice?: ModelChoice) => Promise<DepthEstimator>;
  /** The network that segments what points and boxes are on: `SEGMENTER_DEFAULT` unless one is named. */
  readonly promptableSegmenter: (choice: ModelChoice) => Promise<PromptableSegmenter>;
  /** The network that separates what stands in front, or labels pixels. */
  readonly imageSegmenter: (
    choice: ModelChoice & { readonly model: string },
    task: ImageSegmentationTask,
  ) => Promise<ImageSegmenter>;
  /** The network that detects what a phrase names. */
  readonly objectDetector: (choice: ModelChoice & { readonly model: string }) => Promise<ObjectDetector>;
  /** The network that solves trimaps. */
  readonly imageMatter: (choice: ModelChoice & { readonly model: string }) => Promise<ImageMatter>;
  /** How each model that was loaded ran so far. */
  readonly usage: () => Promise<ModelUsage[]>;
  /** Ends the workers. Safe to call twice, and when nothing was loaded. */
  readonly close: () => Promise<void>;
}

/** Receivers of the plan and the progress of downloads, and the signal that aborts them. */
export type ModelPoolOptions = LoadOptions;

/**
 * Opens the models for a choice of model, to be shared by any number of calls; nothing is loaded yet. The first
 * call that needs one loads it, and throws `MODEL_*` where that fails.
 */
export function openModels(choice: ModelChoice, options: ModelPoolOptions = {}): ModelPool {
  return openModelsWith(undefined, choice, options);
}

/** As `openModels`, with a segmenter that is loading already: it is taken over where it is the chosen one. */
export function openModelsWith(
  started: StartedSegmenter | undefined,
  choice: ModelChoice,
  options: ModelPoolOptions,
): ModelPool {
  let early = started !== undefined && isSameModel(started.choice, choice) ? started.segmenter : undefined;
  let segmenter: Promise<TextSegmenter> | undefined;
  const depthEstimators = new Map<string, Promise<DepthEstimator>>();
  const promptables = new Map<string, Promise<PromptableSegmenter>>();
  const imageSegmenters = new Map<string, Promise<ImageSegmenter>>();
  const detectors = new Map<string, Promise<ObjectDetector>>();
  const matters = new Map<string, Promise<ImageMatter>>();
  let info: Promise<TextModelInfo> | undefined;
  let preloading: Promise<unknown> | undefined;
  let closing: Promise<void> = Promise.resolve();
  const ended: ModelUsage[] = [];
  const open = (): Promise<TextSegmenter> => {
    const taken = early;
    early = undefined;
    return taken?.catch(() => loadTextSegmenter(choice, options)) ?? loadTextSegmenter(choice, options);
  };
  const load = (): Promise<TextSegmenter> =>
    // A failure is not kept: the next call tries again.
    (segmenter ??= onFailure(
      open().then((loaded) => cacheImageFeatures(loaded)),
      () => (segmenter = undefined),
    ));
  return {
    segmenter: load,
    preloadSegmenter: () => {
      if (segmenter === undefined && preloading === undefined) {
        const local = describeTextModel({ ...choice, offline: true }, options);
        preloading = local.then(load).catch(() => undefined);
      }
    },
    segmenterInfo: () => (info ??= onFailure(describeTextModel(choice, options), () => (info = undefined))),
    depthEstimator: (own = choice) => {
      const key = JSON.stringify(own);
      const loading =
        depthEstimators.get(key) ?? onFailure(loadDepthEstimator(own, options), () => depthEstimators.delete(key));
      depthEstimators.set(key, loading);
      return loading;
    },
    promptableSegmenter: (named) => {
      const { device, runtime, offline, cacheDir } = choice;
      const own = { device, runtime, offline, cacheDir, ...named };
      const key = JSON.stringify(own);
      const loading =
        promptables.get(key) ?? onFailure(loadPromptableSegmenter(own, options), () => promptables.delete(key));
      promptables.set(key, loading);
      return loading;
    },
    imageSegmenter: (named, task) => {
      const { device, runtime, offline, cacheDir } = choice;
      const own = { device, runtime, offline, cacheDir, ...named };
      const key = JSON.stringify([own, task]);
      const loading =
        imageSegmenters.get(key) ??
        onFailure(loadImageSegmenter(own, task, options), () => imageSegmenters.delete(key));
      imageSegmenters.set(key, loading);
      return loading;
    },
    objectDetector: (named) => {
      const { device, runtime, offline, cacheDir } = choice;
      const own = { device, runtime, offline, cacheDir, ...named };
      const key = JSON.stringify(own);
      const loading = detectors.get(key) ?? onFailure(loadObjectDetector(own, options), () => detectors.delete(key));
      detectors.set(key, loading);
      return loading;
    },
    imageMatter: (named) => {
      const { device, runtime, offline, cacheDir } = choice;
      const own = { device, runtime, offline, cacheDir, ...named };
      const key = JSON.stringify(own);
      const loading = matters.get(key) ?? onFailure(loadImageMatter(own, options), () => matters.delete(key));
      matters.set(key, loading);
      return loading;
    },
    usage: async () => {
      const loaded = await Promise.allSettled([
        segmenter,
        ...depthEstimators.values(),
        ...promptables.values(),
        ...imageSegmenters.values(),
        ...detectors.values(),
        ...matters.values(),
      ]);
      const models = loaded.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
      const running = await Promise.all(models.flatMap((model) => (model === undefined ? [] : [model.usage()])));
      return [...ended, ...running];
    },
    close: () => (closing = closing.catch(() => undefined).then(closeAll)),
  };

  async function closeAll(): Promise<void> {
    await preloading;
    preloading = undefined;
    const loaded = [
      segmenter,
      ...depthEstimators.values(),
      ...promptables.values(),
      ...imageSegmenters.values(),
      ...detectors.values(),
      ...matters.values(),
    ].map((network) => network?.catch(() => undefined));
    segmenter = undefined;
    depthEstimators.clear();
    promptables.clear();
    imageSegmenters.clear();
    detectors.clear();
    matters.clear();
    for (const network of loaded) {
      const model = await network;
      if (model !== undefined) {
        const usage = await model.usage().catch(() => undefined);
        ended.push(...(usage === undefined ? [] : [usage]));
        await model.dispose();
      }
    }
  }
}

const CHOICE_FIELDS = ['model', 'revision', 'dtype', 'device', 'runtime', 'cacheDir'] as const;

function isSameModel(one: ModelChoice, other: ModelChoice): boolean {
  return CHOICE_FIELDS.every((field) => one[field] === other[field]);
}

function onFailure<Result>(outcome: Promise<Result>, forget: () => unknown): Promise<Result> {
  outcome.catch(forget);
  return outcome;
}
