import { createDepthMap, type DepthMap, type Raster, type Size } from '../../raster/index.js';
import type { RunOptions } from '../clipseg/text-segmenter.js';
import type { LoadOptions, ModelChoice, ModelIdentity } from '../registry/model-choice.js';
import type { Computed, ModelUsage } from '../registry/model-usage.js';
import { resolveModel } from '../registry/resolve-model.js';
import { startWorker } from '../worker/worker-client.js';
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
  const model = await resolveModel(
    { ...choice, model: choice.model ?? DEPTH_MODEL_DEFAULT },
    'depth-estimation',
    options,
  );
  const started = performance.now();
  const worker = await startWorker(model, options.signal);
  const loadMs = performance.now() - started;
  const config = worker.info as DepthInfo;
  return {
    kind: 'depth-estimator',
    identity: model.identity,
    inputSize: (image) => depthInputSize(image, config),
    estimate: async ({ width, height, channels, data }, { signal } = {}) => {
      if (channels !== 3 || !(data instanceof Uint8Array)) {
        throw new RangeError(`expected RGB pixels of 8 bits, got ${channels} channels`);
      }
      const argument: EstimateArgument = { rgb: data, width, height };
      const plane = (await worker.call('estimate', argument, signal)) as DepthPlane;
      return createDepthMap(plane.width, plane.height, plane.data, { depthOrder: 'near-is-large', unit: 'relative' });
    },
    usage: async () => ({
      identity: model.identity,
      path: 'through transformers.js',
      loadMs,
      ...((await worker.call('usage', undefined)) as Computed),
    }),
    dispose: worker.close,
  };
}
