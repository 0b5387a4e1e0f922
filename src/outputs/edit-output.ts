import { combineMasks, type CombineMode, shapeMask, type ShapeOptions } from '../engine/index.js';
import { MaskwrightError } from '../errors.js';
import { maskForTarget } from '../inpaint/targets/mask-for-target.js';
import type { Target } from '../inpaint/targets/target.js';
import { decodeImage, decodeMask, type ImageSource } from '../io/image/decode-image.js';
import { encodeImage, formatForPath } from '../io/image/encode-image.js';
import { STDIO } from '../io/files/read-input.js';
import { requireWritable, writeFiles } from '../io/files/write-files.js';
import { type Bounds, resizeMask } from '../raster/index.js';
import { colorWarnings } from './color-warning.js';
import { pathsOfTarget, type TargetOutput } from './inpaint-output.js';
import { measureMask } from './mask-output.js';
import { filesOf } from '../sources/source-labels.js';
import { findInPicture, type PictureSource } from '../sources/sources.js';
import { type Story, storyText } from '../io/image/provenance.js';
import { makeTargetFiles, type TargetReport } from './target-output.js';

export interface EditJobOptions {
  /** Mask files; several become one. */
  readonly masks: readonly ImageSource[];
  /** Masks made of the picture, behind those of the files. */
  readonly sources?: readonly PictureSource[] | undefined;
  /** The picture that the mask belongs to: needed for `sources`, and for all that a program takes. */
  readonly picture?: string | undefined;
  readonly combine: CombineMode;
  readonly shape: ShapeOptions;
  /** Bring all to the size of the first. */
  readonly resizeMasks?: boolean | undefined;
  /** A path, or `-` for standard output. May be left out where a target is written with its picture. */
  readonly output?: string | undefined;
  /** The program that it is written for: only the mask, in its convention, or all it takes of a picture. */
  readonly target?: EditTarget | undefined;
  readonly story: Story;
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
    `${title} reads the mask from the picture's transparency: a mask alone is nothing to it`,
    { hint: 'name the picture: --picture photo.png' },
  );
}

/**
 * Combines mask files, shapes the result, and writes it as 8-bit grey. Throws `SIZE_MISMATCH`, `OPTION_RANGE`,
 * `INPUT_*` and `OUTPUT_*`.
 */
export async function editJob(options: EditJobOptions): Promise<EditResult> {
  const { masks, sources = [], picture, output, shape, target } = options;
  const paths =
    target === undefined || picture === undefined ? undefined : pathsOfTarget(picture, { ...target, text: 'edit' });
  const inputs = [...masks, picture, ...filesOf(sources)].filter((source) => typeof source === 'string');
  await requireWritable(
    [output, ...Object.values(paths ?? {})].filter((path) => path !== undefined),
    { inputs },
  );
  const image = picture === undefined ? undefined : await decodeImage(picture);
  if (sources.length > 0 && image === undefined) {
    throw new MaskwrightError('USAGE', 'channels, colours and depth ranges are those of a picture, and there is none', {
      hint: 'name it: --picture photo.png',
    });
  }
  const decoded = [
    ...(await Promise.all(masks.map((source) => decodeMask(source)))),
    ...(await Promise.all(sources.map((source) => findInPicture(source, image!)))),
  ];
  const size = decoded[0]!.mask;
  const fitted = decoded.map(({ mask }, i) => {
    if (options.resizeMasks !== true && (mask.width !== size.width || mask.height !== size.height)) {
      const name = i >= masks.length ? picture : typeof masks[i] === 'string' ? masks[i] : 'a buffer';
      throw new MaskwrightError(
        'SIZE_MISMATCH',
        `${name} is ${mask.width} x ${mask.height}, the first mask is ${size.width} x ${size.height}`,
        { hint: 'use masks of the same size, or --resize-masks' },
      );
    }
    return resizeMask(mask, size);
  });
  const mask = shapeMask(combineMasks(fitted, options.combine), shape);
  const story = { ...options.story, masks: inputs, combine: options.combine, shape };
  const text = storyText(story);
  if (image !== undefined && (image.raster.width !== mask.width || image.raster.height !== mask.height)) {
    throw new MaskwrightError(
      'SIZE_MISMATCH',
      `${image.name} is ${image.raster.width} x ${image.raster.height}, the mask is ${mask.width} x ${mask.height}`,
    );
  }
  const made =
    target === undefined || image === undefined || paths === undefined
      ? undefined
      : await makeTargetFiles(image, mask, target.choice, { input: picture!, paths, story });
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
      ...(image === undefined ? [] : colorWarnings(image)),
      ...(made?.report.warnings ?? []),
    ],
  };
}
