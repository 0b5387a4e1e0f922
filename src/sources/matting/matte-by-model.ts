import { TRIMAP, TRIMAP_MARGIN } from '../../engine/matting/make-trimap.js';
import type { ImageMatter } from '../../models/vitmatte/image-matter.js';
import {
  assertSameSize,
  type Bounds,
  createMask,
  cropMask,
  cropRaster,
  flatten,
  type Mask,
  type Raster,
  toEightBit,
} from '../../raster/index.js';

/** Sides of the windows that a model works on, at most: its memory grows with the square of their area. */
const WINDOW_SIDE = 1024;
/** What a window shows around the band, and what neighboring windows have in common. */
const CONTEXT_PX = 64;

/**
 * The alpha of a trimap's unknown pixels by a model, at the image's own resolution. A small band is solved in one window
 * around it; a larger one in overlapping windows, each of whose alphas counts more the farther it is from the window's
 * sides. Windows without unknown pixels are left out.
 *
 * @param image 8 or 16 bit; transparent pixels are laid on white
 * @param trimap 0 background, 255 foreground, between = unknown
 * @returns 0 and 255 where the trimap is, alpha in [0, 255] between
 * @throws `SIZE_MISMATCH` where sizes differ
 */
export async function matteByModel(
  image: Raster,
  trimap: Mask,
  model: Pick<ImageMatter, 'solve'>,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Mask> {
  assertSameSize('the image', image, 'the trimap', trimap);
  const { width, height } = image;
  const known = createMask(width, height, trimap.data.map(toKnown));
  const sums = new Float32Array(known.data.length);
  const weights = new Float32Array(known.data.length);
  for (const window of matteWindows(known)) {
    const part = cropMask(known, window);
    if (!part.data.includes(TRIMAP.unknown)) continue;
    const pixels = flatten(toEightBit(cropRaster(image, window)));
    const { data } = await model.solve(pixels, part, options);
    const across = weightsAlong(window.x, window.width, width);
    const down = weightsAlong(window.y, window.height, height);
    for (let y = 0, i = 0; y < window.height; y++) {
      for (let x = 0, to = (window.y + y) * width + window.x; x < window.width; x++, i++, to++) {
        const weight = across[x]! * down[y]!;
        sums[to]! += data[i]! * weight;
        weights[to]! += weight;
      }
    }
  }
  const alpha = known.data.map((value, i) =>
    value === TRIMAP.unknown ? Math.round(Math.min(Math.max(sums[i]! / weights[i]!, 0), 1) * 255) : value,
  );
  return createMask(width, height, alpha);
}

function toKnown(value: number): number {
  if (value < TRIMAP_MARGIN) return TRIMAP.background;
  return value > 255 - TRIMAP_MARGIN ? TRIMAP.foreground : TRIMAP.unknown;
}

/** Windows of at most `WINDOW_SIDE` that cover the unknown pixels with their context, evenly spread. */
function matteWindows(trimap: Mask): Bounds[] {
  const { width, height, data } = trimap;
  let [left, right, top, bottom] = [width, 0, height, 0];
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (data[i] !== TRIMAP.unknown) continue;
      left = Math.min(left, x);
      right = Math.max(right, x + 1);
      top = Math.min(top, y);
      bottom = y + 1;
    }
  }
  if (right === 0) return [];
  const columns = spans(left, right, width);
  return spans(top, bottom, height).flatMap(({ begin: y, length: tall }) =>
    columns.map(({ begin: x, length: wide }) => ({ x, y, width: wide, height: tall })),
  );
}

function spans(from: number, to: number, limit: number): { readonly begin: number; readonly length: number }[] {
  const first = Math.max(from - CONTEXT_PX, 0);
  const total = Math.min(to + CONTEXT_PX, limit) - first;
  const count = total <= WINDOW_SIDE ? 1 : Math.ceil((total - CONTEXT_PX) / (WINDOW_SIDE - CONTEXT_PX));
  const length = Math.min(total, WINDOW_SIDE);
  return Array.from({ length: count }, (_, k) => ({
    begin: first + (count === 1 ? 0 : Math.round((k * (total - length)) / (count - 1))),
    length,
  }));
}

/** Falls off over the context towards sides that are not the image's; never to 0. */
function weightsAlong(begin: number, length: number, limit: number): Float32Array {
  const [fadesBefore, fadesBehind] = [begin > 0, begin + length < limit];
  return Float32Array.from({ length }, (_, k) => {
    const before = fadesBefore ? k + 1 : CONTEXT_PX;
    const behind = fadesBehind ? length - k : CONTEXT_PX;
    return Math.min(before, behind, CONTEXT_PX) / CONTEXT_PX;
  });
}
