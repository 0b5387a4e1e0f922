/**
 * For each pixel the distance, in its own column, down from the nearest selected pixel (128 and more) at or
 * above it, at most `cap`: the first half of every distance kernel here.
 */
export function distanceFromAbove(data: Uint8Array, width: number, cap: number): Uint16Array {
  const above = new Uint16Array(data.length);
  for (let x = 0; x < width; x++) {
    above[x] = data[x]! >= 128 ? 0 : cap;
  }
  for (let i = width; i < data.length; i++) {
    const next = above[i - width]! + 1;
    above[i] = data[i]! >= 128 ? 0 : next < cap ? next : cap;
  }
  return above;
}
