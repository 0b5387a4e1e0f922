import { node, onnxModel, tensor, valueInfo } from './onnx.js';

export const TOY_DEPTH_SIZE = { width: 70, height: 42 };

/** A Depth Anything that can be reckoned by hand: depth is the mean of a pixel's normalized channels, times 3. */
export function toyDepthFiles(): Record<string, Buffer> {
  const processor = {
    size: TOY_DEPTH_SIZE,
    keep_aspect_ratio: true,
    ensure_multiple_of: 14,
    image_mean: [0.5, 0.5, 0.5],
    image_std: [0.5, 0.5, 0.5],
  };
  return {
    'config.json': Buffer.from(JSON.stringify({ model_type: 'depth_anything' })),
    'preprocessor_config.json': Buffer.from(JSON.stringify(processor)),
    'onnx/model.onnx': onnxModel({
      nodes: [
        node('ReduceMean', ['pixel_values'], ['grey'], { axes: [1], keepdims: 0 }),
        node('Mul', ['grey', 'three'], ['predicted_depth']),
      ],
      initializers: [tensor('three', [1], Float32Array.of(3))],
      inputs: [valueInfo('pixel_values', 'float', ['b', 3, 'h', 'w'])],
      outputs: [valueInfo('predicted_depth', 'float', ['b', 'h', 'w'])],
    }),
  };
}
