import { assertInRange } from '../../errors.js';
import { createMask, type Mask } from '../../raster/index.js';
import { gaussianBlur } from './gaussian-blur.js';
import { invertMask } from '../tone/invert-mask.js';
import { openEnvelopes } from '../distance/envelope-rows.js';

/** Every `FeatherSide`. */
export const FEATHER_SIDES = ['both', 'outward', 'inward'] as const;
/** Every `FeatherFalloff`. */
export const FEATHER_FALLOFFS = ['linear', 'smooth', 'cubic'] as const;

/** On which side of the edge a mask fades. */
export type FeatherSide = (typeof FEATHER_SIDES)[number];
/** How a mask fades with the distance from its edge. */
export type FeatherFalloff = (typeof FEATHER_FALLOFFS)[number];

/** Options of `feather`. */
export interface FeatherOptions {
  /**
   * `both`: a Gaussian over the edge, with sigma half the radius, so that all but 5 % of the change lies
   * within the radius of the edge. `outward`: what is selected stays so, and fades out over the radius by
   * distance. `inward`: what is not selected stays so.
   */
  readonly side?: FeatherSide | undefined;
  /**
   * How coverage falls with t, from 0 at the edge to 1 past the radius, on one side: `linear` 1 - t;
   * `smooth` 1 - t²(3 - 2t); `cubic` (1 - t)³, which falls at once and fades long.
   */
  readonly falloff?: FeatherFalloff | undefined;
}

/** Defaults of `FeatherOptions`. */
export const FEATHER_DEFAULTS = { side: 'both', falloff: 'smooth' } as const satisfies FeatherOptions;

/**
 * The mask with its edges faded over `radiusPx`. On one side the edge is that of what is selected (128 and
 * more), the pixel at distance d from it has t = d / (radius + 1), and softness that was there stays where it
 * is stronger. Inward is the dual of outward.
 *
 * Throws `OPTION_RANGE` for a negative radius.
 *
 * @example
 * import { dilate, feather, type Mask } from 'maskwright/engine';
 *
 * const mask: Mask = { kind: 'mask', width: 64, height: 64, data: new Uint8Array(64 * 64) };
 * const soft = feather(dilate(mask, 6), 8, { side: 'outward' });
 */
export function feather(mask: Mask, radiusPx: number, options: FeatherOptions = {}): Mask {
  assertInRange("the feather's radius", radiusPx, 0, 20000);
  if (radiusPx === 0) {
    return mask;
  }
  const falloff = FALLOFFS[options.falloff ?? FEATHER_DEFAULTS.falloff];
  switch (options.side ?? FEATHER_DEFAULTS.side) {
    case 'both':
      return gaussianBlur(mask, radiusPx / 2);
    case 'outward':
      return fadeOutward(mask, radiusPx, falloff);
    case 'inward':
      return invertMask(fadeOutward(invertMask(mask), radiusPx, falloff));
  }
}

const FALLOFFS: Readonly<Record<FeatherFalloff, (t: number) => number>> = {
  linear: (t) => 1 - t,
  smooth: (t) => 1 - t * t * (3 - 2 * t),
  cubic: (t) => (1 - t) ** 3,
};

function fadeOutward(mask: Mask, radiusPx: number, falloff: (t: number) => number): Mask {
  const { width, height } = mask;
  const span = radiusPx + 1;
  // By squared distance: no two pixels are farther apart than the corners.
  const table = new Uint8Array(Math.min(Math.ceil(span * span), (width - 1) ** 2 + (height - 1) ** 2 + 1));
  for (let square = 0; square < table.length; square++) {
    table[square] = Math.round(255 * Math.max(falloff(Math.sqrt(square) / span), 0));
  }
  const out = mask.data.slice();
  const envelopes = openEnvelopes(mask, { cap: Math.min(Math.floor(span) + 1, height, 65_535), table });
  for (let y = height - 1; y >= 0; y--) {
    const count = envelopes.step(y);
    if (count > 0) {
      envelopes.raiseNear(count, out, y * width);
    }
  }
  return createMask(width, height, out);
}
