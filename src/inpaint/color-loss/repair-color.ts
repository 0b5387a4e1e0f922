import { MaskwrightError } from '../../errors.js';
import { assertSameSize, createRaster, type Raster, sampleMaximum, toEightBit } from '../../raster/index.js';

/** How the visible part of an image relates to what is said to be its original. */
export interface OriginalMatch {
  /**
   * `same`: every visible sample is equal. `edited`: most are equal, some differ. `recompressed`: nearly all
   * differ a little. `shifted`: equal, or nearly so, at another place. `other`: another image.
   */
  readonly kind: 'same' | 'edited' | 'recompressed' | 'shifted' | 'other';
  /** Share of the visible pixels that are equal. */
  readonly equal: number;
  /** Mean difference of visible samples, in levels of 255. */
  readonly difference: number;
  /** Where the image has to be moved to match, for `shifted`. */
  readonly shift: { readonly x: number; readonly y: number };
}

/** An image with its colors restored. */
export interface Repaired {
  readonly raster: Raster;
  readonly match: OriginalMatch;
  /** Pixels whose color is another than before, to the exact sample. */
  readonly changed: number;
}

/**
 * The image with the original's exact colors wherever it is not fully opaque; alpha and opaque pixels stay.
 * The original may have the wider samples: the result then has them too.
 *
 * Throws `SIZE_MISMATCH` for another size, and `ORIGINAL_MISMATCH` where the visible pixels show that it is
 * shifted or is another image. Edits and recompression are left to the caller to tell.
 */
export function repairFromOriginal(image: Raster, original: Raster): Repaired {
  assertOriginalSize(image, original);
  const match = matchOriginal(image, original);
  if (match.kind === 'shifted') {
    throw new MaskwrightError(
      'ORIGINAL_MISMATCH',
      `the original is shifted against the image by ${-match.shift.x}, ${-match.shift.y} pixels`,
      { hint: 'crop or move it so that both show the same pixels' },
    );
  }
  if (match.kind === 'other') {
    throw new MaskwrightError(
      'ORIGINAL_MISMATCH',
      `the visible pixels differ by ${match.difference.toFixed(1)} levels on average: this is not the image's original`,
      { hint: 'name the image that the transparent one was made from' },
    );
  }
  const maximum = Math.max(sampleMaximum(image), sampleMaximum(original));
  const count = image.width * image.height;
  const data = maximum === 255 ? new Uint8Array(count * 4) : new Uint16Array(count * 4);
  const imageScale = maximum / sampleMaximum(image);
  const originalScale = maximum / sampleMaximum(original);
  const opaque = sampleMaximum(image);
  let changed = 0;
  for (let i = 0; i < count; i++) {
    const at = i * image.channels;
    const from = i * original.channels;
    const to = i * 4;
    const alpha = image.channels === 4 ? image.data[at + 3]! : opaque;
    for (let c = 0; c < 3; c++) {
      data[to + c] =
        alpha === opaque && match.kind !== 'same'
          ? image.data[at + c]! * imageScale
          : original.data[from + c]! * originalScale;
    }
    data[to + 3] = alpha * imageScale;
    if (
      data[to] !== image.data[at]! * imageScale ||
      data[to + 1] !== image.data[at + 1]! * imageScale ||
      data[to + 2] !== image.data[at + 2]! * imageScale
    ) {
      changed++;
    }
  }
  return { raster: createRaster(image.width, image.height, 4, data), match, changed };
}

/** Equal samples: recompression and resizing leave few pixels untouched. */
const MOSTLY_EQUAL = 0.5;
/** Mean levels beyond which it is no compression any more. */
const RECOMPRESSED_DIFFERENCE = 12;
const LARGEST_SHIFT = 12;
const SHIFT_SAMPLES = 6000;

/** Compares the visible (opaque) pixels of an image with an original of the same size. */
export function matchOriginal(image: Raster, original: Raster): OriginalMatch {
  const a = toEightBit(image);
  const b = toEightBit(original);
  let visible = 0;
  let equal = 0;
  let sum = 0;
  for (let i = 0; i < a.width * a.height; i++) {
    if (a.channels === 4 && a.data[i * 4 + 3] !== 255) continue;
    visible++;
    const off = differenceAt(a, b, i, i);
    sum += off;
    if (off === 0) equal++;
  }
  const difference = visible === 0 ? 0 : sum / visible / 3;
  const share = visible === 0 ? 1 : equal / visible;
  const still = { x: 0, y: 0 };
  if (share === 1) {
    return { kind: 'same', equal: 1, difference: 0, shift: still };
  }
  if (share >= MOSTLY_EQUAL) {
    return { kind: 'edited', equal: share, difference, shift: still };
  }
  const shift = findShift(a, b);
  if (shift.x !== 0 || shift.y !== 0) {
    return { kind: 'shifted', equal: share, difference, shift };
  }
  const kind = difference <= RECOMPRESSED_DIFFERENCE ? 'recompressed' : 'other';
  return { kind, equal: share, difference, shift: still };
}

/** The shift of the original under which some visible pixels agree far better than in place; 0, 0 where there is none. */
function findShift(a: Raster, b: Raster): { x: number; y: number } {
  const { width, height } = a;
  const margin = Math.min(LARGEST_SHIFT, Math.floor((Math.min(width, height) - 1) / 4));
  const pixels: number[] = [];
  const stride = Math.max(Math.floor((width * height) / SHIFT_SAMPLES), 1);
  for (let i = 0; i < width * height; i += stride) {
    const x = i % width;
    const y = Math.floor(i / width);
    const inside = x >= margin && x < width - margin && y >= margin && y < height - margin;
    if (inside && (a.channels === 3 || a.data[i * 4 + 3] === 255)) pixels.push(i);
  }
  const differenceAtShift = (x: number, y: number): number => {
    let sum = 0;
    for (const i of pixels) {
      sum += differenceAt(a, b, i, i + y * width + x);
    }
    return sum;
  };
  const inPlace = differenceAtShift(0, 0);
  let best = { x: 0, y: 0 };
  let least = inPlace;
  for (let y = -margin; y <= margin; y++) {
    for (let x = -margin; x <= margin; x++) {
      const difference = differenceAtShift(x, y);
      if (difference < least) {
        least = difference;
        best = { x, y };
      }
    }
  }
  return least < 0.6 * inPlace ? best : { x: 0, y: 0 };
}

function differenceAt(a: Raster, b: Raster, i: number, j: number): number {
  const p = i * a.channels;
  const q = j * b.channels;
  return (
    Math.abs(a.data[p]! - b.data[q]!) +
    Math.abs(a.data[p + 1]! - b.data[q + 1]!) +
    Math.abs(a.data[p + 2]! - b.data[q + 2]!)
  );
}

function assertOriginalSize(image: Raster, original: Raster): void {
  const scaled =
    Math.abs(image.width * original.height - image.height * original.width) <=
    Math.max(original.width, original.height);
  const hint = scaled
    ? 'one of them was scaled: bring the original to the size of the image first'
    : 'both must show the same pixels';
  assertSameSize('the image', image, 'the original', original, hint);
}
