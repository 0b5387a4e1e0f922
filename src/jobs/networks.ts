import { type DepthEstimator, loadDepthEstimator } from '../networks/depth-estimator.js';
import { describeTextModel, type TextModelInfo } from '../networks/describe-text-model.js';
import { rememberPictures } from '../networks/remember-pictures.js';
import {
  type DownloadProgress,
  loadTextSegmenter,
  type ModelChoice,
  type TextSegmenter,
} from '../networks/text-segmenter.js';

/** The networks of a run: each loaded when first asked for, once, and shared by every picture. */
export interface Networks {
  readonly segmenter: () => Promise<TextSegmenter>;
  /** What the segmenter is, without loading it: enough to know what it said before. */
  readonly segmenterInfo: () => Promise<TextModelInfo>;
  /** The run's own choice of model, unless another is named. */
  readonly depthEstimator: (choice?: ModelChoice) => Promise<DepthEstimator>;
  /** Ends the workers. Safe to call twice, and when nothing was loaded. */
  readonly close: () => Promise<void>;
}

export interface NetworksOptions {
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Opens the networks for a choice of model; nothing is loaded yet. */
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
