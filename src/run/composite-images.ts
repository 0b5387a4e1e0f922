import type { CombineMode, CompositeOptions, MaskOperations } from '../engine/index.js';
import { assertNormalizeLevel } from '../engine/tone/normalize-mask.js';
import type { ImageSource } from '../io/image/decode-image.js';
import { filePlace } from '../recipe/file-place.js';
import { literal } from '../recipe/interpolate.js';
import { createPipeline } from './pipeline.js';

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
  /** Contrast of each mask: 0 as it is, 1 stretched, 2 to 5 steeper. */
  readonly normalizeLevel?: number;
  /** How several masks become one. Default `mean`. */
  readonly combine?: CombineMode;
  /** What is done to the mask they make together. */
  readonly mask?: MaskOperations;
  /** Also write the mask that was used. */
  readonly saveMask?: string;
  /** Larger files, sooner written. */
  readonly fast?: boolean;
  /** Scale what has another size than the background, instead of refusing it. */
  readonly resizeMasks?: boolean;
  readonly resizeOverlay?: boolean;
}

/** What a composite wrote, and through which masks. */
export interface CompositeResult {
  readonly output: string | undefined;
  /** The encoded image, where no output was named. */
  readonly data: Uint8Array | undefined;
  readonly mask: string | undefined;
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
  readonly bitDepth: 8 | 16;
  /** Mean coverage of the overlay, 0..1, opacity left out. */
  readonly share: number;
  /** What the masks were, in the order in which they were combined. */
  readonly masks: readonly string[];
  readonly warnings: readonly string[];
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
  const { masks = [], invertMasks = [], normalizeLevel = 0, output, saveMask, combine = 'mean' } = options;
  const { blend, alpha, opacity, fast, resizeMasks, resizeOverlay, mask } = options;
  assertNormalizeLevel(normalizeLevel);
  // Bytes have no path: they are passed separately, under a name that no file has.
  const files = new Map<string, Uint8Array>();
  const nameOf = (source: ImageSource): string => {
    if (typeof source === 'string') {
      return literal(source);
    }
    const name = `buffer ${files.size + 1}`;
    files.set(name, source);
    return name;
  };
  const own = normalizeLevel === 0 ? undefined : { normalize: normalizeLevel };
  const place = output === undefined ? {} : filePlace(output);
  const saved = saveMask === undefined ? undefined : literal(saveMask);
  const pipeline = createPipeline(
    {
      resizeMasks,
      sources: [
        ...masks.map((path) => ({ kind: 'file', path: nameOf(path), mask: own }) as const),
        ...invertMasks.map((path) => ({ kind: 'file', path: nameOf(path), invert: true, mask: own }) as const),
      ],
      combine,
      mask,
      outputs: [
        {
          kind: 'composite',
          ...place,
          overlay: nameOf(options.overlay),
          resizeOverlay,
          blend,
          alpha,
          opacity,
          saveMask: saved,
          fast,
        },
      ],
    },
    { files, write: output !== undefined },
  );
  const { background } = options;
  const input = typeof background === 'string' ? background : { name: 'buffer', data: background };
  try {
    const { outputs, files: written, width, height, warnings } = await pipeline.runTask(input);
    const report = outputs[0] as unknown as Pick<CompositeResult, 'mask' | 'channels' | 'bitDepth' | 'share' | 'masks'>;
    const { channels, bitDepth, share } = report;
    return {
      output,
      data: written[0]!.data,
      mask: report.mask,
      width: width!,
      height: height!,
      channels,
      bitDepth,
      share,
      masks: report.masks,
      warnings,
    };
  } finally {
    await pipeline.close();
  }
}
