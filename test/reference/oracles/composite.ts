import type { AlphaRule, BlendMode } from '../../../src/engine/index.js';

export interface Pixel {
  readonly rgb: readonly number[];
  readonly alpha: number;
}

/** One pixel, everything 0..1, by the formulas of W3C's Compositing and Blending Level 1, premultiplied. */
export function slowComposite(back: Pixel, front: Pixel, share: number, blend: BlendMode, rule: AlphaRule): Pixel {
  const source = front.alpha * share;
  const kept = {
    over: back.alpha * (1 - source),
    conjoint: Math.max(back.alpha - source, 0),
    mix: back.alpha * (1 - share),
  }[rule];
  const alpha = source + kept;
  const rgb = back.rgb.map((b, c) => {
    const f = front.rgb[c]!;
    const mixed = (1 - back.alpha) * f + back.alpha * slowBlend(blend, b, f);
    return alpha === 0 ? b * (1 - share) + mixed * share : (source * mixed + kept * b) / alpha;
  });
  return { rgb, alpha };
}

function slowBlend(mode: BlendMode, cb: number, cs: number): number {
  switch (mode) {
    case 'normal':
      return cs;
    case 'multiply':
      return cb * cs;
    case 'screen':
      return 1 - (1 - cb) * (1 - cs);
    case 'overlay':
      return slowBlend('hard-light', cs, cb);
    case 'darken':
      return cb < cs ? cb : cs;
    case 'lighten':
      return cb > cs ? cb : cs;
    case 'add':
      return cb + cs > 1 ? 1 : cb + cs;
    case 'subtract':
      return cb - cs < 0 ? 0 : cb - cs;
    case 'difference':
      return cb > cs ? cb - cs : cs - cb;
    case 'hard-light':
      return cs <= 0.5 ? slowBlend('multiply', cb, 2 * cs) : slowBlend('screen', cb, 2 * cs - 1);
    case 'soft-light': {
      const d = cb <= 0.25 ? ((16 * cb - 12) * cb + 4) * cb : Math.sqrt(cb);
      return cs <= 0.5 ? cb - (1 - 2 * cs) * cb * (1 - cb) : cb + (2 * cs - 1) * (d - cb);
    }
    case 'color-dodge':
      return cb === 0 ? 0 : cs === 1 ? 1 : Math.min(1, cb / (1 - cs));
    case 'color-burn':
      return cb === 1 ? 1 : cs === 0 ? 0 : 1 - Math.min(1, (1 - cb) / cs);
  }
}
