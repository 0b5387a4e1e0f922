import { join } from 'node:path';
import type { Size } from '../../raster/index.js';
import { type PixelNormalization, readNormalization } from '../preprocess/pixel-normalization.js';
import { damagedFile, quote, readModelJson } from '../registry/validate-model-file.js';
import { roundHalfEven } from '../../raster/arithmetic.js';

export interface DepthConfig extends PixelNormalization {
  /** The size that an image is scaled to, before its sides are rounded to multiples of `multiple`. */
  readonly size: Size;
  /** Scale both sides alike: by the factor that is nearer to 1. */
  readonly keepAspect: boolean;
  readonly multiple: number;
}

/** The configuration in the JSON files of a Depth Anything. Throws `MODEL_DAMAGED`. */
export async function readDepthConfig(folder: string): Promise<DepthConfig> {
  const path = join(folder, 'preprocessor_config.json');
  const processor = await readModelJson(path);
  const size = (processor['size'] ?? {}) as Record<string, unknown>;
  return {
    size: {
      width: assertSide(size['width'], 'size.width', path),
      height: assertSide(size['height'], 'size.height', path),
    },
    keepAspect: processor['keep_aspect_ratio'] === true,
    multiple: assertSide(processor['ensure_multiple_of'] ?? 1, 'ensure_multiple_of', path),
    ...readNormalization(processor, path),
  };
}

/**
 * Attention takes memory by the square of the input's area: ten times the usual area takes 5 GB. Images longer than
 * about 10 : 1 would take more.
 */
const LARGEST_AREA = 10;

/**
 * The size of the model's input for an image, by the rule of transformers' `DPTImageProcessor`: both sides are scaled by
 * the factor that is nearer to 1, and rounded to multiples. Where the input would be larger than `LARGEST_AREA` times
 * the usual one, the image is fitted inside instead.
 */
export function depthInputSize(image: Size, { size, keepAspect, multiple }: DepthConfig): Size {
  let horizontal = size.width / image.width;
  let vertical = size.height / image.height;
  if (keepAspect) {
    const nearer = Math.abs(1 - horizontal) < Math.abs(1 - vertical) ? horizontal : vertical;
    const area = image.width * image.height * nearer ** 2;
    const scale = area > LARGEST_AREA * size.width * size.height ? Math.min(horizontal, vertical) : nearer;
    horizontal = scale;
    vertical = scale;
  }
  const side = (length: number): number => Math.max(1, roundHalfEven(length / multiple)) * multiple;
  return { width: side(image.width * horizontal), height: side(image.height * vertical) };
}

function assertSide(value: unknown, name: string, path: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > 4096) {
    throw damagedFile(path, `its ${name} is ${quote(value)}, not a number of pixels`);
  }
  return value;
}
