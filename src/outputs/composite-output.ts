import { z } from 'zod';
import {
  ALPHA_RULES,
  BLEND_MODES,
  COMPOSITE_DEFAULTS,
  type CompositeOptions,
  compositeRasters,
  type Coverage,
  coverageToMask,
  isEmptyMaskOperations,
  normalizeLut,
  openMeanCoverage,
  openTally,
} from '../engine/index.js';
import type { DecodedImage } from '../io/image/decode-image.js';
import { drawByRows, type RowDrawing } from '../io/image/row-drawing.js';
import {
  createMask,
  type Mask,
  type Raster,
  resizeRaster,
  type Size,
  sizeMismatch,
  viewRows,
} from '../raster/index.js';
import { flag, number } from '../sources/schema-fields.js';
import { encodeOutput, metadataWarnings } from './encode-output.js';
import { type ImageTask, type OutputFields, outputFields, type OutputModule } from './output.js';
import { outputPath } from './name-output.js';
import { separateColors } from './separate-colors.js';

/** Another image laid over this one through the mask; without a mask, half and half. */
export interface CompositeOutput extends OutputFields, Required<Pick<CompositeOptions, 'blend' | 'alpha' | 'opacity'>> {
  readonly kind: 'composite';
  readonly overlay: string;
  readonly resizeOverlay: boolean;
  /** Also write the mask that was used. */
  readonly saveMask?: string | undefined;
  /** Larger files, sooner written. */
  readonly fast: boolean;
}

/** How much of the overlay shows where there is no mask at all. */
const WITHOUT_MASKS = 0.5;

/** What was written, and how much of the overlay shows. */
export interface CompositeReport {
  readonly output: string;
  readonly mask: string | undefined;
  readonly channels: number;
  readonly bitDepth: 8 | 16;
  /** Mean coverage of the overlay, 0..1, opacity left out. */
  readonly share: number;
  /** The labels of the masks. */
  readonly masks: readonly string[];
}

export const compositeOutput = {
  needsMask: false,
  schema: (fields) =>
    z
      .strictObject({
        kind: z.literal('composite'),
        ...outputFields('{stem}.composite.{ext}', fields),
        overlay: fields.path.describe('the image that is laid over this one where the mask selects'),
        resizeOverlay: flag().default(false).describe("scale the overlay to this image's size"),
        blend: z.enum(BLEND_MODES).default(COMPOSITE_DEFAULTS.blend).describe('how colors are blended'),
        opacity: number(0, 1).default(COMPOSITE_DEFAULTS.opacity).describe('of the overlay'),
        alpha: z.enum(ALPHA_RULES).default(COMPOSITE_DEFAULTS.alpha).describe('how transparency is composited'),
        saveMask: fields.path.optional().describe('also write the mask that was used'),
        fast: flag().default(false).describe('larger files, sooner written'),
      })
      .describe('another image laid over this one through the mask; without sources, half and half'),
  reads: ({ overlay }) => [overlay],
  plan: (output, naming) => [
    { kind: 'composite', path: outputPath(output, naming, { kind: 'composite' }) },
    ...(output.saveMask === undefined ? [] : [{ kind: 'mask', path: output.saveMask }]),
  ],
  render: async (output, task, [file, maskFile]) => {
    const [image, overlay, cover] = await Promise.all([task.image(), task.open(output.overlay), coverOf(task)]);
    const laid = fitOverlay(image, overlay, output.resizeOverlay);
    // What is taken out of an edge is the other side of the image that the mask is of.
    const edge = task.decontaminate ? cover?.mask : undefined;
    const inOverlay = task.matteFrom === output.overlay;
    const under = edge && !inOverlay ? separateColors(image.raster, edge, true).rest : image.raster;
    const over = edge && inOverlay ? separateColors(laid, edge, true).selected : laid;
    const { blend, alpha } = output;
    const opacity = cover === undefined ? output.opacity * WITHOUT_MASKS : output.opacity;
    // Counted while the image is drawn: to draw the coverage for it would take as long again.
    const tally = cover?.mask === undefined ? cover && openTally(under, cover.rows) : undefined;
    const raster = drawByRows(under, (from, to) => {
      const mask = cover?.rows(from, to);
      if (mask?.kind === 'coverage') {
        tally?.add(mask, from, to);
      }
      return compositeRasters(viewRows(under, from, to), viewRows(over, from, to), { mask, opacity, blend, alpha });
    });
    const options = { provenance: task.provenance(), effort: output.fast ? 'fast' : 'normal' } as const;
    const files = [
      encodeOutput(file!, () => raster, { ...options, metadata: image }),
      ...(maskFile === undefined ? [] : [encodeOutput(maskFile, () => drawMask(cover, raster), options)]),
    ];
    return {
      files,
      measured: tally && (() => ({ share: tally.share(), bounds: tally.bounds() })),
      warnings: [...metadataWarnings(file!, image), ...overlay.warnings, ...profileWarnings(image, overlay)],
      report: {
        output: file!.path,
        mask: maskFile?.path,
        channels: raster.channels,
        bitDepth: raster.bitDepth,
        get share() {
          return tally?.mean() ?? (cover?.mask === undefined ? WITHOUT_MASKS : meanOf(cover.mask));
        },
        masks: (await task.found()).map(({ label }) => label),
      } satisfies CompositeReport,
    };
  },
} satisfies OutputModule<CompositeOutput>;

/** How much of the overlay shows: a mask, or what is finer than one. */
type Cover =
  | { readonly mask: Mask; readonly rows: (from: number, to: number) => Mask }
  | { readonly mask?: undefined; readonly rows: (from: number, to: number) => Coverage };

/** Where masks are only normalized and averaged, nothing is rounded to 256 levels on the way. */
async function coverOf(task: ImageTask): Promise<Cover | undefined> {
  const { sources, combine, operations, isRetouched } = task;
  if (sources.length === 0) {
    return undefined;
  }
  const isAverage =
    combine === 'mean' &&
    !isRetouched &&
    sources.every(({ combine: own = combine }) => own === combine) &&
    operations.every(isEmptyMaskOperations) &&
    sources.every(({ mask = {} }) => isEmptyMaskOperations({ ...mask, normalize: undefined }));
  if (!isAverage) {
    const mask = await task.mask();
    return { mask, rows: (from, to) => viewRows(mask, from, to) };
  }
  const found = await task.found();
  return openMeanCoverage(
    found.map(({ mask }, i) => ({ mask, table: normalizeLut(mask, sources[i]!.mask?.normalize ?? 0) })),
  );
}

function meanOf({ data }: Mask): number {
  let sum = 0;
  for (let i = 0; i < data.length; i++) {
    sum += data[i]!;
  }
  return sum / data.length / 255;
}

function fitOverlay(background: DecodedImage, overlay: DecodedImage, resize: boolean): Raster {
  const { width, height } = background.raster;
  if (overlay.raster.width === width && overlay.raster.height === height) {
    return overlay.raster;
  }
  if (!resize) {
    throw sizeMismatch(
      `the overlay ${overlay.name}`,
      overlay.raster,
      `the background ${background.name}`,
      background.raster,
      'use images of the same size, or --resize-overlay',
    );
  }
  return resizeRaster(overlay.raster, background.raster);
}

function drawMask(cover: Cover | undefined, size: Size): RowDrawing {
  return drawByRows(size, (from, to) => {
    if (cover === undefined) {
      const { width } = size;
      return createMask(width, to - from, new Uint8Array(width * (to - from)).fill(Math.round(WITHOUT_MASKS * 255)));
    }
    const rows = cover.rows(from, to);
    return rows.kind === 'mask' ? rows : coverageToMask(rows);
  });
}

function profileWarnings(background: DecodedImage, overlay: DecodedImage): string[] {
  const [one, other] = [background.icc, overlay.icc];
  const same = one === undefined || other === undefined ? one === other : Buffer.compare(one, other) === 0;
  return same
    ? []
    : [`${background.name} and ${overlay.name} have different color profiles; values are mixed as they are stored`];
}
