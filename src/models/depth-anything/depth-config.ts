import { join } from 'node:path';
import type { Size } from '../../raster/index.js';
import { damaged, readModelJson } from '../registry/validate-model-file.js';
import { type PixelNormalization, readNormalization } from '../clipseg/clipseg-config.js';

export interface DepthConfig extends PixelNormalization {
  /** What an image is scaled to, before its sides become multiples of `multiple`. */
  readonly size: Size;
  /** Scale both sides alike, so that the side that changes less fits `size`. */
  readonly keepAspect: boolean;
  readonly multiple: number;
}

/** What the JSON files of a Depth Anything say. Throws `MODEL_DAMAGED` where they don't say it. */
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

/** Larger inputs, which very long images would give, would take memory by the square of their area. */
const LARGEST_AREA = 4;

/**
 * The size that an image is brought to before the network looks at it, as the reference's DPT processor
 * does: the scale nearer to 1 for both sides. Images longer than about 4 : 1 are made to fit inside instead.
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
  const side = (length: number): number => Math.max(1, roundHalfToEven(length / multiple)) * multiple;
  return { width: side(image.width * horizontal), height: side(image.height * vertical) };
}

/** As Python rounds. */
function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const fraction = value - floor;
  return fraction > 0.5 || (fraction === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

function assertSide(value: unknown, name: string, path: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > 4096) {
    throw damaged(path, `its ${name} is ${JSON.stringify(value)}, not a number of pixels`);
  }
  return value;
}
