import { MaskwrightError } from '../../errors.js';
import type { Bounds, Size } from '../../raster/index.js';
import type { SizeFit, Target, TargetLimits } from './target.js';

/** How an image may be brought to a size that a program takes. */
export interface FitSizeOptions {
  /**
   * How sides become multiples: `pad` extends the image right and down by its edge, `crop` cuts it
   * about its center, `scale` stretches it by less than one multiple.
   */
  readonly fit: SizeFit;
  /** Meet the limits on pixels and sides by scaling, and those on shape by padding (or cropping, with `crop`). */
  readonly fitTarget: boolean;
}

/** What `fitSize` takes for what was left out. */
export const FIT_SIZE_DEFAULTS: FitSizeOptions = { fit: 'pad', fitTarget: false };

/** A part of an image, brought to a size: how a file for a target is made from it, and how it is restored. */
export interface SizePlan {
  /** In pixels of the image; may reach outside it. */
  readonly window: Bounds;
  /** The size that the window is scaled to. */
  readonly size: Size;
}

/**
 * The window and size that a target takes. Throws `TARGET_LIMIT` where the image breaks a limit and
 * `fitTarget` is off, or where no size meets all of them.
 */
export function fitSize(
  image: Size,
  target: Pick<Target, 'title' | 'limits' | 'multipleOf' | 'answerSizes'>,
  options: FitSizeOptions = FIT_SIZE_DEFAULTS,
): SizePlan {
  const broken = brokenLimits(image, target.limits);
  if (broken.length > 0 && !options.fitTarget) {
    throw new MaskwrightError(
      'TARGET_LIMIT',
      `${target.title} does not take ${image.width} x ${image.height}: ${broken.join(', ')}`,
      {
        hint: 'add --fit-target to scale or pad it (how to restore it is recorded), or crop to the mask first: maskwright crop',
      },
    );
  }
  if (options.fitTarget && target.answerSizes !== undefined) {
    return planForSize(image, nearestSize(image, target.answerSizes), options.fit);
  }
  const shaped = shapeWindow(image, target.limits, options.fit);
  let scale = scaleForLimits(shaped, target.limits);
  for (let attempt = 0; attempt < 100; attempt++) {
    const plan = planAtScale(shaped, scale, target.multipleOf, options.fit);
    if (brokenLimits(plan.size, target.limits).length === 0) {
      return plan;
    }
    // Rounding to multiples went over a limit: a little smaller, or larger where the image was too small.
    scale *= scale > 1 ? 1.01 : 0.99;
  }
  throw new MaskwrightError(
    'TARGET_LIMIT',
    `no size of this ${image.width} x ${image.height} image fits ${target.title}`,
    { hint: 'crop it to a shape nearer a square first' },
  );
}

/** The size whose shape is nearest to that of the image. */
export function nearestSize(image: Size, sizes: readonly Size[]): Size {
  const change = (size: Size): number => {
    const ratio = (size.width * image.height) / (size.height * image.width);
    return Math.max(ratio, 1 / ratio);
  };
  return sizes.reduce((best, size) => (change(size) < change(best) ? size : best));
}

/** Whether an image of this size comes back in its own shape, to 2 %, which is what stitching allows. */
export function comesBackInShape(image: Size, { answerSizes }: Pick<Target, 'answerSizes'>): boolean {
  if (answerSizes === undefined) {
    return true;
  }
  const { width, height } = nearestSize(image, answerSizes);
  return Math.abs((width * image.height) / (height * image.width) - 1) <= MAX_STRETCH;
}

/** By how much the sides of a painted image may differ from those that were to be painted, as a ratio less 1. */
export const MAX_STRETCH = 0.02;

/** What was done to a whole image, in words; empty where nothing was. */
export function describeFit(image: Size, { window, size }: SizePlan, { title }: Pick<Target, 'title'>): string[] {
  const change = `from ${image.width} x ${image.height} to ${size.width} x ${size.height}`;
  if (window.width !== size.width || window.height !== size.height) {
    return [`scaled ${change} for ${title}`];
  }
  if (window.width > image.width || window.height > image.height) {
    return [`extended ${change} at its right and bottom edges for ${title}`];
  }
  return window.width < image.width || window.height < image.height ? [`cropped ${change} for ${title}`] : [];
}

/** What of the limits a size breaks, in words that name the limit. */
export function brokenLimits({ width, height }: Size, limits: TargetLimits): string[] {
  const shortest = Math.min(width, height);
  const longest = Math.max(width, height);
  const broken: string[] = [];
  if (limits.square === true && width !== height) broken.push('it must be square');
  if (limits.minSide !== undefined && shortest < limits.minSide)
    broken.push(`sides must be at least ${limits.minSide}`);
  if (limits.maxSide !== undefined && longest > limits.maxSide) broken.push(`sides must be at most ${limits.maxSide}`);
  if (limits.minPixels !== undefined && width * height < limits.minPixels) {
    broken.push(`it must have at least ${limits.minPixels} pixels`);
  }
  if (limits.maxPixels !== undefined && width * height > limits.maxPixels) {
    broken.push(`it must have at most ${limits.maxPixels} pixels`);
  }
  if (limits.maxAspect !== undefined && longest > shortest * limits.maxAspect) {
    broken.push(`the longer side must be at most ${limits.maxAspect} times the shorter`);
  }
  return broken;
}

function shapeWindow(image: Size, limits: TargetLimits, fit: SizeFit): Bounds {
  const aspect = limits.square === true ? 1 : limits.maxAspect;
  const { width, height } = image;
  if (aspect === undefined || Math.max(width, height) <= aspect * Math.min(width, height)) {
    return { x: 0, y: 0, width, height };
  }
  if (fit === 'crop') {
    const size = {
      width: Math.min(width, Math.floor(height * aspect)),
      height: Math.min(height, Math.floor(width * aspect)),
    };
    return centered(image, size);
  }
  return {
    x: 0,
    y: 0,
    width: Math.max(width, Math.ceil(height / aspect)),
    height: Math.max(height, Math.ceil(width / aspect)),
  };
}

/** The whole image in exactly this size: padded or cut to its shape, then scaled. */
function planForSize(image: Size, size: Size, fit: SizeFit): SizePlan {
  const { width, height } = image;
  const across = (height * size.width) / size.height;
  const down = (width * size.height) / size.width;
  if (fit === 'scale') {
    return { window: { x: 0, y: 0, width, height }, size };
  }
  if (fit === 'crop') {
    const inner = {
      width: Math.max(Math.min(width, Math.round(across)), 1),
      height: Math.max(Math.min(height, Math.round(down)), 1),
    };
    return { window: centered(image, inner), size };
  }
  const outer = { width: Math.max(width, Math.round(across)), height: Math.max(height, Math.round(down)) };
  return { window: { x: 0, y: 0, ...outer }, size };
}

function scaleForLimits({ width, height }: Size, limits: TargetLimits): number {
  const shortest = Math.min(width, height);
  const down = Math.min(
    1,
    (limits.maxSide ?? Infinity) / Math.max(width, height),
    Math.sqrt((limits.maxPixels ?? Infinity) / (width * height)),
  );
  const up = Math.max(1, (limits.minSide ?? 0) / shortest, Math.sqrt((limits.minPixels ?? 0) / (width * height)));
  return down < 1 ? down : up;
}

function planAtScale(window: Bounds, scale: number, multipleOf: number, fit: SizeFit): SizePlan {
  const round = fit === 'pad' ? Math.ceil : fit === 'crop' ? Math.floor : Math.round;
  const snap = (length: number): number => {
    const scaled = scale < 1 ? Math.floor(length * scale) : Math.ceil(length * scale);
    return Math.max(round(scaled / multipleOf), 1) * multipleOf;
  };
  const size = { width: snap(window.width), height: snap(window.height) };
  if (fit === 'scale') {
    return { window, size };
  }
  const wanted = {
    width: spanAt(size.width, window.width, scale),
    height: spanAt(size.height, window.height, scale),
  };
  if (fit === 'crop') {
    const inner = centered(window, wanted);
    return { window: { ...inner, x: inner.x + window.x, y: inner.y + window.y }, size };
  }
  return { window: { x: window.x, y: window.y, ...wanted }, size };
}

/** Pixels of the image behind `scaled` pixels of the result; the whole `length` where only rounding differs. */
function spanAt(scaled: number, length: number, scale: number): number {
  const span = Math.round(scaled / scale);
  return scale !== 1 && Math.abs(span - length) * scale < 1 ? length : span;
}

function centered(outer: Size, inner: Size): Bounds {
  return {
    x: Math.floor((outer.width - inner.width) / 2),
    y: Math.floor((outer.height - inner.height) / 2),
    ...inner,
  };
}
