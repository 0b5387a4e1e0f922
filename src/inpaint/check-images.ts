import { invertMask } from '../engine/index.js';
import { type Mask, type Raster, toAlphaPlane, toLuma } from '../raster/index.js';
import { formatColorLoss, COLOR_LOSS_HINT } from './color-loss/describe-loss.js';
import { detectColorLoss, type ColorLoss } from './color-loss/detect-color-loss.js';
import { brokenLimits } from './targets/fit-size.js';
import { hasTransparency } from './has-transparency.js';
import { guessPolarity, type PolarityGuess, SURE_ENOUGH } from './guess-polarity.js';
import type { Target } from './targets/target.js';

/** A decoded image and what its file says of itself. */
export interface CheckedImage {
  /** How messages name it. */
  readonly name: string;
  readonly raster: Raster;
  /** As `DecodedImage` names it: `png`, `jpeg` ... */
  readonly format: string;
  /** The encoded file. */
  readonly bytes: Uint8Array;
  readonly icc: Uint8Array | undefined;
  readonly cmyk: boolean;
  readonly orientation: number;
  readonly frames: number;
}

/** Every code that a `Finding` can have. */
export const FINDING_CODES = [
  'color-lost',
  'sixteen-bit',
  'cmyk',
  'profile',
  'orientation',
  'frames',
  'format',
  'bytes',
  'size-limit',
  'size-multiple',
  'transparency',
  'no-transparency',
  'mask-unused',
  'mask-missing',
  'mask-size',
  'mask-format',
  'mask-bytes',
  'mask-alpha',
  'mask-soft',
  'mask-empty',
  'mask-full',
  'mask-polarity',
] as const;

/** One thing that `checkImages` noticed. */
export interface Finding {
  /** Permanent: scripts match on it. */
  readonly code: (typeof FINDING_CODES)[number];
  /** `error`: the pair is not fit. `warning`: it works, but not as well. `note`: worth knowing. */
  readonly severity: 'error' | 'warning' | 'note';
  readonly message: string;
  readonly hint?: string;
}

/** All that `checkImages` noticed about an image and its mask. */
export interface CheckResult {
  readonly findings: readonly Finding[];
  readonly colorLoss: ColorLoss;
  /** Which pixels a gray mask seems to select; undefined without one. */
  readonly polarity: PolarityGuess | undefined;
  /** No finding is an error. */
  readonly fit: boolean;
}

/**
 * Whether an image, and a mask beside it, are fit for inpainting: for the program of `target`, or, without one,
 * for any.
 */
export function checkImages(
  image: CheckedImage,
  mask: CheckedImage | undefined,
  target: Target | undefined,
): CheckResult {
  const colorLoss = detectColorLoss(image.raster);
  const coverage = mask === undefined ? undefined : coverageOf(mask, target);
  const polarity = mask === undefined || carriesAlpha(target) ? undefined : guessPolarity(toLuma(mask.raster));
  const holes = target?.carrier === 'image-alpha' ? invertMask(toAlphaPlane(image.raster)) : undefined;
  const transparent = holes ?? (target?.carrier === 'mask-alpha' ? coverage : undefined);
  const findings = [
    ...checkColor(colorLoss, image.name),
    ...checkFile(image, target),
    ...(target === undefined ? [] : checkSize(image, target)),
    ...checkCarrier(image, mask, target),
    ...(mask === undefined || coverage === undefined ? [] : checkMask(mask, coverage, image, target)),
    ...(polarity === undefined ? [] : checkPolarity(polarity, target)),
    ...(transparent === undefined || target === undefined ? [] : checkHoles(transparent, target)),
  ];
  return { findings, colorLoss, polarity, fit: findings.every(({ severity }) => severity !== 'error') };
}

function checkColor(lost: ColorLoss, name: string): Finding[] {
  const message = formatColorLoss(lost, name);
  return message === undefined ? [] : [{ code: 'color-lost', severity: 'error', message, hint: COLOR_LOSS_HINT }];
}

function checkFile(image: CheckedImage, target: Target | undefined): Finding[] {
  const { name, raster, icc, orientation, frames } = image;
  const findings: Finding[] = [];
  if (raster.data instanceof Uint16Array) {
    findings.push({
      code: 'sixteen-bit',
      severity: 'warning',
      message: `${name} has 16 bits a channel; inpainting programs work with 8`,
      hint: 'maskwright stitch puts the painted part back into the 16-bit image',
    });
  }
  if (image.cmyk) {
    findings.push({
      code: 'cmyk',
      severity: 'error',
      message: `${name} is CMYK`,
      hint: 'convert it to RGB with its profile, in an image editor',
    });
  }
  if (icc !== undefined && !isStandardProfile(icc)) {
    findings.push({
      code: 'profile',
      severity: 'warning',
      message: `${name} carries a color profile other than sRGB, which most programs drop`,
      hint: 'convert it to sRGB if its colors change on the way',
    });
  }
  if (orientation !== 1) {
    findings.push({
      code: 'orientation',
      severity: 'warning',
      message: `${name} is stored turned or mirrored (EXIF orientation ${orientation}); some programs read it so`,
      hint: 'write it upright: --for, crop and inpaint do',
    });
  }
  if (frames > 1) {
    findings.push({
      code: 'frames',
      severity: 'warning',
      message: `${name} has ${frames} frames; only the first counts`,
    });
  }
  if (target !== undefined) {
    findings.push(...checkFormat(image, target, 'format'), ...checkBytes(image, target.limits.imageBytes, 'bytes'));
  }
  return findings;
}

function checkFormat(image: CheckedImage, target: Target, code: 'format' | 'mask-format'): Finding[] {
  const formats = code === 'mask-format' && target.carrier === 'mask-alpha' ? ['png'] : target.formats;
  return formats.some((format) => format === image.format)
    ? []
    : [
        {
          code,
          severity: 'error',
          message: `${image.name} is ${image.format.toUpperCase()}; ${target.title} takes ${formats.join(', ')}`,
          hint: `let --for ${target.name} write it`,
        },
      ];
}

function checkBytes(image: CheckedImage, limit: number | undefined, code: 'bytes' | 'mask-bytes'): Finding[] {
  const { length } = image.bytes;
  return limit === undefined || length < limit
    ? []
    : [
        {
          code,
          severity: 'error',
          message: `${image.name} has ${length} bytes; the limit is ${limit}`,
          hint: 'scale it down with --fit-target, or crop to the mask',
        },
      ];
}

function checkSize({ name, raster }: CheckedImage, target: Target): Finding[] {
  const size = `${raster.width} x ${raster.height}`;
  const findings: Finding[] = brokenLimits(raster, target.limits).map((broken) => ({
    code: 'size-limit',
    severity: 'error',
    message: `${name} is ${size}: ${broken} for ${target.title}`,
    hint: `scale or pad it: --for ${target.name} --fit-target`,
  }));
  if (raster.width % target.multipleOf !== 0 || raster.height % target.multipleOf !== 0) {
    findings.push({
      code: 'size-multiple',
      severity: target.otherSizes === 'refused' ? 'error' : 'warning',
      message: `${name} is ${size}, not made of multiples of ${target.multipleOf}: ${target.title} has it ${target.otherSizes}`,
      hint: `pad it: --for ${target.name}`,
    });
  }
  return findings;
}

function checkCarrier(image: CheckedImage, mask: CheckedImage | undefined, target: Target | undefined): Finding[] {
  const transparent = hasTransparency(image.raster);
  const needsAlpha = target?.carrier === 'image-alpha' || (target === undefined && mask === undefined);
  if (needsAlpha && !transparent) {
    return [
      {
        code: 'no-transparency',
        severity: target === undefined ? 'note' : 'error',
        message: `${image.name} has no transparent pixels: nothing says where to paint`,
        hint: 'cut the holes with maskwright inpaint, or name a mask',
      },
    ];
  }
  const findings: Finding[] = [];
  if (target?.carrier === 'image-alpha' && mask !== undefined) {
    findings.push({
      code: 'mask-unused',
      severity: 'note',
      message: `${target.title} reads the mask from the transparency of ${image.name}; ${mask.name} is not needed`,
    });
  }
  if (target !== undefined && target.carrier !== 'image-alpha') {
    if (mask === undefined) {
      findings.push({
        code: 'mask-missing',
        severity: 'note',
        message: `${target.title} takes a mask beside the image; none was named`,
      });
    }
    if (transparent) {
      findings.push({
        code: 'transparency',
        severity: 'error',
        message: `${image.name} has transparent pixels; ${target.title} takes an opaque image and a mask beside it`,
        hint: `let --for ${target.name} write both`,
      });
    }
  }
  return findings;
}

function checkMask(mask: CheckedImage, coverage: Mask, image: CheckedImage, target: Target | undefined): Finding[] {
  const findings: Finding[] = [];
  const { width, height } = image.raster;
  if (mask.raster.width !== width || mask.raster.height !== height) {
    findings.push({
      code: 'mask-size',
      severity: 'error',
      message: `${mask.name} is ${mask.raster.width} x ${mask.raster.height}, ${image.name} is ${width} x ${height}`,
      hint: 'they must be the same size: maskwright inpaint --resize-masks scales a mask',
    });
  }
  if (target?.carrier === 'mask-alpha' && mask.raster.channels === 3) {
    findings.push({
      code: 'mask-alpha',
      severity: 'error',
      message: `${mask.name} has no transparency; ${target.title} paints where the mask is transparent`,
      hint: `let --for ${target.name} write it`,
    });
    return findings;
  }
  if (!carriesAlpha(target) && hasTransparency(mask.raster)) {
    findings.push({
      code: 'mask-alpha',
      severity: 'error',
      message: `${mask.name} has transparency, which some programs take for the mask instead of its brightness`,
      hint: 'save it without alpha',
    });
  }
  const { empty, full, soft } = describeCoverage(coverage);
  if (empty || full) {
    findings.push({
      code: empty ? 'mask-empty' : 'mask-full',
      severity: 'error',
      message: `${mask.name} selects ${empty ? 'nothing' : 'the whole image'}`,
    });
  }
  if (soft > 0) {
    const wantsBinary = target?.values === 'binary';
    findings.push({
      code: 'mask-soft',
      severity: wantsBinary ? 'error' : 'note',
      message:
        `${mask.name} is soft: ${soft} pixels are neither black nor white` +
        (wantsBinary ? `; ${target.title} takes only the two` : ''),
      ...(wantsBinary ? { hint: 'cut it: maskwright edit <mask> --threshold-mask 128' } : {}),
    });
  }
  if (target !== undefined) {
    findings.push(
      ...checkFormat(mask, target, 'mask-format'),
      ...checkBytes(mask, target.limits.maskBytes, 'mask-bytes'),
    );
  }
  return findings;
}

function checkPolarity(guess: PolarityGuess, target: Target | undefined): Finding[] {
  const sure = guess.confidence >= SURE_ENOUGH;
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
          hint: 'turn it round: maskwright edit <mask> --invert',
        },
      ];
}

/** Cut-outs have everything but the thing itself transparent: that paints the surroundings. */
function checkHoles(painted: Mask, target: Target): Finding[] {
  if (describeCoverage(painted).full) {
    return [{ code: 'mask-full', severity: 'error', message: 'every pixel is transparent: all would be painted' }];
  }
  const { paints, confidence } = guessPolarity(painted);
  return paints === 'white' || confidence < SURE_ENOUGH
    ? []
    : [
        {
          code: 'mask-polarity',
          severity: 'warning',
          message: `${target.title} paints what is transparent, and that is nearly everything: is this the wrong way round?`,
          hint: 'turn it round: add --invert where the mask is made',
        },
      ];
}

/** What the program would paint. */
function coverageOf(mask: CheckedImage, target: Target | undefined): Mask {
  if (carriesAlpha(target)) {
    return invertMask(toAlphaPlane(mask.raster));
  }
  const luma = toLuma(mask.raster);
  return target?.paints === 'black' ? invertMask(luma) : luma;
}

function carriesAlpha(target: Target | undefined): boolean {
  return target !== undefined && target.carrier !== 'mask-file';
}

function describeCoverage({ data }: Mask): { empty: boolean; full: boolean; soft: number } {
  let none = 0;
  let all = 0;
  for (const value of data) {
    if (value === 0) none++;
    else if (value === 255) all++;
  }
  return { empty: none === data.length, full: all === data.length, soft: data.length - none - all };
}

/** Whether the profile's text names sRGB, as ASCII or as UTF-16. */
function isStandardProfile(icc: Uint8Array): boolean {
  const letters = [0x73, 0x52, 0x47, 0x42];
  for (let i = 0; i < icc.length; i++) {
    if (
      letters.every((letter, k) => icc[i + k] === letter) ||
      letters.every((letter, k) => icc[i + 2 * k] === letter)
    ) {
      return true;
    }
  }
  return false;
}
