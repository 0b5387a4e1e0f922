/** Samples of an image: 8 or 16 bits; gray, gray and alpha, RGB or RGBA, with straight alpha. */
export interface PngPixels {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
  /** `width * height * channels` samples, row by row. */
  readonly data: Uint8Array | Uint16Array;
}

/** Bytes of a row and of a pixel, and whether samples have two bytes. */
export function layoutOf({ width, channels, data }: PngPixels): {
  rowBytes: number;
  pixelBytes: number;
  wide: boolean;
} {
  const pixelBytes = channels * data.BYTES_PER_ELEMENT;
  return { rowBytes: width * pixelBytes, pixelBytes, wide: data.BYTES_PER_ELEMENT === 2 };
}

/** The bytes of rows `from` up to, not including, `to`, in memory of their own: what `allocate` gives for so many bytes. */
export function copyRows(
  image: PngPixels,
  from: number,
  to: number,
  allocate: (bytes: number) => Uint8Array = (bytes) => new Uint8Array(bytes),
): Uint8Array {
  const { buffer, byteOffset, byteLength } = image.data;
  const { rowBytes } = layoutOf(image);
  const rows = allocate((to - from) * rowBytes);
  rows.set(new Uint8Array(buffer, byteOffset, byteLength).subarray(from * rowBytes, to * rowBytes));
  return rows;
}
