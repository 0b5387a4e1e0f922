import type { ColorPlanes } from '../filters/color-planes.js';

/**
 * The geodesic distance of each pixel from the nearest source: the length of the shortest path, where a step costs
 * its length times `spatialWeight` plus the difference of the colors at its ends. Distances do not cross edges
 * cheaply, so a thing is near to a source on it.
 *
 * By raster scans in four directions (Toivanen 1996), as Criminisi, Sharp and Blake, "GeoS: geodesic image segmentation"
 * (2008) do; converges within a few rounds on natural images.
 *
 * @param planes colors in [0, 1]
 * @param initial for each pixel the distance to start from: 0 at sources, Infinity elsewhere
 * @param spatialWeight the cost of a step of one pixel between equal colors
 * @returns distances in units of color difference
 */
export function geodesicDistance(
  { width, height, red, green, blue }: ColorPlanes,
  initial: Float32Array,
  spatialWeight: number,
  rounds = 2,
): Float32Array {
  const out = initial.slice();
  const straight = spatialWeight;
  const diagonal = spatialWeight * Math.SQRT2;
  for (let round = 0; round < rounds; round++) {
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        let best = out[i]!;
        if (x > 0) best = Math.min(best, out[i - 1]! + straight + difference(red, green, blue, i, i - 1));
        if (y > 0) {
          const up = i - width;
          best = Math.min(best, out[up]! + straight + difference(red, green, blue, i, up));
          if (x > 0) best = Math.min(best, out[up - 1]! + diagonal + difference(red, green, blue, i, up - 1));
          if (x < width - 1) best = Math.min(best, out[up + 1]! + diagonal + difference(red, green, blue, i, up + 1));
        }
        out[i] = best;
      }
    }
    for (let y = height - 1, i = width * height - 1; y >= 0; y--) {
      for (let x = width - 1; x >= 0; x--, i--) {
        let best = out[i]!;
        if (x < width - 1) best = Math.min(best, out[i + 1]! + straight + difference(red, green, blue, i, i + 1));
        if (y < height - 1) {
          const down = i + width;
          best = Math.min(best, out[down]! + straight + difference(red, green, blue, i, down));
          if (x > 0) best = Math.min(best, out[down - 1]! + diagonal + difference(red, green, blue, i, down - 1));
          if (x < width - 1)
            best = Math.min(best, out[down + 1]! + diagonal + difference(red, green, blue, i, down + 1));
        }
        out[i] = best;
      }
    }
  }
  return out;
}

function difference(red: Float32Array, green: Float32Array, blue: Float32Array, i: number, j: number): number {
  const r = red[i]! - red[j]!;
  const g = green[i]! - green[j]!;
  const b = blue[i]! - blue[j]!;
  return Math.sqrt(r * r + g * g + b * b);
}
