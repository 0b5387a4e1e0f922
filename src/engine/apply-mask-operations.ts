import { invalidOption, MaskwrightError } from '../errors.js';
import type { Mask, Raster } from '../raster/index.js';
import { applyLevels, type LevelsOptions } from './tone/apply-levels.js';
import { closeMask } from './morphology/close-mask.js';
import { dilate } from './morphology/dilate.js';
import { erode } from './morphology/erode.js';
import { feather, FEATHER_DEFAULTS, type FeatherFalloff, type FeatherSide } from './filters/feather.js';
import { fillHoles } from './components/fill-holes.js';
import { invertMask } from './tone/invert-mask.js';
import { keepLargest } from './components/keep-largest.js';
import { makeTrimap } from './matting/make-trimap.js';
import { matte } from './matting/matte.js';
import { normalizeMask } from './tone/normalize-mask.js';
import { openMask } from './morphology/open-mask.js';
import { type Area, type Length, parseLength } from './parse-length.js';
import { removeSmallComponents } from './components/remove-small-components.js';
import { MORPHOLOGY_DEFAULTS, type StructuringElement } from './morphology/structuring-element.js';
import { type MaskThreshold, thresholdMask } from './threshold/threshold-mask.js';

/** The operations on a mask. Omitted ones are skipped; they run in the order of the fields. */
export interface MaskOperations {
  /** Level of `normalizeMask`: a whole number, 0 (off) and up. */
  readonly normalize?: number | undefined;
  readonly levels?: LevelsOptions | undefined;
  /** Makes the mask binary. */
  readonly threshold?: MaskThreshold | undefined;
  /** Radius of an opening, which removes specks and thin lines. */
  readonly open?: Length | undefined;
  /** Radius of a closing, which fills small gaps. */
  readonly close?: Length | undefined;
  /** `true` for all holes, or the largest area that is filled. */
  readonly fillHoles?: boolean | Area | undefined;
  /** Components smaller than this area are removed. */
  readonly removeSmall?: Area | undefined;
  /** The number of largest components that are kept. */
  readonly keepLargest?: number | undefined;
  /** Radius of a dilation; negative for an erosion. */
  readonly grow?: Length | undefined;
  /** The structuring element of `open`, `close` and `grow`. */
  readonly element?: StructuringElement | undefined;
  /**
   * Alpha from the image's colors in a band around the edge, for hair and fur: `true` or `'auto'`, or how far the band
   * reaches to either side.
   */
  readonly matte?: boolean | Length | undefined;
  /** Radius over which the edge fades. */
  readonly feather?: Length | undefined;
  readonly featherSide?: FeatherSide | undefined;
  readonly featherFalloff?: FeatherFalloff | undefined;
  readonly invert?: boolean | undefined;
}

/** What `matte` takes in addition to the mask. */
export interface MatteInput {
  /** The image of the mask, of its size. */
  readonly image: Raster;
  /** Solved instead of a trimap made of the mask. */
  readonly trimap?: Mask | undefined;
  /** The alpha itself, solved elsewhere: by a model. */
  readonly alpha?: Mask | undefined;
}

/** Defaults of the settings that operations share. */
export const MASK_OPERATION_DEFAULTS = {
  element: MORPHOLOGY_DEFAULTS.element,
  featherSide: FEATHER_DEFAULTS.side,
  featherFalloff: FEATHER_DEFAULTS.falloff,
} as const satisfies MaskOperations;

/**
 * Applies the operations to a mask, always in this order: normalize, levels, threshold, open, close, fill
 * holes, remove small components, keep largest, grow or shrink, matte, feather, invert. Lengths are pixels or
 * percent of the diagonal, areas pixels or percent of all pixels. Combine masks before.
 *
 * Throws `OPTION_RANGE` for any value out of range, and `USAGE` for a matte without an image.
 *
 * @param input the image that `matte` follows
 *
 * @example
 * import { type Mask, applyMaskOperations } from 'maskwright/engine';
 *
 * const forInpainting = (mask: Mask): Mask => applyMaskOperations(mask, { removeSmall: '0.1%', grow: 12, feather: '0.5%' });
 */
export function applyMaskOperations(mask: Mask, options: MaskOperations, input?: MatteInput): Mask {
  let shaped = shapeMask(mask, options);
  if (hasMatte(options)) {
    if (input === undefined) {
      throw new MaskwrightError('USAGE', 'matte follows the colors of an image, but there is none', {
        hint: 'pass the image of the mask',
      });
    }
    shaped = input.alpha ?? matte(input.image, input.trimap ?? makeTrimap(shaped, { width: bandOf(options) }));
  }
  if (options.feather !== undefined) {
    const radius = parseLength(options.feather, mask);
    if (radius < 0) {
      throw invalidOption('the feather', '0 or more', options.feather);
    }
    shaped = feather(shaped, radius, {
      side: options.featherSide ?? MASK_OPERATION_DEFAULTS.featherSide,
      falloff: options.featherFalloff ?? MASK_OPERATION_DEFAULTS.featherFalloff,
    });
  }
  return options.invert === true ? invertMask(shaped) : shaped;
}

/** Whether the operations include a matte. */
export function hasMatte({ matte: wanted }: MaskOperations): boolean {
  return wanted !== undefined && wanted !== false;
}

/** The trimap that `matte` solves where it gets none: of the mask after all operations that come before. */
export function trimapOfMask(mask: Mask, options: MaskOperations): Mask {
  return makeTrimap(shapeMask(mask, options), { width: bandOf(options) });
}

function bandOf({ matte: wanted }: MaskOperations): Length | undefined {
  return typeof wanted === 'boolean' || wanted === 'auto' ? undefined : wanted;
}

/** All operations before `matte`. */
function shapeMask(mask: Mask, options: MaskOperations): Mask {
  const element = { element: options.element ?? MASK_OPERATION_DEFAULTS.element };
  const pixels = (length: Length): number => parseLength(length, mask);
  let shaped = mask;
  if (options.normalize !== undefined) {
    shaped = normalizeMask(shaped, options.normalize);
  }
  if (options.levels !== undefined) {
    shaped = applyLevels(shaped, options.levels);
  }
  if (options.threshold !== undefined) {
    shaped = thresholdMask(shaped, options.threshold);
  }
  if (options.open !== undefined) {
    shaped = openMask(shaped, pixels(options.open), element);
  }
  if (options.close !== undefined) {
    shaped = closeMask(shaped, pixels(options.close), element);
  }
  if (options.fillHoles !== undefined && options.fillHoles !== false) {
    shaped = fillHoles(shaped, options.fillHoles === true ? undefined : options.fillHoles);
  }
  if (options.removeSmall !== undefined) {
    shaped = removeSmallComponents(shaped, options.removeSmall);
  }
  if (options.keepLargest !== undefined) {
    shaped = keepLargest(shaped, options.keepLargest);
  }
  if (options.grow !== undefined) {
    const radius = pixels(options.grow);
    shaped = radius < 0 ? erode(shaped, -radius, element) : dilate(shaped, radius, element);
  }
  return shaped;
}

/** Settings that change nothing by themselves. */
const SETTINGS: readonly string[] = Object.keys(MASK_OPERATION_DEFAULTS);

/** Whether no operation is set that could change a mask. */
export function isEmptyMaskOperations(options: MaskOperations): boolean {
  return Object.entries(options).every(
    ([name, value]) => value === undefined || value === false || SETTINGS.includes(name),
  );
}
