import { join } from 'node:path';
import type { Size } from '../../raster/index.js';
import { type PixelNormalization, readNormalization } from '../preprocess/pixel-normalization.js';
import { damagedFile, quote, readModelJson } from '../registry/validate-model-file.js';

export interface SamConfig extends PixelNormalization {
  /** Side of the square that the image encoder takes, in pixels. */
  readonly side: number;
  /** SAM scales the longest side and pads below and to the right; SAM 2 stretches. */
  readonly keepAspect: boolean;
}

const LARGEST_SIDE = 4096;

/** The configuration in the preprocessor_config.json of a SAM. Throws `MODEL_DAMAGED`. */
export async function readSamConfig(folder: string): Promise<SamConfig> {
  const path = join(folder, 'preprocessor_config.json');
  const processor = await readModelJson(path);
  const size = (processor['size'] ?? {}) as Record<string, unknown>;
  const keepAspect = size['longest_edge'] !== undefined;
  const side = keepAspect ? size['longest_edge'] : size['height'];
  if (
    typeof side !== 'number' ||
    !Number.isInteger(side) ||
    side < 16 ||
    side > LARGEST_SIDE ||
    (!keepAspect && size['width'] !== side)
  ) {
    throw damagedFile(path, `its size is ${quote(processor['size'])}, neither a longest_edge nor a square of pixels`);
  }
  return { side, keepAspect, ...readNormalization(processor, path) };
}

/** The size that an image is scaled to, inside the square. The rule of transformers' `SamImageProcessor`. */
export function samInputSize(
  { width, height }: Size,
  { side, keepAspect }: Pick<SamConfig, 'side' | 'keepAspect'>,
): Size {
  if (!keepAspect) {
    return { width: side, height: side };
  }
  const scale = side / Math.max(width, height);
  const scaled = (length: number): number => Math.max(1, Math.floor(length * scale + 0.5));
  return { width: scaled(width), height: scaled(height) };
}
