import { type DepthEstimator, loadDepthEstimator } from '../models/depth-anything/depth-estimator.js';
import { describeTextModel, type TextModelInfo } from '../models/registry/text-model-info.js';
import { rememberPictures } from '../models/clipseg/image-feature-cache.js';
import {
  type DownloadProgress,
  loadTextSegmenter,
  type ModelChoice,
  type TextSegmenter,
} from '../models/clipseg/text-segmenter.js';

/** The networks of a run: each loaded when first asked for, once, and shared by every picture. */
export interface Networks {
  /** The network that finds phrases. */
  readonly segmenter: () => Promise<TextSegmenter>;
  /** What the segmenter is, without loading it: enough to know what it said before. */
  readonly segmenterInfo: () => Promise<TextModelInfo>;
  /** The network that tells near from far: the run's own choice of model, unless another is named. */
  readonly depthEstimator: (choice?: ModelChoice) => Promise<DepthEstimator>;
  /** Ends the workers. Safe to call twice, and when nothing was loaded. */
  readonly close: () => Promise<void>;
}

/** What is told while a model is downloaded, and what stops that. */
export interface NetworksOptions {
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens the networks for a choice of model, to be shared by any number of calls; nothing is loaded yet. The first
 * call that needs one loads it, and throws `MODEL_*` where that fails.
 */
export function openNetworks(choice: ModelChoice, options: NetworksOptions = {}): Networks {
  let segmenter: Promise<TextSegmenter> | undefined;
  const depthEstimators = new Map<string, Promise<DepthEstimator>>();
  let info: Promise<TextModelInfo> | undefined;
  return {
    segmenter: () => (segmenter ??= loadTextSegmenter(choice, options).then((loaded) => rememberPictures(loaded))),
    segmenterInfo: () => (info ??= describeTextModel(choice, options)),
    depthEstimator: (own = choice) => {
      const key = JSON.stringify(own);
      const loading = depthEstimators.get(key) ?? loadDepthEstimator(own, options);
      depthEstimators.set(key, loading);
      return loading;
    },
    close: async () => {
      const loaded = [segmenter, ...depthEstimators.values()].map((network) => network?.catch(() => undefined));
      segmenter = undefined;
      depthEstimators.clear();
      for (const network of loaded) {
        await (await network)?.dispose();
      }
    },
  };
}
