import { Tensor } from 'onnxruntime-node';
import { MaskwrightError } from '../../errors.js';
import { fromHalf, toHalf } from './float16.js';

/** A tensor as plain data, which threads can send to each other. */
export interface NamedTensor {
  readonly name: string;
  /** By onnxruntime's names: `float32`, `float16`, `int64` ... */
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: Float32Array | Uint16Array | BigInt64Array;
}

export function toNamed(name: string, { type, dims, data }: Tensor): NamedTensor {
  return { name, type, dims, data: data as NamedTensor['data'] };
}

export function fromNamed({ type, dims, data }: NamedTensor): Tensor {
  return new Tensor(type as 'float32', data as Float32Array, dims);
}

/** Floats as a tensor of the type that an input declares: single or half precision. */
export function floatTensor(data: Float32Array, dims: readonly number[], type: string | undefined): Tensor {
  return type === 'float16' ? new Tensor('float16', toHalf(data) as never, dims) : new Tensor('float32', data, dims);
}

/**
 * The values of an answer of floats, whatever its precision. Throws `MODEL_RUN` where one is NaN: as a probability it
 * would select nothing, as if the thing were absent.
 */
export function floatsOf({ type, data }: { readonly type: string; readonly data: unknown }): Float32Array {
  const values =
    type === 'float16' && data instanceof Uint16Array ? fromHalf(data) : Float32Array.from(data as Float32Array);
  // A sum would be NaN of opposite infinities too, which are legitimate.
  if (values.some(Number.isNaN)) {
    throw new MaskwrightError('MODEL_RUN', 'the model answered with values that are not numbers (NaN)', {
      hint: 'half precision can overflow: try --dtype fp32, or --device cpu',
    });
  }
  return values;
}
