import type { DepthMap, Heatmap, Mask, Raster, Size } from './types.js';

/** A raster over `data`, which must hold `width * height * channels` samples. Throws `RangeError` otherwise. */
export function createRaster(
  width: number,
  height: number,
  channels: 3 | 4,
  data: Uint8Array | Uint16Array = new Uint8Array(width * height * channels),
): Raster {
  assertLength(data, width * height * channels);
  return { kind: 'raster', width, height, channels, data };
}

/** A mask over `data`; all 0 (nothing selected) when left out. */
export function createMask(width: number, height: number, data: Uint8Array = new Uint8Array(width * height)): Mask {
  assertLength(data, width * height);
  return { kind: 'mask', width, height, data };
}

/** A heatmap over `data` in [0, 1]. */
export function createHeatmap(
  width: number,
  height: number,
  data: Float32Array = new Float32Array(width * height),
): Heatmap {
  assertLength(data, width * height);
  return { kind: 'heatmap', width, height, data };
}

/** Smaller heatmaps are computed at once. */
const DRAWN_PIXELS = 8_388_608;

/** A heatmap of a function that computes some of its rows, see `Heatmap.rows`. */
export function drawHeatmapByRows({ width, height }: Size, rows: NonNullable<Heatmap['rows']>): Heatmap {
  if (width * height < DRAWN_PIXELS) {
    return createHeatmap(width, height, rows(0, height));
  }
  let all: Float32Array | undefined;
  return {
    kind: 'heatmap',
    width,
    height,
    get data() {
      return (all ??= rows(0, height));
    },
    rows: (from, to, into) => all?.subarray(from * width, to * width) ?? rows(from, to, into),
  };
}

/** A depth map over `data`, with the direction and unit of its values named. */
export function createDepthMap(
  width: number,
  height: number,
  data: Float32Array,
  { depthOrder, unit }: Pick<DepthMap, 'depthOrder' | 'unit'>,
): DepthMap {
  assertLength(data, width * height);
  return { kind: 'depth', width, height, data, depthOrder, unit };
}

function assertLength(data: { readonly length: number }, expected: number): void {
  if (data.length !== expected) {
    throw new RangeError(`expected ${expected} samples, got ${data.length}`);
  }
}
