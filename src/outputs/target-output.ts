import { createHash } from 'node:crypto';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { MaskwrightError } from '../errors.js';
import { describeFit, fitSize, type SizePlan } from '../inpaint/targets/fit-size.js';
import { describeNextStep, type PreparedImages, prepareForPlan } from '../inpaint/targets/prepare-for-target.js';
import type { StitchManifest } from '../inpaint/crop/stitch-manifest.js';
import type { SizeFit, Target } from '../inpaint/targets/target.js';
import type { DecodedImage } from '../io/image/decode-image.js';
import { encodeImage } from '../io/image/encode-image.js';
import { STDIO } from '../io/files/read-input.js';
import type { OutputFile } from '../io/files/write-files.js';
import type { Bounds, Mask, Size } from '../raster/index.js';
import { type NamingOptions, outputPath } from '../io/files/output-names.js';
import { type Provenance, provenanceText } from '../io/image/provenance.js';

/** The program that files are written for, and how the image may be brought to what it takes. */
export interface TargetChoice {
  readonly target: Target;
  readonly fit: SizeFit;
  readonly fitTarget: boolean;
}

/** The files of one target. `stitch` and `job` lead the painted result back. */
export interface TargetPaths {
  readonly image: string;
  readonly mask?: string;
  readonly stitch: string;
  readonly job: string;
}

/** What was written for a program, and what to do with it. */
export interface TargetReport {
  readonly name: string;
  readonly files: TargetPaths;
  readonly window: Bounds;
  readonly size: Size;
  readonly nextStep: string;
  /** What brings the painted result back into the image. */
  readonly restoreStep: string;
  readonly warnings: readonly string[];
}

/** What a target's files are called: `photo.hair.a1111.image.png`, `.mask.png`, `.stitch.png` and `.job.json`. */
export function targetPaths(
  target: Target,
  naming: NamingOptions,
  parts: { readonly stem: string; readonly text: string },
  prefix = '',
): TargetPaths {
  const pathOf = (kind: string, ext: string): string =>
    outputPath(naming, { ...parts, kind: `${prefix}${target.name}.${kind}`, ext });
  return {
    image: pathOf('image', 'png'),
    ...(target.carrier === 'image-alpha' ? {} : { mask: pathOf('mask', 'png') }),
    stitch: pathOf('stitch', 'png'),
    job: pathOf('job', 'json'),
  };
}

export interface TargetFilesOptions {
  /** Where the image was read from. */
  readonly input: string;
  readonly paths: TargetPaths;
  readonly provenance: Provenance;
  /** The mask extends the image. */
  readonly outpainting?: boolean;
  /** A window chosen beforehand; without, the whole image is fitted. */
  readonly plan?: SizePlan;
  /** What the result may change, where it is not the mask itself; of the image's size. */
  readonly stitchMask?: Mask;
}

/**
 * The files that a program takes of an image and a mask (255 = paint), encoded and held against its limits,
 * and the job that brings the result back. Throws `TARGET_LIMIT`.
 */
export async function makeTargetFiles(
  image: DecodedImage,
  mask: Mask,
  choice: TargetChoice,
  options: TargetFilesOptions,
): Promise<{ readonly files: readonly OutputFile[]; readonly report: TargetReport }> {
  const { target } = choice;
  const { paths } = options;
  const text = provenanceText({ ...options.provenance, target: target.name });
  const { prepared, encoded } = await prepareWithinBytes(image, mask, choice, options, text);
  const { plan } = prepared;
  const stitch =
    options.stitchMask === undefined
      ? prepared.stitchMask
      : prepareForPlan(image.raster, options.stitchMask, target, plan).stitchMask;
  const job = makeStitchManifest(
    options.input,
    image,
    plan,
    { image: paths.image, mask: paths.mask, stitch: paths.stitch },
    paths.job,
  );
  return {
    files: [
      { path: paths.image, data: encoded.image },
      ...(encoded.mask === undefined ? [] : [{ path: paths.mask!, data: encoded.mask }]),
      { path: paths.stitch, data: await encodeImage(stitch, { text }) },
      { path: paths.job, data: `${JSON.stringify(job, null, 2)}\n` },
    ],
    report: {
      name: target.name,
      files: paths,
      window: plan.window,
      size: plan.size,
      nextStep: describeNextStep(target, paths, plan.size, options.outpainting),
      restoreStep: describeWayBack(paths.job),
      warnings: [
        ...prepared.warnings,
        ...(options.plan === undefined ? describeFit(image.raster, plan, target) : []),
        ...(target.unverified.length === 0
          ? []
          : [`not verified for ${target.title}: ${target.unverified.join('; ')}`]),
      ],
    },
  };
}

/** The command that puts a painted image back. */
export function describeWayBack(job: string): string {
  return `maskwright stitch painted.png --job ${job} -o final.png`;
}

/** The job of a window; names in it are relative to the job's own file. */
export function makeStitchManifest(
  input: string,
  image: DecodedImage,
  plan: SizePlan,
  files: StitchManifest['files'],
  jobPath: string,
): StitchManifest {
  const near = (path: string): string => relativeTo(jobPath, path);
  return {
    kind: 'maskwright-stitch',
    version: 1,
    original: {
      file: input === STDIO ? STDIO : near(input),
      width: image.raster.width,
      height: image.raster.height,
      sha256: createHash('sha256').update(image.bytes).digest('hex'),
    },
    window: plan.window,
    size: plan.size,
    files: {
      image: near(files.image),
      ...(files.mask === undefined ? {} : { mask: near(files.mask) }),
      stitch: near(files.stitch),
    },
  };
}

function relativeTo(jobPath: string, path: string): string {
  const between = relative(dirname(resolve(jobPath)), resolve(path));
  return isAbsolute(between) ? between : between.split(sep).join('/');
}

interface Encoded {
  readonly image: Uint8Array;
  readonly mask: Uint8Array | undefined;
}

async function prepareWithinBytes(
  image: DecodedImage,
  mask: Mask,
  { target, fit, fitTarget }: TargetChoice,
  { plan, outpainting }: TargetFilesOptions,
  text: ReturnType<typeof provenanceText>,
): Promise<{ prepared: PreparedImages; encoded: Encoded }> {
  let { maxPixels } = target.limits;
  for (let attempt = 0; ; attempt++) {
    const chosen =
      plan ?? fitSize(image.raster, { ...target, limits: { ...target.limits, maxPixels } }, { fit, fitTarget });
    const prepared = prepareForPlan(image.raster, mask, target, chosen, { outpainting });
    const encoded = {
      image: await encodeImage(prepared.image, { icc: image.icc, text }),
      mask: prepared.mask === undefined ? undefined : await encodeImage(prepared.mask, { text }),
    };
    const over = overBytes(encoded, target);
    if (over === undefined) {
      return { prepared, encoded };
    }
    if (!fitTarget || plan !== undefined || attempt === 8) {
      throw new MaskwrightError(
        'TARGET_LIMIT',
        `${target.title} takes ${over.what} below ${over.limit} bytes; it has ${over.bytes}`,
        { hint: 'add --fit-target to scale it (the way back is recorded), or crop to the mask first: maskwright crop' },
      );
    }
    const pixels = chosen.size.width * chosen.size.height;
    maxPixels = Math.floor(pixels * Math.min((over.limit / over.bytes) * 0.95, 0.9));
  }
}

function overBytes(
  { image, mask }: Encoded,
  { limits }: Target,
): { what: string; bytes: number; limit: number } | undefined {
  if (limits.imageBytes !== undefined && image.length >= limits.imageBytes) {
    return { what: 'an image', bytes: image.length, limit: limits.imageBytes };
  }
  if (limits.maskBytes !== undefined && mask !== undefined && mask.length >= limits.maskBytes) {
    return { what: 'a mask', bytes: mask.length, limit: limits.maskBytes };
  }
  return undefined;
}
