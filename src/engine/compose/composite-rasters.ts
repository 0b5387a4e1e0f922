import { assertInRange } from '../../errors.js';
import { assertSameSize, createRaster, type Mask, type Raster, sampleMaximum } from '../../raster/index.js';
import { BLEND_FUNCTIONS, type BlendFunction, type BlendMode } from './blend-modes.js';
import { type Coverage, COVERAGE_ONE } from './coverage.js';
import { mixRows } from './mix-rows.js';

/** Every `AlphaRule`. */
export const ALPHA_RULES = ['conjoint', 'over', 'mix'] as const;

/**
 * What transparency in the images does, with o the overlay's alpha times mask and opacity and b the
 * background's alpha:
 * `conjoint`: the overlay covers the background as far as it goes, alpha max(o, b). The same as `over` where
 * the background is opaque; and a cut-out laid on itself stays as it is.
 * `over`: W3C's source-over, alpha o + b (1 - o): for layers that have nothing to do with each other.
 * `mix`: the mask fades from the background to the overlay with its transparency.
 */
export type AlphaRule = (typeof ALPHA_RULES)[number];

/** How the overlay is laid on. */
export interface CompositeOptions {
  /** Where, and how much of, the overlay goes; everywhere when left out. */
  readonly mask?: Mask | Coverage | undefined;
  /** 0..1, times the mask. */
  readonly opacity?: number | undefined;
  /** How the colors act on each other. */
  readonly blend?: BlendMode | undefined;
  /** What transparency in the images does. */
  readonly alpha?: AlphaRule | undefined;
}

/** Defaults of `CompositeOptions`. */
export const COMPOSITE_DEFAULTS = {
  opacity: 1,
  blend: 'normal',
  alpha: 'conjoint',
} as const satisfies CompositeOptions;

/**
 * Composites the overlay on the background through the mask: straight alpha, rounded once. The result has alpha where
 * the background or, with `mix`, the overlay has it, and the wider of both bit depths. Where it is fully
 * transparent, colors are mixed as if they were not.
 *
 * An image composited on itself with `normal` is unchanged (except by `over`, where it is half transparent).
 * Throws `SIZE_MISMATCH`; `OPTION_RANGE` for an opacity out of range.
 */
export function compositeRasters(background: Raster, overlay: Raster, options: CompositeOptions = {}): Raster {
  const { mask } = options;
  const opacity = assertInRange('the opacity', options.opacity ?? COMPOSITE_DEFAULTS.opacity, 0, 1);
  const blend = options.blend ?? COMPOSITE_DEFAULTS.blend;
  const alpha = options.alpha ?? COMPOSITE_DEFAULTS.alpha;
  assertSameSize('the background', background, 'the overlay', overlay);
  if (mask !== undefined) {
    assertSameSize('the background', background, 'the mask', mask);
  }
  const maximum = Math.max(sampleMaximum(background), sampleMaximum(overlay)) as 255 | 65535;
  if (maximum === 255 && background.channels === 3 && overlay.channels === 3) {
    return compositeOpaque(background, overlay, mask, opacity, blend);
  }
  return compositeAny(background, overlay, mask, opacity, BLEND_FUNCTIONS[blend], alpha, maximum);
}

/** The last table: an image that is composited some rows at a time needs it again and again. */
let lastLut = { full: 0, opacity: 0, table: new Uint16Array() };

/** Steps of `COVERAGE_ONE` for each value of the mask, opacity included. */
function coverageLut(mask: Mask | Coverage | undefined, opacity: number): Uint16Array {
  const full = mask?.kind === 'coverage' ? COVERAGE_ONE : 255;
  if (lastLut.full !== full || lastLut.opacity !== opacity) {
    const steps = (value: number): number => Math.round((value / full) * opacity * COVERAGE_ONE);
    lastLut = { full, opacity, table: Uint16Array.from({ length: full + 1 }, (_, value) => steps(value)) };
  }
  return lastLut.table;
}

function compositeOpaque(
  background: Raster,
  overlay: Raster,
  mask: Mask | Coverage | undefined,
  opacity: number,
  blend: BlendMode,
): Raster {
  const { width, height, data: back } = background;
  const front = overlay.data;
  const out = new Uint8Array(back.length);
  const table = coverageLut(mask, opacity);
  const plane = mask?.data;
  const constant = table[table.length - 1]!;
  if (blend === 'normal') {
    mixRows(out, back as Uint8Array, front as Uint8Array, sharesOf(mask, opacity, table, width * height));
    return createRaster(width, height, 3, out);
  }
  const differences = differenceTable(blend);
  for (let i = 0, j = 0; j < out.length; i++, j += 3) {
    const share = plane === undefined ? constant : table[plane[i]!]!;
    for (let k = j; k < j + 3; k++) {
      const b = back[k]!;
      out[k] = b + ((differences[(b << 8) | front[k]!]! * share + (1 << 21)) >> 22);
    }
  }
  return createRaster(width, height, 3, out);
}

/** The share of the overlay in each pixel, opacity included. */
function sharesOf(mask: Mask | Coverage | undefined, opacity: number, table: Uint16Array, count: number): Uint16Array {
  if (mask?.kind === 'coverage' && opacity === 1) {
    return mask.data;
  }
  if (mask === undefined) {
    return new Uint16Array(count).fill(table[table.length - 1]!);
  }
  const shares = new Uint16Array(count);
  const { data } = mask;
  for (let i = 0; i < count; i++) {
    shares[i] = table[data[i]!]!;
  }
  return shares;
}

const differenceTables = new Map<BlendMode, Int16Array>();

/** For each background and overlay value what blending adds to the background, in steps of 1/128. */
function differenceTable(mode: BlendMode): Int16Array {
  const known = differenceTables.get(mode);
  if (known !== undefined) {
    return known;
  }
  const blend = BLEND_FUNCTIONS[mode];
  const table = new Int16Array(65536);
  differenceTables.set(mode, table);
  for (let b = 0; b < 256; b++) {
    for (let s = 0; s < 256; s++) {
      table[(b << 8) | s] = Math.round((blend(b / 255, s / 255) * 255 - b) * 128);
    }
  }
  return table;
}

function compositeAny(
  background: Raster,
  overlay: Raster,
  mask: Mask | Coverage | undefined,
  opacity: number,
  blend: BlendFunction,
  rule: AlphaRule,
  maximum: 255 | 65535,
): Raster {
  const { width, height, channels: backChannels, data: back } = background;
  const { channels: frontChannels, data: front } = overlay;
  const count = width * height;
  const channels = backChannels === 4 || (rule === 'mix' && frontChannels === 4) ? 4 : 3;
  const out = maximum === 255 ? new Uint8Array(count * channels) : new Uint16Array(count * channels);
  const backScale = 1 / sampleMaximum(background);
  const frontScale = 1 / sampleMaximum(overlay);
  const plane = mask?.data;
  const shareScale = opacity / (mask?.kind === 'coverage' ? COVERAGE_ONE : 255);
  const plain = blend === BLEND_FUNCTIONS.normal;
  for (let i = 0, j = 0, k = 0, o = 0; i < count; i++, j += backChannels, k += frontChannels, o += channels) {
    const share = plane === undefined ? opacity : plane[i]! * shareScale;
    const backAlpha = backChannels === 4 ? back[j + 3]! * backScale : 1;
    const frontAlpha = frontChannels === 4 ? front[k + 3]! * frontScale : 1;
    const over = share * frontAlpha;
    const under =
      rule === 'mix'
        ? backAlpha * (1 - share)
        : rule === 'over'
          ? backAlpha * (1 - over)
          : backAlpha > over
            ? backAlpha - over
            : 0;
    const alpha = over + under;
    const weight = alpha > 0 ? over / alpha : share;
    for (let c = 0; c < 3; c++) {
      const b = back[j + c]! * backScale;
      const f = front[k + c]! * frontScale;
      const s = plain ? f : f + (blend(b, f) - f) * backAlpha;
      out[o + c] = (b + (s - b) * weight) * maximum + 0.5;
    }
    if (channels === 4) {
      out[o + 3] = alpha * maximum + 0.5;
    }
  }
  return createRaster(width, height, channels, out);
}
