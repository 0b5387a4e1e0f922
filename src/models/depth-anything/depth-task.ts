import type { Size } from '../../raster/index.js';
import { floatInput, loadFullModel } from '../onnx/load-full-model.js';
import { floatsOf } from '../onnx/named-tensor.js';
import { runFailure } from '../onnx/runtime-errors.js';
import { toPixelValues } from '../preprocess/pixel-values.js';
import type { LocalModel } from '../registry/local-model.js';
import { createStopwatch, type Computed } from '../registry/model-usage.js';
import type { LoadedModel } from '../worker/worker-protocol.js';
import { type DepthConfig, readDepthConfig } from './depth-config.js';

export type DepthInfo = DepthConfig;

export interface EstimateArgument extends Size {
  readonly rgb: Uint8Array;
}

export interface DepthPlane extends Size {
  readonly data: Float32Array;
}

/** Loads a Depth Anything in a worker: pixels to a plane of relative inverse depth. */
export async function openDepthAnything(model: LocalModel): Promise<LoadedModel> {
  const config = await readDepthConfig(model.folder);
  const full = await loadFullModel(model);
  const images = createStopwatch();
  const type = full.inputs.get('pixel_values')?.type;
  return {
    info: config satisfies DepthInfo,
    methods: {
      estimate: ({ rgb, width, height }: EstimateArgument): Promise<DepthPlane> =>
        images.run(1, async () => {
          const values = toPixelValues(rgb, config);
          const dims = [1, 3, height, width];
          const pixels = floatInput(values, dims, type);
          const output = (await full.run({ pixel_values: pixels }))['predicted_depth'];
          if (output === undefined) {
            throw runFailure(model.identity.id, new Error('there is no output predicted_depth'));
          }
          const [rows = 0, columns = 0] = output.dims.slice(-2);
          return { width: columns, height: rows, data: floatsOf(output) };
        }),
      usage: async (): Promise<Computed> => ({ images: images.count(), imageMs: images.ms(), phrases: 0, phraseMs: 0 }),
    },
  };
}
