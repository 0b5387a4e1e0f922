export function intersectionOverUnion(a: Uint8Array, b: Uint8Array): number;
export function boundaryScore(
  found: Uint8Array,
  truth: Uint8Array,
  width: number,
  height: number,
  tolerance?: number,
): number;
