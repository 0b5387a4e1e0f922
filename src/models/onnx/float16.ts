import { roundHalfEven } from '../../raster/arithmetic.js';

/**
 * IEEE 754 half precision as 16-bit patterns, which onnxruntime exchanges it in: Node before 24 has no Float16Array.
 */

const single = new Float32Array(1);
const bits = new Uint32Array(single.buffer);

/** Rounds to the nearest half, ties to even; beyond 65504 to infinity. */
export function toHalf(values: Float32Array): Uint16Array {
  return Uint16Array.from(values, halfBits);
}

export function fromHalf(patterns: Uint16Array): Float32Array {
  return Float32Array.from(patterns, halfValue);
}

function halfBits(value: number): number {
  single[0] = value;
  const sign = (bits[0]! >>> 16) & 0x8000;
  const magnitude = bits[0]! & 0x7fffffff;
  if (magnitude >= 0x7f800000) {
    return sign | (magnitude > 0x7f800000 ? 0x7e00 : 0x7c00);
  }
  if (magnitude < 0x38800000) {
    // Subnormal halves are multiples of 2^-24.
    return sign | roundHalfEven(Math.abs(single[0]) * 2 ** 24);
  }
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
  return sign | (rounded >= 0x47800000 ? 0x7c00 : (rounded - 0x38000000) >>> 13);
}

function halfValue(pattern: number): number {
  const sign = pattern & 0x8000 ? -1 : 1;
  const exponent = (pattern >>> 10) & 31;
  const fraction = pattern & 1023;
  if (exponent === 31) {
    return fraction === 0 ? sign * Infinity : Number.NaN;
  }
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}
