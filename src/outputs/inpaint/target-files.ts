import { createHash } from 'node:crypto';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { MaskwrightError } from '../../errors.js';
import { describeFit, fitSize, type SizePlan } from '../../inpaint/targets/fit-size.js';
import { describeNextStep, type PreparedImages, prepareForPlan } from '../../inpaint/targets/prepare-for-target.js';
import { cutStitchMask, makeStitchMask } from '../../inpaint/crop/stitch-mask.js';
import type { StitchManifest } from '../../inpaint/crop/stitch-manifest.js';
import type { SizeFit, Target } from '../../inpaint/targets/target.js';
import type { DecodedImage } from '../../io/image/decode-image.js';
import { encodeImage } from '../../io/image/encode-image.js';
import { STDIO } from '../../io/files/read-input.js';
import { absolutePath, haveOneStorage, isRemote, joinPath, pathBetween } from '../../io/storage/storage-path.js';
import type { PngText } from '../../io/image/png/png-chunks.js';
import type { ImageNaming, OutputFields, PlannedFile } from '../output.js';
import { outputPath } from '../name-output.js';
import type { OutputFile } from '../../io/files/write-files.js';
import type { Bounds, Mask, Size } from '../../raster/index.js';
import { metadataOf } from '../../io/image/image-metadata.js';
import { type Provenance, provenanceText } from '../../io/image/provenance.js';

/** The target that files are written for, and how the image may be brought to the sizes that it takes. */
export interface TargetChoice {
  readonly target: Target;
  readonly fit: SizeFit;
  readonly fitTarget: boolean;
}

/** The files of one target. `stitch` and `manifest` put the painted result back. */
export interface TargetPaths {
  readonly image: string;
  readonly mask?: string;
  readonly stitch: string;
  readonly manifest: string;
}

/** What was written for a target, and what to do with it. */
export interface TargetReport {
  readonly name: string;
  readonly files: TargetPaths;
  readonly window: Bounds;
  readonly size: Size;
  readonly nextStep: string;
  /** The command that puts the painted result back into the image. */
  readonly restoreStep: string;
  readonly warnings: readonly string[];
}

/**
 * What a target's files are called: `photo.comfyui.image.png`, `.mask.png`, `.stitch.png` and `photo.comfyui.json`.
 * Where the name has no `{kind}`, as `ready.png`, the image has that name, and the others are `ready.mask.png`,
 * `ready.stitch.png` and `ready.comfyui.json`. A target that pairs files by their stem gets
 * `iopaint/images/photo.iopaint.png` and `iopaint/masks/photo.iopaint.png`.
 *
 * @param part what the files are of, where that is not the image: `crop`; `numbered` where there are several
 */
export function targetPaths(
  output: OutputFields,
  target: Target,
  naming: ImageNaming,
  {
    text,
    part = '',
    numbered = false,
  }: { readonly text?: string; readonly part?: string; readonly numbered?: boolean } = {},
): TargetPaths {
  const prefix = output.name.includes('{kind}') ? dotted(part, target.name) : numbered ? part : '';
  const pathOf = (kind: string, ext: 'png' | 'json' = 'png', extra = true): string =>
    outputPath(output, naming, { kind, ext, extra, text });
  const manifest = pathOf(prefix === '' || numbered ? dotted(part, target.name) : prefix, 'json');
  if (target.pairsByStem === true && output.name.includes('{kind}')) {
    const common = pathOf(prefix);
    const inFolder = (folder: string): string => joinPath(dirname(common), join(target.name, folder, basename(common)));
    return {
      image: inFolder('images'),
      mask: inFolder('masks'),
      stitch: pathOf(dotted(prefix, 'stitch')),
      manifest,
    };
  }
  return {
    image: pathOf(dotted(prefix, 'image'), 'png', numbered),
    ...(target.carrier === 'image-alpha' ? {} : { mask: pathOf(dotted(prefix, 'mask')) }),
    stitch: pathOf(dotted(prefix, 'stitch')),
    manifest,
  };
}

function dotted(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('.');
}

/** The files of a target, each with its kind. */
export function plannedTargetFiles(paths: TargetPaths): PlannedFile[] {
  return Object.entries(paths).map(([kind, path]: [string, string]) => ({ kind, path }));
}

export interface TargetFilesOptions {
  /** Where the image was read from. */
  readonly input: string;
  readonly paths: TargetPaths;
  readonly provenance: () => Provenance;
  /** The mask extends the image. */
  readonly outpainting?: boolean;
  /** A window chosen beforehand; without, the whole image is fitted. */
  readonly plan?: SizePlan;
  /** The stitch mask, where it is not the mask itself; of the window's size. */
  readonly stitchWindow?: Mask;
}

/**
 * The files that a target takes of an image and a mask (255 = paint), encoded and held against its limits,
 * and the manifest that puts the result back. Throws `TARGET_LIMIT`.
 */
export async function makeTargetFiles(
  image: DecodedImage,
  mask: Mask,
  choice: TargetChoice,
  options: TargetFilesOptions,
): Promise<{ readonly files: readonly OutputFile[]; readonly report: TargetReport }> {
  const { target } = choice;
  const { paths } = options;
  const text = (): PngText => provenanceText({ ...options.provenance(), target: target.name });
  const { prepared, encoded } = await prepareWithinBytes(image, mask, choice, options, text);
  const { plan } = prepared;
  const stitch =
    options.stitchWindow ??
    (options.outpainting === true ? prepared.stitchMask : cutStitchMask(makeStitchMask(mask), plan.window));
  const manifest = makeStitchManifest(
    options.input,
    image,
    plan,
    { image: paths.image, mask: paths.mask, stitch: paths.stitch },
    paths.manifest,
  );
  return {
    files: [
      { path: paths.image, data: encoded.image },
      ...(encoded.mask === undefined ? [] : [{ path: paths.mask!, data: encoded.mask }]),
      { path: paths.stitch, data: await encodeImage(stitch, { text }) },
      { path: paths.manifest, data: `${JSON.stringify(manifest, null, 2)}\n` },
    ],
    report: {
      name: target.name,
      files: paths,
      window: plan.window,
      size: plan.size,
      nextStep: describeNextStep(target, paths, plan.size, options.outpainting),
      restoreStep: restoreCommand(paths.manifest),
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
export function restoreCommand(manifest: string): string {
  return `maskwright stitch painted.png --manifest ${manifest} -o final.png`;
}

/** The stitch manifest of a window; names in it are relative to the manifest. */
export function makeStitchManifest(
  input: string,
  image: DecodedImage,
  plan: SizePlan,
  files: StitchManifest['files'],
  manifestPath: string,
): StitchManifest {
  const near = (path: string): string => relativeTo(manifestPath, path);
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

function relativeTo(manifestPath: string, path: string): string {
  if (isRemote(path) || isRemote(manifestPath)) {
    return haveOneStorage(path, manifestPath) ? pathBetween(dirname(manifestPath), path) : absolutePath(path);
  }
  const between = relative(dirname(resolve(manifestPath)), resolve(path));
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
  text: () => PngText,
): Promise<{ prepared: PreparedImages; encoded: Encoded }> {
  let { maxPixels } = target.limits;
  for (let attempt = 0; ; attempt++) {
    const chosen =
      plan ?? fitSize(image.raster, { ...target, limits: { ...target.limits, maxPixels } }, { fit, fitTarget });
    const prepared = prepareForPlan(image.raster, mask, target, chosen, { outpainting });
    const encoded = {
      image: await encodeImage(prepared.image, { ...metadataOf(image), text }),
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
        { hint: 'add --fit-target to scale it (the manifest records it), or crop to the mask first: maskwright crop' },
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
