import { invertMask, thresholdMask } from '../../engine/index.js';
import { createRaster, type Mask, type Raster } from '../../raster/index.js';
import type { Target } from './target.js';

/** A mask in the convention of a program. */
export interface TargetMask {
  /** What the program will paint, 255 = paint: cut at half where it wants only the two extremes. */
  readonly coverage: Mask;
  /** The file it takes: gray, or transparent where it paints; undefined where the image carries the mask. */
  readonly file: Mask | Raster | undefined;
}

/** A mask (255 = paint) in a program's own convention. */
export function maskForTarget(mask: Mask, target: Target, outpainting = false): TargetMask {
  const coverage = target.values === 'binary' ? thresholdMask(mask, 128) : mask;
  if (target.carrier === 'image-alpha') {
    return { coverage, file: undefined };
  }
  if (target.carrier === 'mask-alpha') {
    return { coverage, file: withTargetAlpha(createRaster(mask.width, mask.height, 3), coverage) };
  }
  const paints = outpainting ? (target.outpainting?.paints ?? target.paints) : target.paints;
  return { coverage, file: paints === 'black' ? invertMask(coverage) : coverage };
}

/** 8-bit colors, transparent where the program is to paint. */
export function withTargetAlpha(colors: Raster, coverage: Mask): Raster {
  const data = new Uint8Array(coverage.data.length * 4);
  for (let i = 0, j = 0, k = 0; k < data.length; i++, j += colors.channels, k += 4) {
    data[k] = colors.data[j]!;
    data[k + 1] = colors.data[j + 1]!;
    data[k + 2] = colors.data[j + 2]!;
    data[k + 3] = 255 - coverage.data[i]!;
  }
  return createRaster(colors.width, colors.height, 4, data);
}
