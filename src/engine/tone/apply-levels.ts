import { assertInRange, invalidOption } from '../../errors.js';
import type { Mask } from '../../raster/index.js';
import { applyLut } from './apply-lut.js';

/** Points of a levels curve, as in the Levels dialog of Photoshop and GIMP. */
export interface LevelsOptions {
  /** Value that becomes `outBlack`, with everything below; 0..254. */
  readonly black?: number | undefined;
  /** Value that becomes `outWhite`, with everything above; above `black`, up to 255. */
  readonly white?: number | undefined;
  /** Gamma of what is between, 0.01..9.99: above 1 lightens. */
  readonly gray?: number | undefined;
  /** Range of the result, 0..255; `outBlack` above `outWhite` inverts. */
  readonly outBlack?: number | undefined;
  readonly outWhite?: number | undefined;
}

/** The levels that change nothing. */
export const LEVELS_DEFAULTS = {
  black: 0,
  white: 255,
  gray: 1,
  outBlack: 0,
  outWhite: 255,
} as const satisfies LevelsOptions;

/**
 * The Levels operation of Photoshop and GIMP: `black..white` becomes `outBlack..outWhite`, with the gamma
 * `gray`, rounded. Throws `OPTION_RANGE` for points out of range or out of order.
 */
export function applyLevels(mask: Mask, options: LevelsOptions): Mask {
  return applyLut(mask, levelsLut(options));
}

/** The table of `applyLevels`. */
export function levelsLut(options: LevelsOptions): Uint8Array {
  const black = assertInRange('the black point', options.black ?? LEVELS_DEFAULTS.black, 0, 255);
  const white = assertInRange('the white point', options.white ?? LEVELS_DEFAULTS.white, 0, 255);
  const gray = assertInRange('the gray point', options.gray ?? LEVELS_DEFAULTS.gray, 0.01, 9.99);
  const outBlack = assertInRange('the lowest output level', options.outBlack ?? LEVELS_DEFAULTS.outBlack, 0, 255);
  const outWhite = assertInRange('the highest output level', options.outWhite ?? LEVELS_DEFAULTS.outWhite, 0, 255);
  if (black >= white) {
    throw invalidOption('the black point', `below the white point, ${white}`, black, 'to invert a mask, use invert');
  }
  return Uint8Array.from({ length: 256 }, (_, value) => {
    const linear = Math.min(Math.max((value - black) / (white - black), 0), 1);
    return Math.round(outBlack + (outWhite - outBlack) * linear ** (1 / gray));
  });
}
