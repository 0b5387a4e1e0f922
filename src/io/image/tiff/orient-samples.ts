/** Interleaved samples of an image. */
interface Plane<Data> {
  readonly width: number;
  readonly height: number;
  readonly data: Data;
}

/**
 * An image turned and mirrored upright by an Exif or TIFF orientation, 1 to 8. Returns `image` itself for 1.
 *
 * @param channels Samples of a pixel.
 */
export function orientSamples<Data extends { readonly length: number; slice: () => Data; [index: number]: number }>(
  image: Plane<Data>,
  channels: number,
  orientation: number,
): Plane<Data> {
  if (orientation === 1) {
    return image;
  }
  const { width, height, data } = image;
  // 5 to 8 exchange rows and columns; the others of each group mirror one or both of the stored axes.
  const transposed = orientation >= 5;
  const mirrorX = [2, 3, 7, 8].includes(orientation);
  const mirrorY = [3, 4, 6, 7].includes(orientation);
  const size = transposed ? { width: height, height: width } : { width, height };
  const out = data.slice();
  for (let y = 0, to = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) {
      const [column, row] = transposed ? [y, x] : [x, y];
      const from = ((mirrorY ? height - 1 - row : row) * width + (mirrorX ? width - 1 - column : column)) * channels;
      for (let c = 0; c < channels; c++) {
        out[to++] = data[from + c]!;
      }
    }
  }
  return { ...size, data: out };
}
