import { node, onnxModel, tensor, valueInfo } from './onnx.js';

export const TOY_DEPTH_SIZE = { width: 70, height: 42 };

/** A Depth Anything that can be computed by hand: depth is the mean of a pixel's normalized channels, times `scale`. */
export function toyDepthFiles(scale = 3): Record<string, Buffer> {
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
        node('ReduceMean', ['pixel_values'], ['gray'], { axes: [1], keepdims: 0 }),
        node('Mul', ['gray', 'scale'], ['predicted_depth']),
      ],
      initializers: [tensor('scale', [1], Float32Array.of(scale))],
      inputs: [valueInfo('pixel_values', 'float', ['b', 3, 'h', 'w'])],
      outputs: [valueInfo('predicted_depth', 'float', ['b', 'h', 'w'])],
    }),
  };
}
