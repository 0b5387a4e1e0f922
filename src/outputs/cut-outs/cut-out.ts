import type { z } from 'zod';
import { type Length, parseColor, parseLength, type Rgb } from '../../engine/index.js';
import {
  type Bounds,
  createRaster,
  cropRaster,
  type Raster,
  resizeRaster,
  sampleMaximum,
  type Size,
} from '../../raster/index.js';
import { checked, type PathFields, text } from '../../sources/schema-fields.js';
import { isColor } from './is-color.js';
import type { ImageTask } from '../output.js';

/** What cut-outs are composed onto: a color, or an image of the same size. */
export type Background = Raster | Rgb;

/** How a recipe writes a background: a color, or a path. */
export function backgroundField({ path }: PathFields): z.ZodType<string, string> {
  return checked(text(), isColor)
    .transform((value) => (isColor(value) ? value : path.parse(value)))
    .describe('a color (#fff, white) or an image that selected and deselected are composed onto');
}

/** The color, or the image scaled and cropped to the size of the image that is cut out of. */
export async function openBackground(
  background: string | undefined,
  image: Size,
  task: Pick<ImageTask, 'open'>,
): Promise<Background | undefined> {
  if (background === undefined) {
    return undefined;
  }
  return isColor(background) ? parseColor(background) : coverSize((await task.open(background)).raster, image);
}

/** The bounds of what is selected, wider by a margin on each side, inside the image. */
export function widenBounds(bounds: Bounds, margin: Length, image: Size): Bounds {
  const by = Math.round(parseLength(margin, image));
  const x = Math.max(0, bounds.x - by);
  const y = Math.max(0, bounds.y - by);
  return {
    x,
    y,
    width: Math.min(image.width, bounds.x + bounds.width + by) - x,
    height: Math.min(image.height, bounds.y + bounds.height + by) - y,
  };
}

/** An image in the size of another: scaled to cover it, the rest cut off evenly on both sides. */
function coverSize(image: Raster, { width, height }: Size): Raster {
  if (image.width === width && image.height === height) {
    return image;
  }
  const scale = Math.max(width / image.width, height / image.height);
  const scaled = resizeRaster(image, {
    width: Math.max(width, Math.round(image.width * scale)),
    height: Math.max(height, Math.round(image.height * scale)),
  });
  return cropRaster(scaled, {
    x: (scaled.width - width) >> 1,
    y: (scaled.height - height) >> 1,
    width,
    height,
  });
}

/** A cut-out over a color or an opaque image of the same size: opaque, at the bit depth of the cut-out. */
export function composeOnto(cutOut: Raster, background: Background): Raster {
  const { width, height, data } = cutOut;
  const maximum = sampleMaximum(cutOut);
  const out = maximum === 255 ? new Uint8Array(width * height * 3) : new Uint16Array(width * height * 3);
  const image = 'data' in background ? background : undefined;
  const unit = image === undefined ? maximum / 255 : maximum / sampleMaximum(image);
  const channels = image?.channels ?? 0;
  const samples = image?.data ?? (background as Rgb);
  for (let i = 0, from = 0, k = 0; k < out.length; i += 4, from += channels, k += 3) {
    const alpha = data[i + 3]! / maximum;
    for (let c = 0; c < 3; c++) {
      out[k + c] = data[i + c]! * alpha + samples[from + c]! * unit * (1 - alpha) + 0.5;
    }
  }
  return createRaster(width, height, 3, out);
}
