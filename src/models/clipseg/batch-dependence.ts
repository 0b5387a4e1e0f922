/** Operators that take the scale of quantized activations from the whole batch. */
const DYNAMIC_QUANTIZATION = new Set([
  'DynamicQuantizeLinear',
  'DynamicQuantizeMatMul',
  'DynamicQuantizeLSTM',
  'MatMulIntegerToFloat',
]);

/**
 * Whether a row of a batch depends on the other rows: in dynamically quantized graphs. A mask would then depend on the
 * other phrases of its run, so that each phrase must have a run.
 */
export function isBatchDependent(operators: ReadonlySet<string>): boolean {
  return [...operators].some((op) => DYNAMIC_QUANTIZATION.has(op));
}
