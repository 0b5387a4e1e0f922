import { combineMasks, type CombineMode, connectedComponents, applyMaskOperations, type MaskOperations } from '../engine/index.js';
import { MaskwrightError } from '../errors.js';
import { brokenLimits } from '../inpaint/targets/fit-size.js';
import { planCrop, type PlanCropOptions, selectionBounds } from '../inpaint/crop/plan-crop.js';
import { cutMaskWindow, cutWindow } from '../inpaint/crop/window.js';
import { decodeImage, type DecodedImage } from '../io/image/decode-image.js';
import { encodeImage } from '../io/image/encode-image.js';
import { type OutputFile, assertWritable, writeFiles } from '../io/files/write-files.js';
import { type Bounds, createMask, type Mask, resizeMask, resizeRaster, type Size } from '../raster/index.js';
import { colorWarnings } from './color-warning.js';
import { type NamingOptions, outputPath, stemOf } from '../io/files/output-names.js';
import { filesOf } from '../sources/source-labels.js';
import { findMasks, type MaskSource, type SourceSettings } from '../sources/sources.js';
import { type Provenance, provenanceText } from '../io/image/provenance.js';
import {
  describeWayBack,
  makeStitchManifest,
  makeTargetFiles,
  type TargetChoice,
  type TargetPaths,
  targetPaths,
  type TargetReport,
} from './target-output.js';

export interface CropOptions extends PlanCropOptions {
  /** What is done to the mask that the painter gets. */
  readonly samplerShape: MaskOperations;
  /** What is done to the mask that the result is put back through. */
  readonly stitchShape: MaskOperations;
  /** A crop for each part of the selection. */
  readonly each: boolean;
  readonly target?: TargetChoice | undefined;
  readonly naming: NamingOptions;
  readonly provenance: Provenance;
  readonly signal?: AbortSignal | undefined;
}

export interface CropJobOptions extends CropOptions {
  readonly sources: readonly MaskSource[];
  readonly settings: SourceSettings;
  readonly combine: CombineMode;
  readonly shape: MaskOperations;
}

/** The seam of a stitched image fades over so many pixels inside the mask. */
export const STITCH_SHAPE_DEFAULTS = { feather: 8, featherSide: 'inward' } as const satisfies MaskOperations;

export interface CropReport {
  readonly window: Bounds;
  readonly size: Size;
  readonly files: TargetPaths;
  readonly target: TargetReport | undefined;
  readonly restoreStep: string;
}

export interface CropJobResult {
  readonly input: string;
  readonly crops: readonly CropReport[];
  readonly warnings: readonly string[];
}

/**
 * Cuts the selected region with its context out of an image, at the size that a painter works at, with a mask
 * for the painter, a mask for the way back, and the job that `maskwright stitch` needs.
 * Throws `NOTHING_SELECTED`, and `TARGET_LIMIT` where a target does not take the size.
 */
export async function cropJob(input: string, options: CropJobOptions): Promise<CropJobResult> {
  const inputs = [input, ...filesOf(options.sources)];
  const image = await decodeImage(input);
  const found = await findMasks(options.sources, image, options.settings);
  const masks = found.map(({ mask }) => mask);
  const mask = applyMaskOperations(combineMasks(masks, options.combine), options.shape);
  const provenance = { ...options.provenance, sources: found.map((item) => item.provenance) };
  const made = await makeCrops(input, image, mask, { ...options, provenance, signal: options.settings.signal });
  const files = made.flatMap((part) => part.files);
  await assertWritable(
    files.map(({ path }) => path),
    { inputs },
  );
  await writeFiles(files, { inputs });
  return {
    input,
    crops: made.map(({ report }) => report),
    warnings: [
      ...image.warnings,
      ...colorWarnings(image),
      ...found.flatMap((item) => item.warnings),
      ...made.flatMap(({ report }) => report.target?.warnings ?? []),
    ],
  };
}

/**
 * The crops of an image's mask, encoded. Throws `NOTHING_SELECTED`, and `TARGET_LIMIT` where a target does not
 * take the size.
 */
export async function makeCrops(
  input: string,
  image: DecodedImage,
  mask: Mask,
  options: CropOptions,
): Promise<{ readonly files: readonly OutputFile[]; readonly report: CropReport }[]> {
  const parts = options.each ? separateParts(mask) : [mask];
  const made: { files: readonly OutputFile[]; report: CropReport }[] = [];
  for (const [index, part] of parts.entries()) {
    options.signal?.throwIfAborted();
    made.push(await cropPart(input, image, part, cropPaths(input, options, index + 1), options));
  }
  return made;
}

/** What the files of a crop are called; with `each`, those of its first part. */
export function cropPaths(
  input: string,
  options: Pick<CropOptions, 'naming' | 'target' | 'each'>,
  part = 1,
): TargetPaths {
  const kind = options.each ? `crop-${part}` : 'crop';
  const parts = { stem: stemOf(input), text: 'crop' };
  if (options.target !== undefined) {
    return targetPaths(options.target.target, options.naming, parts, `${kind}.`);
  }
  const pathOf = (suffix: string, ext: string): string =>
    outputPath(options.naming, { ...parts, kind: `${kind}${suffix}`, ext });
  return {
    image: pathOf('', 'png'),
    mask: pathOf('.mask', 'png'),
    stitch: pathOf('.stitch', 'png'),
    job: pathOf('', 'json'),
  };
}

async function cropPart(
  input: string,
  image: DecodedImage,
  mask: Mask,
  files: TargetPaths,
  options: CropOptions,
): Promise<{ files: readonly OutputFile[]; report: CropReport }> {
  const sampler = applyMaskOperations(mask, options.samplerShape);
  const stitch = applyMaskOperations(mask, options.stitchShape);
  const selection = joinBounds(selectionBounds(sampler), selectionBounds(stitch));
  if (selection === undefined) {
    throw new MaskwrightError('NOTHING_SELECTED', `nothing is selected in ${image.name}: there is nothing to crop to`);
  }
  const plan = planCrop(selection, image.raster, options);
  const { target } = options;
  if (target !== undefined) {
    const broken = brokenLimits(plan.size, target.target.limits);
    if (broken.length > 0) {
      throw new MaskwrightError(
        'TARGET_LIMIT',
        `${target.target.title} does not take a crop of ${plan.size.width} x ${plan.size.height}: ${broken.join(', ')}`,
        { hint: 'choose the size with --size, and the shape with --aspect 1:1' },
      );
    }
    const made = await makeTargetFiles(image, sampler, target, {
      input,
      paths: files,
      provenance: options.provenance,
      plan,
      stitchMask: stitch,
    });
    const { window, size, restoreStep } = made.report;
    return { files: made.files, report: { window, size, files, restoreStep, target: made.report } };
  }
  const text = provenanceText(options.provenance);
  const crop = resizeRaster(cutWindow(image.raster, plan.window), plan.size);
  const samplerWindow = resizeMask(cutMaskWindow(sampler, plan.window), plan.size);
  const job = makeStitchManifest(input, image, plan, files, files.job);
  return {
    files: [
      { path: files.image, data: await encodeImage(crop, { icc: image.icc, text }) },
      { path: files.mask!, data: await encodeImage(samplerWindow, { text }) },
      { path: files.stitch, data: await encodeImage(cutMaskWindow(stitch, plan.window), { text }) },
      { path: files.job, data: `${JSON.stringify(job, null, 2)}\n` },
    ],
    report: { ...plan, files, restoreStep: describeWayBack(files.job), target: undefined },
  };
}

/** The parts of a mask that hang together, each with the softness of its own edges. */
function separateParts(mask: Mask): Mask[] {
  const { labels, components } = connectedComponents(
    createMask(mask.width, mask.height, mask.data.map(selectFaintest)),
  );
  return components.map(({ label }) => {
    const data = new Uint8Array(mask.data.length);
    for (let i = 0; i < data.length; i++) {
      data[i] = labels[i] === label ? mask.data[i]! : 0;
    }
    return createMask(mask.width, mask.height, data);
  });
}

function selectFaintest(value: number): number {
  return value > 0 ? 255 : 0;
}

function joinBounds(a: Bounds | undefined, b: Bounds | undefined): Bounds | undefined {
  if (a === undefined || b === undefined) {
    return a ?? b;
  }
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  const right = Math.max(a.x + a.width, b.x + b.width);
  const bottom = Math.max(a.y + a.height, b.y + b.height);
  return { x, y, width: right - x, height: bottom - y };
}
