import { MaskwrightError } from '../../errors.js';
import { assertSameSize, type Bounds, type Size } from '../../raster/index.js';

/** A click on an image, in pixels: (0, 0) is the top left corner of the image. */
export interface SeedPoint {
  readonly x: number;
  readonly y: number;
  /** Whether the thing is here (the default), or is not. */
  readonly include?: boolean | undefined;
}

/** Strokes on an image: for each pixel 1 where the thing is, 2 where it is not, and 0 elsewhere. */
export interface Scribble extends Size {
  readonly data: Uint8Array;
}

/** What is known of a thing: points, boxes around it, and strokes. */
export interface Seeds {
  readonly points?: readonly SeedPoint[] | undefined;
  /** The thing is inside one of the boxes. */
  readonly boxes?: readonly Bounds[] | undefined;
  /** Of the size of the image. */
  readonly scribble?: Scribble | undefined;
}

/** The values of `Scribble.data`. */
export const SCRIBBLE_VALUES = { none: 0, include: 1, exclude: 2 } as const;

/** More points than this are refused: they are strokes, and belong into a scribble. */
export const MAX_SEED_POINTS = 1000;

/**
 * Throws `OPTION_RANGE` unless seeds lie inside the image and say where the thing is: points and boxes outside the
 * image, boxes without area, a point that includes and excludes, more than `MAX_SEED_POINTS` points, no point, box or stroke that includes anything.
 */
export function assertSeeds({ points = [], boxes = [], scribble }: Seeds, { width, height }: Size): void {
  const size = `${width} x ${height}`;
  if (points.length > MAX_SEED_POINTS) {
    throw new MaskwrightError('OPTION_RANGE', `there are ${points.length} points, but at most ${MAX_SEED_POINTS}`, {
      hint: 'draw strokes into a file and use it as scribble',
    });
  }
  for (const { x, y } of points) {
    if (!(x >= 0 && y >= 0 && x < width && y < height)) {
      throw new MaskwrightError('OPTION_RANGE', `the point ${x},${y} is outside the image of ${size} pixels`, {
        hint: `x is from 0 to ${width - 1}, y from 0 to ${height - 1}`,
      });
    }
  }
  const signs = new Map<string, boolean>();
  for (const { x, y, include = true } of points) {
    const pixel = `${Math.floor(x)},${Math.floor(y)}`;
    if (signs.get(pixel) === !include) {
      throw new MaskwrightError('OPTION_RANGE', `the point ${pixel} both includes and excludes`, {
        hint: 'leave one of the two out',
      });
    }
    signs.set(pixel, include);
  }
  for (const box of boxes) {
    const name = `the box ${box.x},${box.y},${box.width},${box.height}`;
    if (!(box.width > 0 && box.height > 0)) {
      throw new MaskwrightError('OPTION_RANGE', `${name} has no area`, { hint: 'a box is x,y,width,height' });
    }
    if (!(box.x < width && box.y < height && box.x + box.width > 0 && box.y + box.height > 0)) {
      throw new MaskwrightError('OPTION_RANGE', `${name} is outside the image of ${size} pixels`, {
        hint: 'a box is x,y,width,height in pixels of the image',
      });
    }
  }
  if (scribble !== undefined) {
    assertSameSize('the scribble', scribble, 'the image', { width, height }, 'draw on a copy of the image');
  }
  const includes =
    boxes.length > 0 ||
    points.some(({ include = true }) => include) ||
    (scribble?.data.includes(SCRIBBLE_VALUES.include) ?? false);
  if (!includes) {
    throw new MaskwrightError('OPTION_RANGE', 'nothing says where the thing is', {
      hint: 'add a point on it, a box around it, or a green stroke',
    });
  }
}
