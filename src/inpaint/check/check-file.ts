import { describeProfile, isSrgb } from '../icc-profile.js';
import { brokenLimits } from '../targets/fit-size.js';
import type { Target } from '../targets/target.js';
import type { CheckedImage, Finding } from './finding.js';

/** What is wrong with an image's file, for any use and for a target. */
export function checkFile(image: CheckedImage, target: Target | undefined): Finding[] {
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
  if (icc !== undefined && !isSrgb(icc)) {
    findings.push({
      code: 'profile',
      severity: 'warning',
      message: `${name} has the color profile ${describeProfile(icc)}, which most programs drop`,
      hint: 'convert it to sRGB if its colors change on the way',
    });
  }
  if (orientation !== 1) {
    findings.push({
      code: 'orientation',
      severity: 'warning',
      message: `${name} is stored turned or mirrored (EXIF orientation ${orientation}); some programs read it so`,
      hint: 'write it upright: --target, crop and inpaint do',
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
    findings.push(
      ...checkFormat(image, target, 'format'),
      ...checkBytes(image, target.limits.imageBytes, 'bytes'),
      ...checkSize(image, target),
    );
  }
  return findings;
}

/** Whether a target takes the file's format; a mask with alpha must be a PNG. */
export function checkFormat(image: CheckedImage, target: Target, code: 'format' | 'mask-format'): Finding[] {
  const formats = code === 'mask-format' && target.carrier === 'mask-alpha' ? ['png'] : target.formats;
  return formats.some((format) => format === image.format)
    ? []
    : [
        {
          code,
          severity: 'error',
          message: `${image.name} is ${image.format.toUpperCase()}; ${target.title} takes ${formats.join(', ')}`,
          hint: `let --target ${target.name} write it`,
        },
      ];
}

/** Whether the file stays below a target's limit in bytes. */
export function checkBytes(image: CheckedImage, limit: number | undefined, code: 'bytes' | 'mask-bytes'): Finding[] {
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
    hint: `scale or pad it: --target ${target.name} --fit-target`,
  }));
  if (raster.width % target.multipleOf !== 0 || raster.height % target.multipleOf !== 0) {
    findings.push({
      code: 'size-multiple',
      severity: target.otherSizes === 'refused' ? 'error' : 'warning',
      message: `${name} is ${size}, whose sides are not multiples of ${target.multipleOf}: for ${target.title} it is ${target.otherSizes}`,
      hint: `pad it: --target ${target.name}`,
    });
  }
  return findings;
}
