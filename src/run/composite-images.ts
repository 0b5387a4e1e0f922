import type { CombineMode, CompositeOptions, MaskOperations } from '../engine/index.js';
import type { ImageSource } from '../io/image/decode-image.js';
import { compositeJob, type CompositeResult } from '../outputs/composite-output.js';

/** The images and masks of a composite, and how they go together. */
export interface CompositeImagesOptions extends Pick<CompositeOptions, 'blend' | 'alpha' | 'opacity'> {
  /** A path, or the bytes of an encoded image; so are all others. */
  readonly background: ImageSource;
  readonly overlay: ImageSource;
  /** A path; without, the PNG is in the result's `data`. */
  readonly output?: string;
  /** The overlay shows where these are bright. */
  readonly masks?: readonly ImageSource[];
  /** The overlay shows where these are dark. */
  readonly invertMasks?: readonly ImageSource[];
  /** Contrast of each mask: 0 as it is, 1 stretched, 2 to 5 ever steeper. */
  readonly normalizeLevel?: number;
  /** How several masks become one. Default `mean`. */
  readonly combine?: CombineMode;
  /** What is done to the mask they make together. */
  readonly shape?: Omit<MaskOperations, 'normalize'>;
  /** Also write the mask that was used. */
  readonly saveMask?: string;
  /** Larger files, sooner written. */
  readonly fast?: boolean;
  /** Scale what has another size than the background, instead of refusing it. */
  readonly resizeMasks?: boolean;
  readonly resizeOverlay?: boolean;
}

/**
 * Lays the overlay on the background through the mean of the masks; without masks, half and half. What
 * `maskwright composite` does, and within one level of what maskilayer's `comp_images` does.
 *
 * Throws `MaskwrightError`: `INPUT_*`, `SIZE_MISMATCH`, `OPTION_RANGE`, `OUTPUT_*`.
 *
 * @example
 * import { compositeImages } from 'maskwright';
 *
 * await compositeImages({ background: 'a.png', overlay: 'b.png', masks: ['where.png'], output: 'mixed.png' });
 */
export async function compositeImages(options: CompositeImagesOptions): Promise<CompositeResult> {
  const { masks = [], invertMasks = [], normalizeLevel, shape, ...rest } = options;
  return compositeJob({
    ...rest,
    masks: [...masks.map((image) => ({ image })), ...invertMasks.map((image) => ({ image, invert: true }))],
    shape: { ...shape, normalize: normalizeLevel },
    provenance: { command: 'compositeImages' },
  });
}
