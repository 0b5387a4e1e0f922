import { createDepthMap, type DepthMap, type Raster, type Size } from '../../raster/index.js';
import type { RunOptions } from '../clipseg/text-segmenter.js';
import type { LoadOptions, ModelChoice, ModelIdentity } from '../registry/model-choice.js';
import type { ModelUsage } from '../registry/model-usage.js';
import { openModel, rgbSamples } from '../worker/open-model.js';
import { depthInputSize } from './depth-config.js';
import type { DepthInfo, DepthPlane, EstimateArgument } from './depth-task.js';

const DEPTH_MODEL_DEFAULT = 'depth-small';

/** A model that estimates depth from one image. It runs in a worker thread. */
export interface DepthEstimator {
  readonly kind: 'depth-estimator';
  readonly identity: ModelIdentity;
  /** The size that `estimate` takes an image at; its aspect is kept but for rounding. */
  readonly inputSize: (image: Size) => Size;
  /**
   * RGB pixels of 8 bits, of a size by `inputSize`, to their depth at the model's resolution: relative inverse depth,
   * large values are near, without a fixed range.
   */
  readonly estimate: (pixels: Raster, options?: RunOptions) => Promise<DepthMap>;
  /** What has been computed so far, and in what time. */
  readonly usage: () => Promise<ModelUsage>;
  /** Ends the thread after the native call under way. Safe to call twice. */
  readonly dispose: () => Promise<void>;
}

/**
 * Loads a Depth Anything model, downloading it first where it has to be. Throws as `loadTextSegmenter`.
 */
export async function loadDepthEstimator(choice: ModelChoice, options: LoadOptions = {}): Promise<DepthEstimator> {
  const named = { ...choice, model: choice.model ?? DEPTH_MODEL_DEFAULT };
  const model = await openModel(named, 'depth-estimation', options);
  const config = model.info as DepthInfo;
  return {
    kind: 'depth-estimator',
    identity: model.identity,
    inputSize: (image) => depthInputSize(image, config),
    estimate: async (pixels, { signal } = {}) => {
      const argument: EstimateArgument = { rgb: rgbSamples(pixels), width: pixels.width, height: pixels.height };
      const plane = (await model.call('estimate', argument, signal)) as DepthPlane;
      return createDepthMap(plane.width, plane.height, plane.data, { depthOrder: 'near-is-large', unit: 'relative' });
    },
    usage: model.usage,
    dispose: model.dispose,
  };
}
