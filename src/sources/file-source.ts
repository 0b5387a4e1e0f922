import { MaskwrightError } from '../errors.js';
import { invertMask } from '../engine/index.js';
import { type DecodedImage, decodeMask, type ImageSource } from '../io/image/decode-image.js';
import { resizeMask } from '../raster/index.js';
import type { FoundMask, SourceSettings } from './sources.js';

type Fitted = Pick<DecodedImage, 'raster' | 'name'>;

/** A mask file's luma, 255 = selected. Throws `SIZE_MISMATCH` unless masks may be resized. */
export async function fromFile(
  source: { readonly kind?: 'file'; readonly path: ImageSource; readonly invert?: boolean | undefined },
  image: Fitted | Promise<Fitted>,
  settings: Pick<SourceSettings, 'resizeMasks'>,
): Promise<FoundMask> {
  const [{ mask: decoded, warnings }, { raster, name }] = await Promise.all([decodeMask(source.path), image]);
  const label = typeof source.path === 'string' ? source.path : 'buffer';
  const { width, height } = raster;
  const fits = decoded.width === width && decoded.height === height;
  if (!fits && settings.resizeMasks !== true) {
    throw new MaskwrightError(
      'SIZE_MISMATCH',
      `the mask ${label} is ${decoded.width} x ${decoded.height}, the image ${name} is ${width} x ${height}`,
      { hint: 'use a mask of the same size, or --resize-masks' },
    );
  }
  const mask = fits ? decoded : resizeMask(decoded, { width, height });
  return {
    label,
    mask: source.invert === true ? invertMask(mask) : mask,
    warnings,
    provenance: { mask: label },
  };
}
