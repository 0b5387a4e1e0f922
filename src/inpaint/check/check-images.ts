import { type Mask, maskFromRaster, toAlphaPlane } from '../../raster/index.js';
import { compareHiddenColor, type HiddenColorDifference } from '../color-loss/compare-hidden-color.js';
import { type ColorLoss, detectColorLoss, LOST_SHARE } from '../color-loss/detect-color-loss.js';
import { COLOR_LOSS_HINT, formatColorLoss } from '../color-loss/format-color-loss.js';
import { hasTransparency } from '../has-transparency.js';
import type { Target } from '../targets/target.js';
import { checkFile } from './check-file.js';
import { checkMask, checkPolarity, checkTransparentRegion } from './check-mask.js';
import type { CheckedImage, Finding } from './finding.js';
import { guessPolarity, type PolarityGuess } from './guess-polarity.js';

/** All that `checkImages` found in an image and its mask. */
export interface CheckResult {
  readonly findings: readonly Finding[];
  readonly colorLoss: ColorLoss;
  /** How hidden color differs from the original; undefined where none was named. */
  readonly colorDifference: HiddenColorDifference | undefined;
  /** Which pixels a gray mask seems to select; undefined without one. */
  readonly polarity: PolarityGuess | undefined;
  /** No finding is an error. */
  readonly valid: boolean;
}

/**
 * Whether an image and its mask are valid for inpainting: with `target`, or, without one, in general.
 * With the image's original, color under transparency is compared with it instead of being judged by its texture.
 *
 * Throws `SIZE_MISMATCH` for an original of another size.
 */
export function checkImages(
  image: CheckedImage,
  mask: CheckedImage | undefined,
  target: Target | undefined,
  original?: Pick<CheckedImage, 'name' | 'raster'>,
): CheckResult {
  const colorLoss = detectColorLoss(image.raster);
  const colorDifference = original === undefined ? undefined : compareHiddenColor(image.raster, original.raster);
  const maskFindings = mask === undefined ? [] : checkMask(mask, image, target);
  const isMask = !maskFindings.some(({ code }) => code === 'swapped' || code === 'mask-photograph');
  const polarity =
    mask === undefined || !isMask || (target !== undefined && target.carrier !== 'mask-file')
      ? undefined
      : guessPolarity(maskFromRaster(mask.raster).mask);
  const region = transparentRegion(image, mask, target);
  const findings = [
    ...(colorDifference === undefined
      ? checkColor(colorLoss, image.name)
      : checkOriginal(colorDifference, image.name, original!.name)),
    ...checkFile(image, target),
    ...checkCarrier(image, mask, target),
    ...maskFindings,
    ...(polarity === undefined ? [] : checkPolarity(polarity, target)),
    ...(region === undefined || target === undefined ? [] : checkTransparentRegion(region.name, region.alpha, target)),
  ];
  return {
    findings,
    colorLoss,
    colorDifference,
    polarity,
    valid: findings.every(({ severity }) => severity !== 'error'),
  };
}

function checkColor(loss: ColorLoss, name: string): Finding[] {
  const message = formatColorLoss(loss, name);
  return message === undefined ? [] : [{ code: 'color-lost', severity: 'error', message, hint: COLOR_LOSS_HINT }];
}

function checkOriginal({ share, difference }: HiddenColorDifference, name: string, original: string): Finding[] {
  return share <= LOST_SHARE
    ? []
    : [
        {
          code: 'color-lost',
          severity: 'error',
          message:
            `the color under ${(share * 100).toFixed(1)} % of the transparent pixels of ${name} is not that of ` +
            `${original}: ${difference.toFixed(1)} levels of 255 off on average`,
          hint: `put it back: maskwright repair ${name} --from ${original} -o <repaired>`,
        },
      ];
}

/** The alpha that a target reads as the mask. */
function transparentRegion(
  image: CheckedImage,
  mask: CheckedImage | undefined,
  target: Target | undefined,
): { readonly name: string; readonly alpha: Mask } | undefined {
  if (target?.carrier === 'image-alpha') {
    return { name: image.name, alpha: toAlphaPlane(image.raster) };
  }
  return target?.carrier === 'mask-alpha' && mask !== undefined
    ? { name: mask.name, alpha: toAlphaPlane(mask.raster) }
    : undefined;
}

/** Where the mask is, held against where the target reads it. */
function checkCarrier(image: CheckedImage, mask: CheckedImage | undefined, target: Target | undefined): Finding[] {
  const transparent = hasTransparency(image.raster);
  if (target === undefined) {
    return transparent || mask !== undefined
      ? []
      : [
          {
            code: 'no-selection',
            severity: 'error',
            message: `${image.name} has no transparent pixels, and no mask was named: nothing says where to paint`,
            hint: 'name a mask, or make the region transparent with maskwright inpaint',
          },
        ];
  }
  if (target.carrier === 'image-alpha') {
    return transparent
      ? []
      : [
          {
            code: 'no-transparency',
            severity: 'error',
            message: `${image.name} has no transparent pixels, and ${target.title} paints what is transparent`,
            hint: `maskwright inpaint ${image.name} -m ${mask?.name ?? '<mask>'} --target ${target.name}`,
          },
        ];
  }
  return [
    ...(mask === undefined
      ? [
          {
            code: 'mask-missing',
            severity: 'note',
            message: `${target.title} takes a separate mask; none was named, and only the image was checked`,
          } as const,
        ]
      : []),
    ...(transparent
      ? [
          {
            code: 'transparency',
            severity: 'error',
            message: `${image.name} has transparent pixels; ${target.title} takes an opaque image and a separate mask`,
            hint: `let --target ${target.name} write both`,
          } as const,
        ]
      : []),
  ];
}
