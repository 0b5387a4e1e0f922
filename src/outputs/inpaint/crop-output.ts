import { z } from 'zod';
import { MaskwrightError } from '../../errors.js';
import { CROP_SIDE, PLAN_CROP_DEFAULTS, type PlanCropOptions, describeCrop } from '../../inpaint/crop/plan-crop.js';
import { planMaskCrop } from '../../inpaint/crop/plan-mask-crop.js';
import { separateParts } from '../../inpaint/crop/separate-parts.js';
import { STITCH_MASK_DEFAULTS } from '../../inpaint/crop/stitch-mask.js';
import { cutWindow } from '../../inpaint/crop/window.js';
import { brokenLimits } from '../../inpaint/targets/fit-size.js';
import type { Target } from '../../inpaint/targets/target.js';
import { findTarget } from '../../inpaint/targets/target-table.js';
import type { OutputFile } from '../../io/files/write-files.js';
import type { DecodedImage } from '../../io/image/decode-image.js';
import { encodeImage } from '../../io/image/encode-image.js';
import type { PngText } from '../../io/image/png/png-chunks.js';
import { metadataOf } from '../../io/image/image-metadata.js';
import { provenanceText } from '../../io/image/provenance.js';
import { type Bounds, type Mask, resizeRaster, type Size } from '../../raster/index.js';
import { checked, flag, number, text, whole } from '../../sources/schema-fields.js';
import { withKinds } from '../encode-output.js';
import { separateColors } from '../separate-colors.js';
import {
  type ImageNaming,
  type ImageTask,
  type OutputFields,
  outputFields,
  type OutputModule,
  type RenderedFile,
} from '../output.js';
import { outputPath } from '../name-output.js';
import {
  makeStitchManifest,
  makeTargetFiles,
  plannedTargetFiles,
  restoreCommand,
  type TargetPaths,
  targetPaths,
  type TargetReport,
} from './target-files.js';

/** The selection with its context, at the size that is painted, and the manifest that puts it back. */
export interface CropOutput extends OutputFields {
  readonly kind: 'crop';
  readonly target?: string | undefined;
  readonly context: number;
  readonly size?: number | Size | undefined;
  readonly multipleOf?: number | undefined;
  readonly aspects?: readonly number[] | undefined;
  /** A crop for each connected component of the selection. */
  readonly each: boolean;
  readonly samplerGrow: number;
  readonly stitchGrow: number;
  readonly stitchFeather: number;
}

export interface CropReport {
  readonly window: Bounds;
  readonly size: Size;
  readonly files: TargetPaths;
  readonly target: TargetReport | undefined;
  readonly restoreStep: string;
  /** The window, and what there is to know about it. */
  readonly notes: readonly string[];
}

const cropSide = () => whole(CROP_SIDE.least, CROP_SIDE.most);

export const cropOutput = {
  needsMask: true,
  schema: (fields) =>
    z
      .strictObject({
        kind: z.literal('crop'),
        ...outputFields('{stem}.{kind}.{ext}', fields),
        target: checked(text(), findTarget).optional().describe('the target that paints the crop'),
        context: number(1, 100).default(PLAN_CROP_DEFAULTS.context).describe('how much larger than the selection'),
        size: z
          .union([cropSide(), z.strictObject({ width: cropSide(), height: cropSide() })])
          .optional()
          .describe('the long side of the result, or both sides'),
        multipleOf: whole(1, 1024).optional().describe('both sides are multiples of it'),
        aspects: z.array(number(0.01, 100)).min(1).optional().describe('aspect ratios to choose from, width / height'),
        each: flag().default(false).describe('a crop for each connected component of the selection'),
        samplerGrow: number(0, 4096).default(0).describe('pixels by which the mask for the sampler grows'),
        stitchGrow: number(0, 4096).default(0).describe('pixels by which the stitch mask grows'),
        stitchFeather: number(0, 4096)
          .default(STITCH_MASK_DEFAULTS.featherPx)
          .describe('pixels over which the stitch mask fades, outside the selection'),
      })
      .describe('the selection with its context at the size that is painted, and the manifest that puts it back'),
  plan: (output, naming) => plannedTargetFiles(cropPaths(output, naming)),
  render: async (output, task) => {
    const [original, mask] = await Promise.all([task.image(), task.mask()]);
    const image = { ...original, raster: separateColors(original.raster, mask, task.decontaminate).rest };
    const parts = output.each ? separateParts(mask) : [mask];
    const files: RenderedFile[] = [];
    const crops: CropReport[] = [];
    for (const [index, part] of parts.entries()) {
      task.signal?.throwIfAborted();
      const paths = cropPaths(output, task.naming, index + 1);
      const made = await cropPart(output, task, image, part, paths);
      files.push(...withKinds(made.files, plannedTargetFiles(paths)));
      crops.push(made.report);
    }
    if (crops.length === 0) {
      throw nothingSelected(image);
    }
    return { files, warnings: crops.flatMap(({ target }) => target?.warnings ?? []), report: { crops } };
  },
} satisfies OutputModule<CropOutput>;

function targetOf({ target }: CropOutput): Target | undefined {
  return target === undefined ? undefined : findTarget(target);
}

/** What the files of a crop are called; with `each`, those of its first part. */
function cropPaths(output: CropOutput, naming: ImageNaming, index = 1): TargetPaths {
  const target = targetOf(output);
  const part = output.each ? `crop-${index}` : 'crop';
  if (target !== undefined) {
    return targetPaths(output, target, naming, { part, numbered: output.each });
  }
  const prefix = output.name.includes('{kind}') || output.each ? `${part}.` : '';
  const pathOf = (kind: string, ext: 'png' | 'json' = 'png', extra = true): string =>
    outputPath(output, naming, { kind, ext, extra });
  return {
    image: pathOf(part, 'png', output.each),
    mask: pathOf(`${prefix}mask`),
    stitch: pathOf(`${prefix}stitch`),
    manifest: pathOf(part, 'json'),
  };
}

async function cropPart(
  output: CropOutput,
  task: ImageTask,
  image: DecodedImage,
  mask: Mask,
  paths: TargetPaths,
): Promise<{ files: readonly OutputFile[]; report: CropReport }> {
  const target = targetOf(output);
  const crop = planMaskCrop(mask, image.raster, {
    ...windowOptions(output, target),
    samplerGrowPx: output.samplerGrow,
    growPx: output.stitchGrow,
    featherPx: output.stitchFeather,
  });
  if (crop === undefined) {
    throw nothingSelected(image);
  }
  const { sampler, samplerWindow, stitchWindow, ...plan } = crop;
  const notes = describeCrop(plan, image.raster, output.size);
  if (target !== undefined) {
    const broken = brokenLimits(plan.size, target.limits);
    if (broken.length > 0) {
      throw new MaskwrightError(
        'TARGET_LIMIT',
        `${target.title} does not take a crop of ${plan.size.width} x ${plan.size.height}: ${broken.join(', ')}`,
        { hint: 'choose the size with --size, and the aspect ratio with --aspect 1:1' },
      );
    }
    const choice = { target, fit: 'pad', fitTarget: false } as const;
    const made = await makeTargetFiles(image, sampler(), choice, {
      input: task.input,
      paths,
      provenance: task.provenance(),
      plan,
      stitchWindow,
    });
    const { window, size, restoreStep } = made.report;
    return { files: made.files, report: { window, size, files: paths, restoreStep, notes, target: made.report } };
  }
  const text = (): PngText => provenanceText(task.provenance()());
  const painted = resizeRaster(cutWindow(image.raster, plan.window), plan.size);
  const manifest = makeStitchManifest(task.input, image, plan, paths, paths.manifest);
  return {
    files: [
      { path: paths.image, data: await encodeImage(painted, { ...metadataOf(image), text }) },
      { path: paths.mask!, data: await encodeImage(samplerWindow, { text }) },
      { path: paths.stitch, data: await encodeImage(stitchWindow, { text }) },
      { path: paths.manifest, data: `${JSON.stringify(manifest, null, 2)}\n` },
    ],
    report: { ...plan, files: paths, restoreStep: restoreCommand(paths.manifest), notes, target: undefined },
  };
}

function windowOptions(
  { context, size, multipleOf, aspects }: CropOutput,
  target: Target | undefined,
): PlanCropOptions {
  return {
    context,
    size,
    multipleOf: multipleOf ?? target?.multipleOf ?? PLAN_CROP_DEFAULTS.multipleOf,
    aspects: aspects ?? (target?.limits.square === true ? [1] : undefined),
    sizes: aspects === undefined ? target?.answerSizes : undefined,
  };
}

function nothingSelected({ name }: DecodedImage): MaskwrightError {
  return new MaskwrightError('NOTHING_SELECTED', `nothing is selected in ${name}: there is nothing to crop to`, {
    hint: 'lower the threshold, or use another prompt or mask',
  });
}
