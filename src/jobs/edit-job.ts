import { combineMasks, type CombineMode, shapeMask, type ShapeOptions } from '../engine/index.js';
import { MaskwrightError } from '../errors.js';
import { decodeMask, type ImageSource } from '../io/decode-image.js';
import { encodeImage, formatForPath } from '../io/encode-image.js';
import { STDIO } from '../io/read-input.js';
import { requireWritable, writeFiles } from '../io/write-files.js';
import { type Bounds, resizeMask } from '../raster/index.js';
import { measureMask } from './mask-job.js';
import { type Story, storyText } from './story.js';

export interface EditJobOptions {
  /** Mask files; several become one. */
  readonly masks: readonly ImageSource[];
  readonly combine: CombineMode;
  readonly shape: ShapeOptions;
  /** Bring all to the size of the first. */
  readonly resizeMasks?: boolean | undefined;
  /** A path, or `-` for standard output. */
  readonly output: string;
  readonly story: Story;
}

export interface EditResult {
  readonly output: string;
  readonly width: number;
  readonly height: number;
  /** Share of the pixels with 128 and more, 0..1. */
  readonly share: number;
  readonly bounds: Bounds | undefined;
  readonly warnings: readonly string[];
}

/**
 * Combines mask files, shapes the result, and writes it as 8-bit grey. Throws `SIZE_MISMATCH`, `OPTION_RANGE`,
 * `INPUT_*` and `OUTPUT_*`.
 */
export async function editJob(options: EditJobOptions): Promise<EditResult> {
  const { masks, output, shape } = options;
  const format = output === STDIO ? 'png' : formatForPath(output);
  const inputs = masks.filter((source) => typeof source === 'string');
  await requireWritable([output], { inputs });
  const decoded = await Promise.all(masks.map((source) => decodeMask(source)));
  const size = decoded[0]!.mask;
  const fitted = decoded.map(({ mask }, i) => {
    if (options.resizeMasks !== true && (mask.width !== size.width || mask.height !== size.height)) {
      const name = typeof masks[i] === 'string' ? masks[i] : 'a buffer';
      throw new MaskwrightError(
        'SIZE_MISMATCH',
        `${name} is ${mask.width} x ${mask.height}, the first mask is ${size.width} x ${size.height}`,
        { hint: 'use masks of the same size, or --resize-masks' },
      );
    }
    return resizeMask(mask, size);
  });
  const mask = shapeMask(combineMasks(fitted, options.combine), shape);
  const text = storyText({ ...options.story, masks: inputs, combine: options.combine, shape });
  await writeFiles([{ path: output, data: await encodeImage(mask, { format, text }) }], { inputs });
  return {
    output,
    width: mask.width,
    height: mask.height,
    ...measureMask(mask),
    warnings: decoded.flatMap(({ warnings }) => warnings),
  };
}
