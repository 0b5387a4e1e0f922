/** For each of 256 values 255 if it is `limit` or more, else 0. */
export function thresholdLut(limit: number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, value) => (value >= limit ? 255 : 0));
}
