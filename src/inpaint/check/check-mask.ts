import { invertMask } from '../../engine/index.js';
import {
  isFaintMask,
  type Mask,
  maskFromRaster,
  measureMaskValues,
  type Raster,
  SELECTED_FROM,
  stretchMask,
  toAlphaPlane,
  toLuma,
} from '../../raster/index.js';
import { hasTransparency } from '../has-transparency.js';
import type { Target } from '../targets/target.js';
import { checkBytes, checkFormat } from './check-file.js';
import { classifyContent } from './classify-content.js';
import type { CheckedImage, Finding } from './finding.js';
import { CONFIDENT_FROM, guessPolarity, type PolarityGuess } from './guess-polarity.js';

/** The mask file of an image: its size, what it selects, its values and its file. */
export function checkMask(mask: CheckedImage, image: CheckedImage, target: Target | undefined): Finding[] {
  const findings = [...checkMaskSize(mask, image), ...checkContent(mask, image)];
  if (findings.some(({ code }) => code === 'swapped' || code === 'mask-photograph')) {
    return findings;
  }
  if (target?.carrier === 'mask-alpha' && !hasTransparency(mask.raster)) {
    const { selected } = measureMaskValues(toLuma(mask.raster));
    findings.push({
      code: 'mask-alpha',
      severity: 'error',
      message:
        `${mask.name} has no transparency, and ${target.title} paints where the mask is transparent; ` +
        `its brightness selects ${percent(selected)}`,
      hint: `let --target ${target.name} write it`,
    });
    return findings;
  }
  if (target?.carrier === 'image-alpha') {
    return [...findings, ...checkUnusedMask(mask, image, target)];
  }
  if (target?.carrier !== 'mask-alpha') {
    findings.push(...checkPlane(mask, target));
  }
  findings.push(...checkCoverage(mask.name, paintedBy(mask.raster, target), target));
  if (target !== undefined) {
    findings.push(
      ...checkFormat(mask, target, 'mask-format'),
      ...checkBytes(mask, target.limits.maskBytes, 'mask-bytes'),
    );
  }
  return findings;
}

/** The polarity that a gray mask seems to have, held against that of the target. */
export function checkPolarity(guess: PolarityGuess, target: Target | undefined): Finding[] {
  const sure = guess.confidence >= CONFIDENT_FROM;
  if (target === undefined) {
    return [
      {
        code: 'mask-polarity',
        severity: 'note',
        message: `the mask seems to select what is ${guess.paints}${sure ? '' : ', but it could be either'}`,
      },
    ];
  }
  return guess.paints === target.paints
    ? []
    : [
        {
          code: 'mask-polarity',
          severity: sure ? 'error' : 'note',
          message: `${target.title} paints what is ${target.paints}, and the mask looks as if it selected what is ${guess.paints}`,
          hint: 'invert it: maskwright edit <mask> --invert',
        },
      ];
}

/** The transparency of an image or mask that says where to paint: all of it, the wrong side, not the whole range. */
export function checkTransparentRegion(name: string, alpha: Mask, target: Target): Finding[] {
  const painted = invertMask(alpha);
  const { min, peak } = measureMaskValues(painted);
  if (min === 255) {
    return [
      { code: 'mask-full', severity: 'error', message: `every pixel of ${name} is transparent: all would be painted` },
    ];
  }
  if (peak === 0) {
    return [];
  }
  const range: Finding[] = [];
  if (peak < SELECTED_FROM) {
    range.push({
      code: 'mask-faint',
      severity: 'error',
      message: `no pixel of ${name} has an alpha below ${255 - peak}: ${target.title} paints hardly anything`,
      hint: 'what is to be painted must have alpha 0',
    });
  } else if (min > 0 || peak < 255) {
    range.push({
      code: 'alpha-range',
      severity: min > 0 ? 'error' : 'warning',
      message:
        min > 0
          ? `no pixel of ${name} is fully opaque, alpha is ${255 - min} at most: ${target.title} paints a little everywhere`
          : `no pixel of ${name} is fully transparent, alpha is ${255 - peak} at least: ${target.title} keeps a little everywhere`,
      hint: 'what is kept must have alpha 255, and what is painted alpha 0',
    });
  }
  const { paints, confidence } = guessPolarity(painted);
  return paints === 'white' || confidence < CONFIDENT_FROM
    ? range
    : [
        ...range,
        {
          code: 'mask-polarity',
          severity: 'warning',
          message: `${target.title} paints what is transparent, and that is nearly everything: is it inverted?`,
          hint: 'invert it: add --invert where the mask is made',
        },
      ];
}

function checkMaskSize(mask: CheckedImage, image: CheckedImage): Finding[] {
  const { width, height } = image.raster;
  return mask.raster.width === width && mask.raster.height === height
    ? []
    : [
        {
          code: 'mask-size',
          severity: 'error',
          message: `${mask.name} is ${mask.raster.width} x ${mask.raster.height}, ${image.name} is ${width} x ${height}`,
          hint: 'they must be the same size: maskwright inpaint --resize-masks scales a mask',
        },
      ];
}

function checkContent(mask: CheckedImage, image: CheckedImage): Finding[] {
  if (classifyContent(maskFromRaster(mask.raster).mask) !== 'photograph') {
    return [];
  }
  return classifyContent(toLuma(image.raster)) === 'mask'
    ? [
        {
          code: 'swapped',
          severity: 'error',
          message: `${mask.name} looks like a photograph and ${image.name} like a mask: the two seem to be swapped`,
          hint: `maskwright check ${mask.name} ${image.name}`,
        },
      ]
    : [
        {
          code: 'mask-photograph',
          severity: 'error',
          message: `${mask.name} looks like a photograph, not a mask`,
          hint: 'name a black and white image as the mask',
        },
      ];
}

/** A mask file where the target reads the image's transparency: what it selects, and that it is not read. */
function checkUnusedMask(mask: CheckedImage, image: CheckedImage, target: Target): Finding[] {
  const read = maskFromRaster(mask.raster);
  const unread: Finding = {
    code: 'mask-unused',
    severity: 'note',
    message:
      `${target.title} reads the mask from the transparency of ${image.name}, not from ${mask.name}, ` +
      `which selects ${percent(measureMaskValues(read.mask).selected)}`,
  };
  return hasTransparency(image.raster) ? [unread] : [unread, ...checkCoverage(mask.name, read.mask, undefined)];
}

/** Which plane of the file holds the mask, where the target reads brightness. */
function checkPlane(mask: CheckedImage, target: Target | undefined): Finding[] {
  if (!hasTransparency(mask.raster)) {
    return [];
  }
  const inAlpha = maskFromRaster(mask.raster).channel === 'alpha';
  return [
    {
      code: 'mask-alpha',
      severity: 'error',
      message: inAlpha
        ? `the mask of ${mask.name} is in its alpha, and ${target?.title ?? 'many programs'} reads its brightness, which is the same everywhere`
        : `${mask.name} has transparency, which some programs read as the mask instead of its brightness`,
      hint: inAlpha ? 'write it in gray: maskwright edit <mask> -o mask.png' : 'save it without alpha',
    },
  ];
}

function checkCoverage(name: string, coverage: Mask, target: Target | undefined): Finding[] {
  const values = measureMaskValues(coverage);
  if (values.peak === 0 || values.min === 255) {
    const empty = values.peak === 0;
    return [
      {
        code: empty ? 'mask-empty' : 'mask-full',
        severity: 'error',
        message: `${name} selects ${empty ? 'nothing' : 'the whole image'}`,
      },
    ];
  }
  if (values.peak < SELECTED_FROM) {
    return [
      {
        code: 'mask-faint',
        severity: 'error',
        message: `${name} has no value above ${values.peak} of 255, and ${SELECTED_FROM} and more is selected: nothing is`,
        hint: isFaintMask(values)
          ? `--mask-levels auto spreads its values over 0 to 255, and selects ${percent(measureMaskValues(stretchMask(coverage)).selected)}`
          : 'what is to be painted must be white',
      },
    ];
  }
  const soft = coverage.data.reduce((sum, value) => sum + (value === 0 || value === 255 ? 0 : 1), 0);
  if (soft === 0) {
    return [];
  }
  const wantsBinary = target?.values === 'binary';
  return [
    {
      code: 'mask-soft',
      severity: wantsBinary ? 'error' : 'note',
      message:
        `${name} is soft: ${soft} pixels are neither black nor white` +
        (wantsBinary ? `; ${target.title} takes only the two` : ''),
      ...(wantsBinary ? { hint: 'make it binary: maskwright edit <mask> --threshold-mask 128' } : {}),
    },
  ];
}

/** What a target paints by a mask file, 255 = painted. */
function paintedBy(mask: Raster, target: Target | undefined): Mask {
  if (target?.carrier === 'mask-alpha') {
    return invertMask(toAlphaPlane(mask));
  }
  const plane = maskFromRaster(mask).mask;
  return target?.paints === 'black' ? invertMask(plane) : plane;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}
