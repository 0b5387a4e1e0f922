/** Samples of an image: 8 or 16 bits; gray, gray and alpha, RGB or RGBA, with straight alpha. */
export interface PngPixels {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
  /** `width * height * channels` samples, row by row. */
  readonly data: Uint8Array | Uint16Array;
}

/** The same, as rows that are drawn when they are encoded. */
export interface PngRows extends Pick<PngPixels, 'width' | 'height' | 'channels'> {
  readonly bitDepth: 8 | 16;
  /** The samples of rows `from` up to, not including, `to`. */
  readonly rows: (from: number, to: number) => Uint8Array | Uint16Array;
}

/** Bytes of a row and of a pixel, and whether samples have two bytes. */
export function layoutOf(image: PngPixels | PngRows): {
  rowBytes: number;
  pixelBytes: number;
  wide: boolean;
} {
  const wide = 'rows' in image ? image.bitDepth === 16 : image.data.BYTES_PER_ELEMENT === 2;
  const pixelBytes = image.channels * (wide ? 2 : 1);
  return { rowBytes: image.width * pixelBytes, pixelBytes, wide };
}

/** The bytes of rows `from` up to, not including, `to`, in memory of their own: what `allocate` gives for so many bytes. */
export function copyRows(
  image: PngPixels | PngRows,
  from: number,
  to: number,
  allocate: (bytes: number) => Uint8Array = (bytes) => new Uint8Array(bytes),
): Uint8Array {
  const { rowBytes } = layoutOf(image);
  const copy = allocate((to - from) * rowBytes);
  if ('rows' in image) {
    const { buffer, byteOffset, byteLength } = image.rows(from, to);
    copy.set(new Uint8Array(buffer, byteOffset, byteLength));
  } else {
    const { buffer, byteOffset, byteLength } = image.data;
    copy.set(new Uint8Array(buffer, byteOffset, byteLength).subarray(from * rowBytes, to * rowBytes));
  }
  return copy;
}
