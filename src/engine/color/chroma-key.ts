import { MaskwrightError, assertInRange } from '../../errors.js';
import { createMask, type Mask, type Raster, toEightBit } from '../../raster/index.js';
import { CSS_COLORS } from './css-colors.js';

/** A color, each part 0..255. */
export type Rgb = readonly [number, number, number];

/** How near a color must be to the key; distances are those of `chromaKey`. */
export interface ChromaKeyOptions {
  /** How far from the key a color may be and still be selected in full, 0..100. */
  readonly tolerance?: number | undefined;
  /** How much further until nothing of it is selected, 0..100: the soft edge. */
  readonly softness?: number | undefined;
}

/** Defaults of `ChromaKeyOptions`. */
export const CHROMA_KEY_DEFAULTS = { tolerance: 15, softness: 10 } as const satisfies ChromaKeyOptions;

/** Brightness counts this much, so that a lit screen and its shadows are one color. */
const LUMA_WEIGHT = 1 / 3;

/**
 * Selects the pixels of a color: 255 within `tolerance` of it, falling to 0 over `softness`. The distance is
 * Euclidean in YCbCr (BT.601) with brightness at a third, 100 being 255 steps of one axis. Alpha is
 * ignored; 16-bit samples are rounded to 8.
 *
 * Throws `OPTION_RANGE`.
 */
export function chromaKey(raster: Raster, key: Rgb, options: ChromaKeyOptions = {}): Mask {
  const tolerance = assertInRange('the tolerance', options.tolerance ?? CHROMA_KEY_DEFAULTS.tolerance, 0, 100);
  const softness = assertInRange('the softness', options.softness ?? CHROMA_KEY_DEFAULTS.softness, 0, 100);
  const { width, height, channels, data } = toEightBit(raster);
  const inner = tolerance * 2.55;
  const outer = (tolerance + softness) * 2.55;
  const slope = outer > inner ? 255 / (outer - inner) : 0;
  const innerSquared = inner * inner;
  const outerSquared = outer * outer;
  const out = new Uint8Array(width * height);
  for (let i = 0, j = 0; i < out.length; i++, j += channels) {
    const r = data[j]! - key[0];
    const g = data[j + 1]! - key[1];
    const b = data[j + 2]! - key[2];
    const luma = (0.299 * r + 0.587 * g + 0.114 * b) * LUMA_WEIGHT;
    const blueness = -0.168736 * r - 0.331264 * g + 0.5 * b;
    const redness = 0.5 * r - 0.418688 * g - 0.081312 * b;
    const squared = luma * luma + blueness * blueness + redness * redness;
    out[i] = squared <= innerSquared ? 255 : squared >= outerSquared ? 0 : (outer - Math.sqrt(squared)) * slope + 0.5;
  }
  return createMask(width, height, out);
}

/** The color that `text` spells: `#00ff00`, `0f0`, `0,255,0`, or a name of CSS. Throws `USAGE`. */
export function parseColor(text: string): Rgb {
  const trimmed = text.trim();
  const hex = CSS_COLORS.get(trimmed.toLowerCase()) ?? /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(trimmed)?.[1];
  if (hex !== undefined) {
    const long = hex.length === 3 ? hex.replace(/./g, '$&$&') : hex;
    return [0, 2, 4].map((at) => Number.parseInt(long.slice(at, at + 2), 16)) as unknown as Rgb;
  }
  const parts = trimmed.split(/\s*,\s*/).map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : Number.NaN));
  if (parts.length === 3 && parts.every((part) => part <= 255)) {
    return parts as unknown as Rgb;
  }
  throw new MaskwrightError('USAGE', `${JSON.stringify(text)} is not a color`, {
    hint: 'write it as #00ff00, 0f0, 0,255,0, or a name such as green',
  });
}
