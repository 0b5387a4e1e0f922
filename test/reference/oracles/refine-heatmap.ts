import { guidedFit } from '../../../src/engine/filters/guided-filter.js';
import { type Heatmap, type Raster, resizeHeatmap } from '../../../src/raster/index.js';

/** What a pixel may be: the value of its model, and the range that the heatmap has there. */
export interface RefinedPixel {
  readonly value: number;
  readonly least: number;
  readonly most: number;
}

/** `refineHeatmap` pixel by pixel, each interpolated from the four models around it; 8-bit images. */
export function refineHeatmapOracle(
  heatmap: Heatmap,
  image: Raster,
  options: { fitSide: number; fitRadius: number; epsilon: number; rounds: number; pivot: number },
): RefinedPixel[] {
  const { fitSide, fitRadius, epsilon, rounds, pivot } = options;
  const scale = Math.min(1, fitSide / Math.max(image.width, image.height));
  const width = Math.max(1, Math.round(image.width * scale));
  const height = Math.max(1, Math.round(image.height * scale));
  const places = Array.from({ length: width * height }, (_, i) => ({ x: i % width, y: Math.floor(i / width) }));

  const meanOf = (channel: number): Float32Array =>
    Float32Array.from(places, ({ x, y }) => {
      const samples: number[] = [];
      for (let sy = Math.floor((y * image.height) / height); sy < Math.floor(((y + 1) * image.height) / height); sy++) {
        for (let sx = Math.floor((x * image.width) / width); sx < Math.floor(((x + 1) * image.width) / width); sx++) {
          samples.push(image.data[(sy * image.width + sx) * image.channels + channel]! / 255);
        }
      }
      return samples.reduce((sum, value) => sum + value, 0) / samples.length;
    });
  const guide = { width, height, red: meanOf(0), green: meanOf(1), blue: meanOf(2) };
  const coarse = resizeHeatmap(heatmap, { width, height }).data;

  const weightsOf = (target: Float32Array): Float32Array =>
    target.map((value) => ((value - pivot) / (value < pivot ? pivot : 1 - pivot)) ** 2 + 1e-3);
  let target = coarse;
  let models = guidedFit(guide, target, weightsOf(target), { radius: fitRadius, epsilon });
  for (let round = 1; round < rounds; round++) {
    target = Float32Array.from(places, (_, i) => {
      const [r, g, b, c] = models.subarray(i * 4, i * 4 + 4);
      return Math.min(Math.max(r! * guide.red[i]! + g! * guide.green[i]! + b! * guide.blue[i]! + c!, 0), 1);
    });
    models = guidedFit(guide, target, weightsOf(target), { radius: fitRadius, epsilon });
  }

  const around = places.map(({ x, y }) =>
    places.flatMap((other, i) =>
      Math.abs(other.x - x) <= fitRadius && Math.abs(other.y - y) <= fitRadius ? [coarse[i]!] : [],
    ),
  );
  const leasts = around.map((values) => Math.min(...values));
  const mosts = around.map((values) => Math.max(...values));

  return Array.from({ length: image.width * image.height }, (_, i) => {
    const place = (pixel: number, from: number, to: number): number =>
      Math.min(Math.max(((pixel + 0.5) * to) / from - 0.5, 0), to - 1);
    const x = place(i % image.width, image.width, width);
    const y = place(Math.floor(i / image.width), image.height, height);
    const interpolate = (valueOf: (cell: number) => number): number => {
      const at = (cx: number, cy: number): number =>
        valueOf(Math.min(cy, height - 1) * width + Math.min(cx, width - 1));
      const [left, top] = [Math.floor(x), Math.floor(y)];
      const [right, bottom] = [x - left, y - top];
      return (
        (at(left, top) * (1 - right) + at(left + 1, top) * right) * (1 - bottom) +
        (at(left, top + 1) * (1 - right) + at(left + 1, top + 1) * right) * bottom
      );
    };
    const least = interpolate((cell) => leasts[cell]!);
    const most = interpolate((cell) => mosts[cell]!);
    const value =
      [0, 1, 2].reduce(
        (sum, k) => sum + (interpolate((cell) => models[cell * 4 + k]!) * image.data[i * image.channels + k]!) / 255,
        0,
      ) + interpolate((cell) => models[cell * 4 + 3]!);
    return { value: Math.min(Math.max(value, least), most), least, most };
  });
}
