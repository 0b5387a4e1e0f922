/**
 * Interleaved pixels with **straight** alpha. Samples are 8-bit, or 16-bit where the image is:
 * no operation reduces the depth.
 */
export interface Raster {
  readonly kind: 'raster';
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
  /** `width * height * channels` samples, row by row. */
  readonly data: Uint8Array | Uint16Array;
}

/** One plane of coverage: **255 = selected = paint here**, 0 = keep. */
export interface Mask {
  readonly kind: 'mask';
  readonly width: number;
  readonly height: number;
  /** `width * height` values 0..255. */
  readonly data: Uint8Array;
}

/**
 * One plane of probability in [0, 1], after the sigmoid. It always covers the whole image,
 * whatever its own resolution is.
 */
export interface Heatmap {
  readonly kind: 'heatmap';
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
  /**
   * Values of rows `from` up to, not including, `to`, written to the beginning of `into` where it is given. Where this is there, `data` is computed when it is first asked for: four bytes a
   * pixel of a large image are not in memory unless something needs all of them at once.
   */
  readonly rows?: (from: number, to: number, into?: Float32Array) => Float32Array;
}

/** Every `DepthOrder`. */
export const DEPTH_ORDERS = ['near-is-small', 'near-is-large'] as const;

/** Which end of a depth map's values is near the camera: `near-is-small` for distances, `near-is-large` for inverse depth. */
export type DepthOrder = (typeof DEPTH_ORDERS)[number];

/** One plane of depth. NaN and infinities are background. */
export interface DepthMap {
  readonly kind: 'depth';
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
  readonly depthOrder: DepthOrder;
  /** `distance` in scene units, or `relative` where only the order means something. */
  readonly unit: 'distance' | 'relative';
}

/** A rectangle in pixels, `x` and `y` its top left corner. */
export interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}
