/** Rounds to the nearest integer, and halves to the even one, as IEEE 754 and Python's `round`. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
}

/**
 * The index inside `length` that `index` stands for, mirrored at the centers of the first and the last sample as often
 * as needed: neither is doubled. `reflect` of NumPy's `pad`, `BORDER_REFLECT_101` of OpenCV.
 *
 * @example
 * [-2, -1, 0, 1, 2, 3].map((index) => mirrorIndex(index, 3)); // [2, 1, 0, 1, 2, 1]
 */
export function mirrorIndex(index: number, length: number): number {
  const period = Math.max(2 * (length - 1), 1);
  const phase = ((index % period) + period) % period;
  return phase < length ? phase : period - phase;
}
