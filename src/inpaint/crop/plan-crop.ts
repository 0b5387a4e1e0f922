import { MaskwrightError } from '../../errors.js';
import type { Bounds, Size } from '../../raster/index.js';
import { nearestSize, type SizePlan } from '../targets/fit-size.js';

/** Sides of a crop: no program that paints takes more. */
export const CROP_SIDE = { least: 8, most: 4096 } as const;

/** How much of the image goes with the selection, and to which size. */
export interface PlanCropOptions {
  /** How much larger than the selection the window is, each way. At least 1. */
  readonly context: number;
  /** The long side of the result, or its exact size; left out, the window keeps the image's own scale. */
  readonly size?: number | Size | undefined;
  /** Both sides of the result are multiples of it. */
  readonly multipleOf: number;
  /** Shapes (width / height) to choose from; the one that adds least is taken. Left out, the selection's own. */
  readonly aspects?: readonly number[] | undefined;
  /** The only sizes of the result, where `size` is left out: the one whose shape adds least is taken. */
  readonly sizes?: readonly Size[] | undefined;
  /** A rectangle around the selection that the window holds too, without context of its own. */
  readonly contain?: Bounds | undefined;
}

/** What `planCrop` takes for what was left out. */
export const PLAN_CROP_DEFAULTS = { context: 1.2, multipleOf: 8 } as const satisfies PlanCropOptions;

/**
 * The window around a selection and the size it is painted at. The window has the result's shape to less than
 * a pixel, contains the whole selection, and is shifted to stay inside the image; only where it is larger
 * than the image does it reach outside, evenly on both sides.
 */
export function planCrop(selection: Bounds, image: Size, options: PlanCropOptions = PLAN_CROP_DEFAULTS): SizePlan {
  const { context, multipleOf } = options;
  const held = options.contain ?? selection;
  const wanted = {
    width: Math.max(selection.width * context, held.width),
    height: Math.max(selection.height * context, held.height),
  };
  const size = options.size ?? (options.sizes === undefined ? undefined : nearestSize(wanted, options.sizes));
  const exact = typeof size === 'object' ? size : undefined;
  if (exact !== undefined && (exact.width % multipleOf !== 0 || exact.height % multipleOf !== 0)) {
    throw new MaskwrightError(
      'OPTION_RANGE',
      `the size ${exact.width} x ${exact.height} is not made of multiples of ${multipleOf}`,
      { hint: 'give another size, or another --multiple-of' },
    );
  }
  const aspect = exact === undefined ? nearestAspect(wanted, options.aspects) : exact.width / exact.height;
  const shaped = growTo(wanted, aspect);
  if (size === undefined) {
    const span = (length: number): number => Math.max(Math.ceil(Math.ceil(length - 1e-9) / multipleOf), 1) * multipleOf;
    const own = { width: span(shaped.width), height: span(shaped.height) };
    return { window: place(selection, held, own, image), size: own };
  }
  const result = exact ?? sizeOfLongSide(size as number, aspect, multipleOf);
  const window = growTo(wanted, result.width / result.height);
  const whole = {
    width: Math.max(Math.ceil(window.width - 1e-9), held.width),
    height: Math.max(Math.ceil(window.height - 1e-9), held.height),
  };
  return { window: place(selection, held, whole, image), size: result };
}

/**
 * What a crop is, in words: its window, its scale, what lies outside the image, and, where the long side was
 * asked for, how to get a square.
 */
export function describeCrop({ window, size }: SizePlan, image: Size, asked?: number | Size): string[] {
  const scale = size.width / window.width;
  const outside = [
    -Math.min(window.x, 0),
    -Math.min(window.y, 0),
    Math.max(window.x + window.width - image.width, 0),
    Math.max(window.y + window.height - image.height, 0),
  ];
  return [
    `${window.width} x ${window.height} at ${window.x},${window.y} as ${size.width} x ${size.height}, ` +
      (scale === 1 ? 'at its own scale' : `scaled ${scale.toFixed(2)} times`),
    ...(typeof asked === 'number' && size.width !== size.height
      ? [`${asked} is the long side; --square makes it ${asked} x ${asked}`]
      : []),
    ...(outside.some((px) => px > 0)
      ? [`the window reaches ${Math.max(...outside)} px beyond the image: its edge pixels are repeated there`]
      : []),
  ];
}

function nearestAspect(wanted: Size, aspects: readonly number[] | undefined): number {
  const own = wanted.width / wanted.height;
  if (aspects === undefined || aspects.length === 0) {
    return own;
  }
  const added = (aspect: number): number => Math.max(aspect / own, own / aspect);
  return aspects.reduce((best, aspect) => (added(aspect) < added(best) ? aspect : best));
}

function growTo({ width, height }: Size, aspect: number): Size {
  return width / height < aspect ? { width: height * aspect, height } : { width, height: width / aspect };
}

function sizeOfLongSide(longSide: number, aspect: number, multipleOf: number): Size {
  const snap = (length: number): number => Math.max(Math.round(length / multipleOf), 1) * multipleOf;
  return aspect >= 1
    ? { width: snap(longSide), height: snap(longSide / aspect) }
    : { width: snap(longSide * aspect), height: snap(longSide) };
}

function place(selection: Bounds, held: Bounds, window: Size, image: Size): Bounds {
  const along = (at: 'x' | 'y', length: 'width' | 'height'): number => {
    const side = window[length];
    if (side >= image[length]) {
      return Math.ceil((image[length] - side) / 2) + 0;
    }
    const centered = Math.round(selection[at] + selection[length] / 2 - side / 2);
    const holding = Math.min(Math.max(centered, held[at] + held[length] - side), held[at]);
    return Math.min(Math.max(holding, 0), image[length] - side);
  };
  return { x: along('x', 'width'), y: along('y', 'height'), ...window };
}
