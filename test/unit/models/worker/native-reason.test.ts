import { expect, it } from 'vitest';
import { nativeReason } from '../../../../src/models/worker/native-reason.js';

it.each([
  // Of onnxruntime-node 1.30 on a machine without a GPU, and of a file that is no graph.
  [
    '/onnxruntime_src/onnxruntime/core/providers/webgpu/webgpu_context.cc:136 onnxruntime::webgpu::WebGpuContext::Initialize(const onnxruntime::webgpu::WebGpuContextConfig&)::<lambda()> adapter_result.status == wgpu::RequestAdapterStatus::Success was false. Failed to get a WebGPU adapter: No supported adapters\n',
    'Failed to get a WebGPU adapter: No supported adapters',
  ],
  [
    'OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library',
    'OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library',
  ],
  [
    'Load model from a.onnx failed:Protobuf parsing failed.\nmore',
    'Load model from a.onnx failed:Protobuf parsing failed.',
  ],
])('a message of the native library is one line without the place in its source: %#', (message, reason) => {
  expect(nativeReason(message)).toBe(reason);
});
