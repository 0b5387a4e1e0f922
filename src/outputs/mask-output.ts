import { invertMask, maskBounds, applyMaskOperations, type MaskOperations } from '../engine/index.js';
import { drawOverlay } from '../render/draw-overlay.js';
import { drawThresholdSheet, thresholdShares } from '../render/threshold-sheet.js';
import { decodeImage } from '../io/image/decode-image.js';
import { encodeImage } from '../io/image/encode-image.js';
import type { PngText } from '../io/image/png/png-chunks.js';
import { assertWritable, writeFiles } from '../io/files/write-files.js';
import { type Bounds, heatmapToMask, type Mask, multiplyAlpha, type Raster } from '../raster/index.js';
import { colorWarnings } from './color-warning.js';
import { outputPath, type NamingOptions, stemOf } from '../io/files/output-names.js';
import { labelOf } from '../sources/source-labels.js';
import { findMasks, type FoundMask, type MaskSource, type SourceSettings } from '../sources/sources.js';
import { type Provenance, provenanceText } from '../io/image/provenance.js';
import {
  makeTargetFiles,
  type TargetChoice,
  type TargetPaths,
  targetPaths,
  type TargetReport,
} from './target-output.js';

export interface MaskJobOptions {
  /** Each gives files of its own. */
  readonly sources: readonly MaskSource[];
  readonly settings: SourceSettings;
  readonly shape: MaskOperations;
  readonly naming: NamingOptions;
  /** Cut `selected` and `deselected` at the mask instead of fading them by probability. */
  readonly hard?: boolean | undefined;
  /** Also write the image with the selection tinted and outlined. */
  readonly overlay?: boolean | undefined;
  /** Also write the probability as a gray image. */
  readonly heatmap?: boolean | undefined;
  /** Also write a sheet of what thresholds from 0.1 to 0.9 select; words only. */
  readonly sweep?: boolean | undefined;
  /** Also write what a program takes. */
  readonly target?: TargetChoice | undefined;
  /** How the run was asked for; goes into the files' metadata. */
  readonly provenance: Provenance;
}

/** What was found of one source, and the files that show it. */
export interface MaskReport extends Provenance {
  readonly label: string;
  /** Share of the image's pixels that the mask selects (value 128 and more), 0..1. */
  readonly share: number;
  /** Smallest rectangle around them; undefined where there are none. */
  readonly bounds: Bounds | undefined;
  readonly warnings: readonly string[];
  readonly files: Readonly<Record<string, string>>;
  readonly target?: TargetReport | undefined;
}

/** What was found in one image. */
export interface MaskJobResult {
  readonly input: string;
  readonly width: number;
  readonly height: number;
  readonly warnings: readonly string[];
  readonly masks: readonly MaskReport[];
}

/**
 * Finds each source in one image and writes `selected` (the image, alpha = probability), `deselected`
 * (alpha = 1 - probability) and `masked` (black and white, white = selected), as InvokeAI's `!mask` does.
 */
export async function maskJob(input: string, options: MaskJobOptions): Promise<MaskJobResult> {
  const image = await decodeImage(input);
  const stem = stemOf(input);
  const found = await findMasks(options.sources, image, options.settings);
  const reports: MaskReport[] = [];
  const plans = found.map((item, i) => ({
    item,
    paths: pathsFor(options.sources[i]!, stem, options),
    targetFiles: targetPathsFor(options.sources[i]!, stem, options),
  }));
  await assertWritable(maskOutputs(input, options), { inputs: [input] });
  for (const { item, paths, targetFiles } of plans) {
    options.settings.signal?.throwIfAborted();
    const mask = applyMaskOperations(item.mask, options.shape);
    const images = drawImages(image.raster, item, mask, options);
    const text = (): PngText => provenanceText({ ...options.provenance, ...item.provenance });
    const encoding = Promise.all(
      Object.entries(paths).map(async ([kind, path]) => ({
        path,
        data: await encodeImage(images[kind]!, {
          icc: images[kind]!.kind === 'raster' && kind !== 'sweep' ? image.icc : undefined,
          text,
        }),
      })),
    );
    // Measured while the files are being compressed.
    const measured = measureMask(mask);
    const files = await encoding;
    const target =
      options.target === undefined || targetFiles === undefined
        ? undefined
        : await makeTargetFiles(image, mask, options.target, {
            input,
            paths: targetFiles,
            provenance: { ...options.provenance, ...item.provenance },
          });
    await writeFiles([...files, ...(target?.files ?? [])], { inputs: [input] });
    reports.push({
      ...item.provenance,
      label: item.label,
      ...measured,
      ...(options.sweep === true && item.heatmap !== undefined ? { sweep: thresholdShares(item.heatmap) } : {}),
      warnings: [...item.warnings, ...(target?.report.warnings ?? [])],
      files: paths,
      target: target?.report,
    });
  }
  return {
    input,
    width: image.raster.width,
    height: image.raster.height,
    warnings: [...image.warnings, ...colorWarnings(image)],
    masks: reports,
  };
}

/** Share and bounds of what a mask selects, 128 and more counting as selected. */
export function measureMask(mask: Mask): { share: number; bounds: Bounds | undefined } {
  let selected = 0;
  const { data } = mask;
  for (let i = 0; i < data.length; i++) {
    selected += data[i]! >> 7;
  }
  return { share: selected / data.length, bounds: maskBounds(mask) };
}

/** The files that `maskJob` will write, known without reading anything. */
export function maskOutputs(input: string, options: MaskJobOptions): string[] {
  const stem = stemOf(input);
  return options.sources.flatMap((source) => [
    ...Object.values(pathsFor(source, stem, options)),
    ...Object.values(targetPathsFor(source, stem, options) ?? {}),
  ]);
}

function targetPathsFor(source: MaskSource, stem: string, options: MaskJobOptions): TargetPaths | undefined {
  return options.target === undefined
    ? undefined
    : targetPaths(options.target.target, options.naming, { stem, text: labelOf(source) });
}

function pathsFor(source: MaskSource, stem: string, options: MaskJobOptions): Record<string, string> {
  const kinds = [
    'selected',
    'deselected',
    'masked',
    ...(options.overlay === true ? ['overlay'] : []),
    ...(options.heatmap === true && source.kind === 'text' ? ['heatmap'] : []),
    ...(options.sweep === true && source.kind === 'text' ? ['sweep'] : []),
  ];
  return Object.fromEntries(
    kinds.map((kind) => [kind, outputPath(options.naming, { stem, text: labelOf(source), kind, ext: 'png' })]),
  );
}

function drawImages(
  raster: Raster,
  item: FoundMask,
  mask: Mask,
  options: MaskJobOptions,
): Readonly<Record<string, Raster | Mask>> {
  const soft = options.hard === true || item.heatmap === undefined ? mask : heatmapToMask(item.heatmap);
  return {
    selected: multiplyAlpha(raster, soft),
    deselected: multiplyAlpha(raster, invertMask(soft)),
    masked: mask,
    ...(options.overlay === true ? { overlay: drawOverlay(raster, mask) } : {}),
    ...(options.heatmap === true && item.heatmap !== undefined ? { heatmap: heatmapToMask(item.heatmap) } : {}),
    ...(options.sweep === true && item.heatmap !== undefined
      ? { sweep: drawThresholdSheet(raster, item.heatmap, item.label, Number(item.provenance['threshold'])) }
      : {}),
  };
}
