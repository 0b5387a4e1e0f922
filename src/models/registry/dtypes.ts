import { MaskwrightError } from '../../errors.js';

/** Weight formats by transformers.js's names, and the suffix of each one's file: `onnx/<graph><suffix>.onnx`. */
const SUFFIXES: Readonly<Record<string, string>> = {
  fp32: '',
  fp16: '_fp16',
  q8: '_quantized',
  int8: '_int8',
  uint8: '_uint8',
  q4: '_q4',
  q4f16: '_q4f16',
  bnb4: '_bnb4',
};

export const DTYPES: readonly string[] = Object.keys(SUFFIXES);

/** Throws `MODEL_DTYPE` for an unknown name. */
export function assertDtype(dtype: string): void {
  if (!DTYPES.includes(dtype)) {
    throw new MaskwrightError('MODEL_DTYPE', `there is no dtype ${JSON.stringify(dtype)}`, {
      hint: `dtypes are ${DTYPES.join(', ')}; a model has some of them`,
    });
  }
}

/** The file of a graph in a model's folder. */
export function graphFile(graph: string, dtype: string): string {
  return `onnx/${graph}${SUFFIXES[dtype]!}.onnx`;
}

/** The error for a dtype that a model does not have. */
export function missingDtype(model: string, dtype: string, present: readonly string[]): MaskwrightError {
  return new MaskwrightError('MODEL_DTYPE', `${model} has no ${dtype} weights`, {
    hint: present.length === 0 ? 'it has no weights at all' : `it has --dtype ${present.join(', ')}`,
  });
}
