import {
  createRaster,
  type Mask,
  type Raster,
  resizeMask,
  resizeRaster,
  type Size,
  toEightBit,
} from '../../raster/index.js';
import {
  comesBackInShape,
  describeFit,
  FIT_SIZE_DEFAULTS,
  fitSize,
  nearestSize,
  type FitSizeOptions,
  type SizePlan,
} from './fit-size.js';
import { hasTransparency } from '../has-transparency.js';
import { maskForTarget, withTargetAlpha } from './mask-for-target.js';
import type { Target } from './target.js';
import { cutMaskWindow, cutWindow } from '../crop/window.js';

/** The images that a program takes, and how they came out of the original. */
export interface PreparedImages {
  /** 8-bit; RGB, or RGBA where its transparency is the mask. */
  readonly image: Raster;
  /** The mask in the program's own convention; absent where the image carries it. */
  readonly mask: Mask | Raster | undefined;
  readonly plan: SizePlan;
  /** Coverage at the window's own resolution, 255 = painted: what the result may change. */
  readonly stitchMask: Mask;
  readonly warnings: readonly string[];
}

/** How the images may be brought to what a program takes. */
export interface PrepareOptions extends FitSizeOptions {
  /** The mask extends the image: some programs turn it round for that. */
  readonly outpainting?: boolean | undefined;
}

/**
 * Brings an image and a mask (255 = paint here) into the form that a program takes: size, polarity,
 * carrier and values as its record says. An image's own transparency is left out, its colors are kept:
 * the programs would read it as a mask.
 *
 * Throws `TARGET_LIMIT` where a limit is broken and `fitTarget` is off.
 */
export function prepareForTarget(
  image: Raster,
  mask: Mask,
  target: Target,
  options: PrepareOptions = FIT_SIZE_DEFAULTS,
): PreparedImages {
  const plan = fitSize(image, target, options);
  const prepared = prepareForPlan(image, mask, target, plan, options);
  return { ...prepared, warnings: [...prepared.warnings, ...describeFit(image, plan, target)] };
}

/** As `prepareForTarget`, with the window and size already chosen. */
export function prepareForPlan(
  image: Raster,
  mask: Mask,
  target: Target,
  plan: SizePlan,
  options: Pick<PrepareOptions, 'outpainting'> = {},
): PreparedImages {
  const eightBit = toEightBit(image);
  const colors = resizeRaster(cutWindow(eightBit, plan.window), plan.size);
  const stitchMask = cutMaskWindow(mask, plan.window);
  const { coverage, file } = maskForTarget(resizeMask(stitchMask, plan.size), target, options.outpainting);
  return {
    image: target.carrier === 'image-alpha' ? withTargetAlpha(colors, coverage) : withoutAlpha(colors),
    mask: file,
    plan,
    stitchMask,
    warnings: [...warningsFor(image, coverage, target), ...warnOfShape(plan.size, target)],
  };
}

/** The record's call or click, for files that were written. */
export function describeNextStep(
  target: Target,
  files: { readonly image: string; readonly mask?: string | undefined },
  size: Size,
  outpainting = false,
): string {
  const step = outpainting ? (target.outpainting?.nextStep ?? target.nextStep) : target.nextStep;
  return step
    .replaceAll('{image}', files.image)
    .replaceAll('{mask}', files.mask ?? '')
    .replaceAll('{answer}', sizeText(target.answerSizes === undefined ? size : nearestSize(size, target.answerSizes)))
    .replaceAll('{width}', String(size.width))
    .replaceAll('{height}', String(size.height));
}

function sizeText({ width, height }: Size): string {
  return `${width}x${height}`;
}

function withoutAlpha(raster: Raster): Raster {
  if (raster.channels === 3) {
    return raster;
  }
  const data = new Uint8Array(raster.width * raster.height * 3);
  for (let j = 0, k = 0; k < data.length; j += 4, k += 3) {
    data[k] = raster.data[j]!;
    data[k + 1] = raster.data[j + 1]!;
    data[k + 2] = raster.data[j + 2]!;
  }
  return createRaster(raster.width, raster.height, 3, data);
}

function warnOfShape(size: Size, target: Target): string[] {
  return comesBackInShape(size, target)
    ? []
    : [
        `${target.title} answers in ${target.answerSizes!.map(sizeText).join(', ')}: an image of ${sizeText(size)} ` +
          'comes back in another shape, and stitch refuses it; --fit-target pads it to one of these',
      ];
}

function warningsFor(image: Raster, coverage: Mask, target: Target): string[] {
  const warnings: string[] = [];
  if (coverage.data.every((value) => value === 0)) {
    warnings.push(`the mask for ${target.title} selects nothing`);
  } else if (coverage.data.every((value) => value === 255)) {
    warnings.push(`the mask for ${target.title} selects the whole image`);
  }
  if (image.data instanceof Uint16Array) {
    warnings.push(`${target.title} takes 8 bits a channel: the 16-bit image was rounded`);
  }
  if (hasTransparency(image)) {
    warnings.push("the image's own transparency is left out of the files, for it would be read as a mask");
  }
  return warnings;
}
