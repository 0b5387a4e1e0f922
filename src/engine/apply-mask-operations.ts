import { invalidOption } from '../errors.js';
import type { Mask } from '../raster/index.js';
import { applyLevels, type LevelsOptions } from './tone/apply-levels.js';
import { closeMask } from './morphology/close-mask.js';
import { dilate } from './morphology/dilate.js';
import { erode } from './morphology/erode.js';
import { feather, FEATHER_DEFAULTS, type FeatherFalloff, type FeatherSide } from './filters/feather.js';
import { fillHoles } from './components/fill-holes.js';
import { invertMask } from './tone/invert-mask.js';
import { keepLargest } from './components/keep-largest.js';
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
  /** Radius over which the edge fades. */
  readonly feather?: Length | undefined;
  readonly featherSide?: FeatherSide | undefined;
  readonly featherFalloff?: FeatherFalloff | undefined;
  readonly invert?: boolean | undefined;
}

/** Defaults of the settings that operations share. */
export const MASK_OPERATION_DEFAULTS = {
  element: MORPHOLOGY_DEFAULTS.element,
  featherSide: FEATHER_DEFAULTS.side,
  featherFalloff: FEATHER_DEFAULTS.falloff,
} as const satisfies MaskOperations;

/**
 * Applies the operations to a mask, always in this order: normalize, levels, threshold, open, close, fill
 * holes, remove small components, keep largest, grow or shrink, feather, invert. Lengths are pixels or percent
 * of the diagonal, areas pixels or percent of all pixels. Combine masks before.
 *
 * Throws `OPTION_RANGE` for any value out of range.
 *
 * @example
 * import { type Mask, applyMaskOperations } from 'maskwright/engine';
 *
 * const forInpainting = (mask: Mask): Mask => applyMaskOperations(mask, { removeSmall: '0.1%', grow: 12, feather: '0.5%' });
 */
export function applyMaskOperations(mask: Mask, options: MaskOperations): Mask {
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
  if (options.feather !== undefined) {
    const radius = pixels(options.feather);
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

/** Settings that change nothing by themselves. */
const SETTINGS: readonly string[] = Object.keys(MASK_OPERATION_DEFAULTS);

/** Whether no operation is set that could change a mask. */
export function isEmptyMaskOperations(options: MaskOperations): boolean {
  return Object.entries(options).every(
    ([name, value]) => value === undefined || value === false || SETTINGS.includes(name),
  );
}
