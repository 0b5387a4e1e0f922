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

/** What to do to a mask. Whatever is left out is not done; the order of the fields is the order of doing. */
export interface MaskOperations {
  /** Level of `normalizeMask`: a whole number, 0 (off) and up. */
  readonly normalize?: number | undefined;
  readonly levels?: LevelsOptions | undefined;
  /** Makes the mask binary. */
  readonly threshold?: MaskThreshold | undefined;
  /** Radius of an opening: specks and thin lines go. */
  readonly open?: Length | undefined;
  /** Radius of a closing: small gaps are filled. */
  readonly close?: Length | undefined;
  /** `true`, or up to which size. */
  readonly fillHoles?: boolean | Area | undefined;
  /** Parts smaller than this go. */
  readonly removeSmall?: Area | undefined;
  /** How many parts stay, the largest first. */
  readonly keepLargest?: number | undefined;
  /** By how much to grow; negative shrinks. */
  readonly grow?: Length | undefined;
  /** What `open`, `close` and `grow` grow and shrink by. */
  readonly element?: StructuringElement | undefined;
  /** Over how much to fade the edge. */
  readonly feather?: Length | undefined;
  readonly featherSide?: FeatherSide | undefined;
  readonly featherFalloff?: FeatherFalloff | undefined;
  readonly invert?: boolean | undefined;
}

/** What `applyMaskOperations` takes for what an operation leaves open. */
export const MASK_OPERATION_DEFAULTS = {
  element: MORPHOLOGY_DEFAULTS.element,
  featherSide: FEATHER_DEFAULTS.side,
  featherFalloff: FEATHER_DEFAULTS.falloff,
} as const satisfies MaskOperations;

/**
 * The mask shaped by any of the operations, always in this order: normalize, levels, threshold, open, close,
 * fill holes, drop small components, keep largest, grow or shrink, feather, invert. Masks are combined before.
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

/** What says how, and nothing of what. */
const MANNERS: readonly string[] = Object.keys(MASK_OPERATION_DEFAULTS);

/** Whether nothing is asked for that would change a mask. */
export function isEmptyMaskOperations(options: MaskOperations): boolean {
  return Object.entries(options).every(
    ([name, value]) => value === undefined || value === false || MANNERS.includes(name),
  );
}
