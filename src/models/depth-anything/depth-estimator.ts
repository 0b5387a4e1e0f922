import { createDepthMap, type DepthMap, type Raster, type Size } from '../../raster/index.js';
import { depthInputSize } from './depth-config.js';
import type { DepthInfo, DepthPlane, EstimateArgument } from './depth-task.js';
import { type LoadOptions, type ModelChoice, type ModelIdentity } from '../registry/model-choice.js';
import { resolveModel } from '../registry/resolve-model.js';
import type { RunOptions } from '../clipseg/text-segmenter.js';
import { startWorker } from '../worker/worker-client.js';

const DEPTH_MODEL_DEFAULT = 'depth-small';

/** A network that tells near from far in an image. It runs in a thread of its own. */
export interface DepthEstimator {
  readonly kind: 'depth-estimator';
  readonly identity: ModelIdentity;
  /** The size that an image is to be brought to for `estimate`; its shape is nearly kept. */
  readonly inputSize: (image: Size) => Size;
  /**
   * RGB 8-bit pixels of a size that `inputSize` gave to their depth, at the network's resolution: relative
   * inverse depth, large is near, in no particular range.
   */
  readonly estimate: (pixels: Raster, options?: RunOptions) => Promise<DepthMap>;
  /** Ends the thread. Safe to call twice. */
  readonly dispose: () => Promise<void>;
}

/**
 * Loads a Depth Anything network, downloading it first where it has to be. Throws as `loadTextSegmenter`.
 */
export async function loadDepthEstimator(choice: ModelChoice, options: LoadOptions = {}): Promise<DepthEstimator> {
  const model = await resolveModel(
    { ...choice, model: choice.model ?? DEPTH_MODEL_DEFAULT },
    'depth-estimation',
    options,
  );
  const worker = await startWorker({ task: 'depth-estimation', model }, options.signal);
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
    dispose: worker.close,
  };
}
