import { MaskwrightError } from '../errors.js';
import { invertMask } from '../engine/index.js';
import { type DecodedImage, decodeMask } from '../io/decode-image.js';
import { resizeMask } from '../raster/index.js';
import type { FoundMask, MaskSource, SourceSettings } from './sources.js';

/** A mask file's luma, 255 = selected. Throws `SIZE_MISMATCH` unless masks may be resized. */
export async function fromFile(
  source: Extract<MaskSource, { kind: 'file' }>,
  image: Pick<DecodedImage, 'raster' | 'name'>,
  settings: Pick<SourceSettings, 'resizeMasks'>,
): Promise<FoundMask> {
  const { mask: decoded, warnings } = await decodeMask(source.path);
  const { width, height } = image.raster;
  const fits = decoded.width === width && decoded.height === height;
  if (!fits && settings.resizeMasks !== true) {
    throw new MaskwrightError(
      'SIZE_MISMATCH',
      `the mask ${source.path} is ${decoded.width} x ${decoded.height}, the picture ${image.name} is ${width} x ${height}`,
      { hint: 'use a mask of the same size, or --resize-masks' },
    );
  }
  const mask = fits ? decoded : resizeMask(decoded, { width, height });
  return {
    label: source.path,
    mask: source.invert === true ? invertMask(mask) : mask,
    warnings,
    story: { mask: source.path },
  };
}
