import { combineMasks, type CombineMode, applyMaskOperations, type MaskOperations } from '../engine/index.js';
import { MaskwrightError } from '../errors.js';
import { maskForTarget } from '../inpaint/targets/mask-for-target.js';
import type { Target } from '../inpaint/targets/target.js';
import { decodeImage, decodeMask, type ImageSource } from '../io/image/decode-image.js';
import { encodeImage, formatForPath } from '../io/image/encode-image.js';
import { STDIO } from '../io/files/read-input.js';
import { assertWritable, writeFiles } from '../io/files/write-files.js';
import { type Bounds, resizeMask } from '../raster/index.js';
import { colorWarnings } from './color-warning.js';
import { pathsOfTarget, type TargetOutput } from './inpaint-output.js';
import { measureMask } from './mask-output.js';
import { filesOf } from '../sources/source-labels.js';
import { findInImage, type PixelSource } from '../sources/sources.js';
import { type Provenance, provenanceText } from '../io/image/provenance.js';
import { makeTargetFiles, type TargetReport } from './target-output.js';

export interface EditJobOptions {
  /** Mask files; several become one. */
  readonly masks: readonly ImageSource[];
  /** Masks made of the image, behind those of the files. */
  readonly sources?: readonly PixelSource[] | undefined;
  /** The image that the mask belongs to: needed for `sources`, and for all that a program takes. */
  readonly image?: string | undefined;
  readonly combine: CombineMode;
  readonly shape: MaskOperations;
  /** Bring all to the size of the first. */
  readonly resizeMasks?: boolean | undefined;
  /** A path, or `-` for standard output. May be left out where a target is written with its image. */
  readonly output?: string | undefined;
  /** The program that it is written for: only the mask, in its convention, or all it takes of an image. */
  readonly target?: EditTarget | undefined;
  readonly provenance: Provenance;
}

export type EditTarget = Omit<TargetOutput, 'text'>;

export interface EditResult {
  readonly output?: string | undefined;
  readonly target?: TargetReport | undefined;
  readonly width: number;
  readonly height: number;
  /** Share of the pixels with 128 and more, 0..1. */
  readonly share: number;
  readonly bounds: Bounds | undefined;
  readonly warnings: readonly string[];
}

/** Throws `USAGE` for a program that takes no mask of its own. */
export function refuseLoneMask({ title }: Target): never {
  throw new MaskwrightError(
    'USAGE',
    `${title} reads the mask from the image's transparency: a mask alone is nothing to it`,
    { hint: 'name the image: --image photo.png' },
  );
}

/**
 * Combines mask files, shapes the result, and writes it as 8-bit gray. Throws `SIZE_MISMATCH`, `OPTION_RANGE`,
 * `INPUT_*` and `OUTPUT_*`.
 */
export async function editJob(options: EditJobOptions): Promise<EditResult> {
  const { masks, sources = [], image, output, shape, target } = options;
  const paths =
    target === undefined || image === undefined ? undefined : pathsOfTarget(image, { ...target, text: 'edit' });
  const inputs = [...masks, image, ...filesOf(sources)].filter((source) => typeof source === 'string');
  await assertWritable(
    [output, ...Object.values(paths ?? {})].filter((path) => path !== undefined),
    { inputs },
  );
  const source = image === undefined ? undefined : await decodeImage(image);
  if (sources.length > 0 && source === undefined) {
    throw new MaskwrightError('USAGE', 'channels, colors and depth ranges are those of an image, and there is none', {
      hint: 'name it: --image photo.png',
    });
  }
  const decoded = [
    ...(await Promise.all(masks.map((item) => decodeMask(item)))),
    ...(await Promise.all(sources.map((item) => findInImage(item, source!)))),
  ];
  const size = decoded[0]!.mask;
  const fitted = decoded.map(({ mask }, i) => {
    if (options.resizeMasks !== true && (mask.width !== size.width || mask.height !== size.height)) {
      const name = i >= masks.length ? image : typeof masks[i] === 'string' ? masks[i] : 'a buffer';
      throw new MaskwrightError(
        'SIZE_MISMATCH',
        `${name} is ${mask.width} x ${mask.height}, the first mask is ${size.width} x ${size.height}`,
        { hint: 'use masks of the same size, or --resize-masks' },
      );
    }
    return resizeMask(mask, size);
  });
  const mask = applyMaskOperations(combineMasks(fitted, options.combine), shape);
  const provenance = { ...options.provenance, masks: inputs, combine: options.combine, shape };
  const text = provenanceText(provenance);
  if (source !== undefined && (source.raster.width !== mask.width || source.raster.height !== mask.height)) {
    throw new MaskwrightError(
      'SIZE_MISMATCH',
      `${source.name} is ${source.raster.width} x ${source.raster.height}, the mask is ${mask.width} x ${mask.height}`,
    );
  }
  const made =
    target === undefined || source === undefined || paths === undefined
      ? undefined
      : await makeTargetFiles(source, mask, target.choice, { input: image!, paths, provenance });
  const alone = target === undefined || image !== undefined ? undefined : target.choice.target;
  const file = alone === undefined ? mask : (maskForTarget(mask, alone).file ?? refuseLoneMask(alone));
  const format = output === undefined || output === STDIO ? 'png' : formatForPath(output);
  await writeFiles(
    [
      ...(made?.files ?? []),
      ...(output === undefined ? [] : [{ path: output, data: await encodeImage(file, { format, text }) }]),
    ],
    { inputs },
  );
  return {
    output,
    target: made?.report,
    width: mask.width,
    height: mask.height,
    ...measureMask(mask),
    warnings: [
      ...decoded.flatMap(({ warnings }) => warnings),
      ...(source === undefined ? [] : colorWarnings(source)),
      ...(made?.report.warnings ?? []),
    ],
  };
}
