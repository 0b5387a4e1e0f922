/** Every `BlendMode`. */
export const BLEND_MODES = [
  'normal',
  'multiply',
  'screen',
  'overlay',
  'darken',
  'lighten',
  'add',
  'subtract',
  'difference',
  'soft-light',
  'hard-light',
  'color-dodge',
  'color-burn',
] as const;

/**
 * How the overlay's color acts on the background's, channel by channel, by W3C's Compositing and Blending
 * Level 1 on values as they are stored; `add` and `subtract` (background minus overlay) stop at the ends.
 */
export type BlendMode = (typeof BLEND_MODES)[number];

/** Background and overlay, 0..1, to the blended color. */
export type BlendFunction = (background: number, overlay: number) => number;

export const BLEND_FUNCTIONS: Readonly<Record<BlendMode, BlendFunction>> = {
  normal: (_b, s) => s,
  multiply: (b, s) => b * s,
  screen: (b, s) => b + s - b * s,
  overlay: (b, s) => hardLight(s, b),
  darken: (b, s) => Math.min(b, s),
  lighten: (b, s) => Math.max(b, s),
  add: (b, s) => Math.min(b + s, 1),
  subtract: (b, s) => Math.max(b - s, 0),
  difference: (b, s) => Math.abs(b - s),
  'soft-light': (b, s) => {
    if (s <= 0.5) {
      return b - (1 - 2 * s) * b * (1 - b);
    }
    const lightened = b <= 0.25 ? ((16 * b - 12) * b + 4) * b : Math.sqrt(b);
    return b + (2 * s - 1) * (lightened - b);
  },
  'hard-light': hardLight,
  'color-dodge': (b, s) => (b === 0 ? 0 : s === 1 ? 1 : Math.min(1, b / (1 - s))),
  'color-burn': (b, s) => (b === 1 ? 1 : s === 0 ? 0 : 1 - Math.min(1, (1 - b) / s)),
};

function hardLight(b: number, s: number): number {
  return s <= 0.5 ? b * 2 * s : b + (2 * s - 1) - b * (2 * s - 1);
}
