import { MaskwrightError } from '../../errors.js';
import { createHeatmap, type Heatmap } from '../../raster/index.js';
import { readInput } from '../files/read-input.js';
import { decodeImage, type ImageSource } from '../image/decode-image.js';
import { decodeTiffValues, openTiff } from '../image/tiff/decode-tiff.js';
import { looksLikeTiff } from '../image/tiff/tiff-directory.js';
import { decodeDepth } from './decode-depth.js';
import { looksLikeExr } from './exr-parts.js';
import { looksLikePfm, readPfm } from './pfm.js';

export interface DecodedHeatmap {
  readonly heatmap: Heatmap;
  readonly warnings: readonly string[];
}

/**
 * Decodes a heatmap: any image of 8 or 16 bits, whose luma is divided by its maximum, or a float TIFF, PFM or EXR file
 * of values in [0, 1].
 *
 * @param name how messages name it
 * @throws what `decodeImage` and `decodeDepth` throw, and `INPUT_FORMAT` where a float is outside of [0, 1]
 */
export async function decodeHeatmap(source: ImageSource, name: string): Promise<DecodedHeatmap> {
  const bytes = source instanceof Uint8Array ? source : await readInput(source);
  if (looksLikePfm(bytes)) {
    return { heatmap: fromFloats(readPfm(name, bytes), name), warnings: [] };
  }
  if (looksLikeTiff(bytes)) {
    const tiff = openTiff(name, bytes);
    if (tiff.isDecodable && tiff.layout.format === 'float') {
      return { heatmap: fromFloats(decodeTiffValues(name, bytes, tiff), name), warnings: [] };
    }
  }
  if (looksLikeExr(bytes) && !(source instanceof Uint8Array)) {
    const { map, warnings } = await decodeDepth(source);
    return { heatmap: fromFloats(map, name), warnings };
  }
  const { raster, warnings } = await decodeImage(bytes, name);
  const { width, height, channels, data } = raster;
  const scale = 1 / (data instanceof Uint16Array ? 65535 : 255);
  const values = new Float32Array(width * height);
  let colored = 0;
  for (let i = 0, p = 0; i < values.length; i++, p += channels) {
    const [red, green, blue] = [data[p]!, data[p + 1]!, data[p + 2]!];
    values[i] = (red === green && green === blue ? red : 0.299 * red + 0.587 * green + 0.114 * blue) * scale;
    if (Math.max(red, green, blue) - Math.min(red, green, blue) > MAX_CHROMA / scale) colored++;
  }
  const isColored = colored > MAX_COLORED * values.length;
  const warning = `the heatmap ${name} is in color; its luma is read, which is no probability if the colors are a color map's`;
  return { heatmap: createHeatmap(width, height, values), warnings: isColored ? [...warnings, warning] : warnings };
}

/** How far the channels of gray may be apart, as a share of the maximum (JPEG), and the share of pixels that may exceed it. */
const MAX_CHROMA = 0.1;
const MAX_COLORED = 0.01;

interface Floats {
  readonly width: number;
  readonly height: number;
  readonly data: ArrayLike<number>;
}

/** What rounding may add to a probability of 1, or take from one of 0. */
const ROUNDING = 1e-3;

function fromFloats({ width, height, data }: Floats, name: string): Heatmap {
  const values = new Float32Array(width * height);
  for (let i = 0; i < values.length; i++) {
    const value = data[i]!;
    if (!(value >= -ROUNDING && value <= 1 + ROUNDING)) {
      throw new MaskwrightError('INPUT_FORMAT', `the heatmap ${name} holds ${value}, which is no probability`, {
        hint: 'its values must be from 0 to 1; apply a sigmoid to logits first',
      });
    }
    values[i] = Math.min(Math.max(value, 0), 1);
  }
  return createHeatmap(width, height, values);
}
