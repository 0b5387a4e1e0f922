import { Tensor } from '@huggingface/transformers';
import { MaskwrightError } from '../../errors.js';
import type { Size } from '../../raster/index.js';
import { type DepthConfig, readDepthConfig } from './depth-config.js';
import { loadFullModel } from '../onnx/load-full-model.js';
import type { LocalModel } from '../registry/local-model.js';
import { toPixelValues } from '../pixel-values.js';
import type { Task } from '../worker/worker-protocol.js';

export type DepthInfo = DepthConfig;

export interface EstimateArgument extends Size {
  readonly rgb: Uint8Array;
}

export interface DepthPlane extends Size {
  readonly data: Float32Array;
}

/** A Depth Anything inside a worker: pixels to a plane of relative inverse depth. */
export async function openDepth(model: LocalModel): Promise<Task> {
  const config = await readDepthConfig(model.folder);
  const run = await loadFullModel(model);
  return {
    info: config satisfies DepthInfo,
    methods: {
      estimate: async ({ rgb, width, height }: EstimateArgument): Promise<DepthPlane> => {
        const pixels = new Tensor('float32', toPixelValues(rgb, config), [1, 3, height, width]);
        const output = (await run({ pixel_values: pixels }))['predicted_depth'];
        if (output === undefined) {
          throw new MaskwrightError('MODEL_RUN', `${model.identity.id} gives no predicted_depth`);
        }
        const [rows = 0, columns = 0] = output.dims.slice(-2);
        return { width: columns, height: rows, data: output.data as Float32Array };
      },
    },
  };
}
