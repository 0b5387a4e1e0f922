import { channelMask } from '../engine/color/channel-mask.js';
import { chromaKey } from '../engine/color/chroma-key.js';
import { invertMask } from '../engine/index.js';
import type { DecodedImage } from '../io/image/decode-image.js';
import type { FoundMask, MaskSource } from './sources.js';
import { labelOf } from './source-labels.js';

/** A channel of the image itself as a mask, or what of it has a color. */
export function fromImage(
  source: Extract<MaskSource, { kind: 'channel' | 'key' }>,
  image: Pick<DecodedImage, 'raster'>,
): FoundMask {
  const mask =
    source.kind === 'channel'
      ? channelMask(image.raster, source.channel, { normalize: source.normalize })
      : chromaKey(image.raster, source.color, source);
  return {
    label: labelOf(source),
    mask: source.invert === true ? invertMask(mask) : mask,
    warnings: [],
    provenance: { ...source },
  };
}
