import { z } from 'zod';
import { EXTEND_CANVAS_DEFAULTS, extendCanvas, type Margins } from '../../inpaint/crop/extend-canvas.js';
import { measureMargin } from '../../inpaint/crop/margin.js';
import type { EdgeFill } from '../../inpaint/crop/window.js';
import type { SizeFit } from '../../inpaint/targets/target.js';
import { findTarget } from '../../inpaint/targets/target-table.js';
import { contentOf } from '../../io/files/write-files.js';
import type { Size } from '../../raster/index.js';
import { checked, text, whole } from '../../sources/schema-fields.js';
import { encodeOutput, metadataWarnings, withKinds } from '../encode-output.js';
import { type ImageNaming, type OutputFields, outputFields, type OutputModule, type PlannedFile } from '../output.js';
import { outputPath } from '../name-output.js';
import { makeTargetFiles, plannedTargetFiles, type TargetPaths, targetPaths } from './target-files.js';
import { targetFields } from './target-output.js';

/** A larger canvas with its edges continued, the mask of what is new, and what a target takes of them. */
export interface OutpaintOutput extends OutputFields, Readonly<Record<keyof Margins, string>> {
  readonly kind: 'outpaint';
  readonly fill: EdgeFill;
  /** Pixels of the image that are painted over as well. */
  readonly overlap: number;
  readonly target?: string | undefined;
  readonly sizeFit: SizeFit;
  readonly fitTarget: boolean;
}

const margin = () => checked(text(), (value) => measureMargin('the margin', value, 1)).default('0');

export const outpaintOutput = {
  needsMask: false,
  schema: (fields) =>
    z
      .strictObject({
        kind: z.literal('outpaint'),
        ...outputFields('{stem}.{kind}.{ext}', fields),
        left: margin().describe("what is added at the left: 256 (pixels) or 10% (of the image's width)"),
        top: margin(),
        right: margin(),
        bottom: margin(),
        fill: z
          .enum(['bleed', 'mirror'])
          .default(EXTEND_CANVAS_DEFAULTS.fill)
          .describe('what the new area starts from'),
        overlap: whole(0, 4096)
          .default(EXTEND_CANVAS_DEFAULTS.overlapPx)
          .describe('pixels of the image that are painted over as well, fading inward'),
        target: checked(text(), findTarget).optional().describe('also what this target takes of it'),
        ...targetFields(),
      })
      .describe('a larger canvas with its edges continued, and the mask of what is new'),
  plan: (output, naming) => [
    ...plannedFiles(output, naming),
    ...(output.target === undefined ? [] : plannedTargetFiles(pathsOfTarget(output, output.target, naming))),
  ],
  render: async (output, task) => {
    const image = await task.image();
    const margins = measureMargins(output, image.raster);
    const { raster, mask } = extendCanvas(image.raster, margins, { fill: output.fill, overlapPx: output.overlap });
    const [extendedFile, maskFile] = plannedFiles(output, task.naming) as [PlannedFile, PlannedFile?];
    const provenance = task.provenance({ margins });
    const extended = encodeOutput(extendedFile, raster, { metadata: image, provenance });
    const paths = output.target === undefined ? undefined : pathsOfTarget(output, output.target, task.naming);
    const made =
      output.target === undefined || paths === undefined
        ? undefined
        : await makeTargetFiles(
            { ...image, raster, bytes: await contentOf(extended) },
            mask,
            { target: findTarget(output.target), fit: output.sizeFit, fitTarget: output.fitTarget },
            { input: extended.path, paths, provenance, outpainting: true },
          );
    return {
      files: [
        extended,
        ...(maskFile === undefined ? [] : [encodeOutput(maskFile, mask, { provenance })]),
        ...(made === undefined ? [] : withKinds(made.files, plannedTargetFiles(paths!))),
      ],
      warnings: [...metadataWarnings(extendedFile, image), ...(made?.report.warnings ?? [])],
      report: {
        extended: { image: extended.path, mask: maskFile?.path, margins, width: raster.width, height: raster.height },
        target: made?.report,
      },
    };
  },
} satisfies OutputModule<OutpaintOutput>;

/** With a target, a name of no `{kind}` is that of the target's image, and its mask is the mask. */
function plannedFiles(output: OutpaintOutput, naming: ImageNaming): PlannedFile[] {
  const isTargets = output.target !== undefined && !output.name.includes('{kind}');
  const extended = { kind: 'extended', path: outputPath(output, naming, { kind: 'extended', extra: isTargets }) };
  return isTargets
    ? [extended]
    : [extended, { kind: 'mask', path: outputPath(output, naming, { kind: 'mask', extra: true }) }];
}

function pathsOfTarget(output: OutpaintOutput, target: string, naming: ImageNaming): TargetPaths {
  return targetPaths(output, findTarget(target), naming);
}

function measureMargins(margins: Readonly<Record<keyof Margins, string>>, { width, height }: Size): Margins {
  return {
    left: measureMargin('left', margins.left, width),
    top: measureMargin('top', margins.top, height),
    right: measureMargin('right', margins.right, width),
    bottom: measureMargin('bottom', margins.bottom, height),
  };
}
