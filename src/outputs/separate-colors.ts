import { estimateForeground } from '../engine/index.js';
import { createRaster, type Mask, type Raster } from '../raster/index.js';

/** The colors of what a mask selects, and of what it does not, at every pixel. */
export interface SeparatedColors {
  readonly selected: Raster;
  readonly rest: Raster;
}

/** Both colors of an image where a mask is soft; elsewhere, and without `decontaminate`, they are the image's. */
export function separateColors(image: Raster, mask: Mask, decontaminate: boolean): SeparatedColors {
  if (!decontaminate) return { selected: image, rest: image };
  const { foreground, background } = estimateForeground(image, mask);
  return { selected: withAlphaOf(image, foreground), rest: withAlphaOf(image, background) };
}

function withAlphaOf({ width, height, channels, data }: Raster, colors: Raster): Raster {
  if (channels === 3) return colors;
  const out = data.slice();
  for (let from = 0, to = 0; to < out.length; from += 3, to += 4) {
    out[to] = colors.data[from]!;
    out[to + 1] = colors.data[from + 1]!;
    out[to + 2] = colors.data[from + 2]!;
  }
  return createRaster(width, height, 4, out);
}
