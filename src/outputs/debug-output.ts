import { z } from 'zod';
import { hasMatte, invertMask } from '../engine/index.js';
import { type Bounds, heatmapToMask, type Mask, multiplyAlpha, type Raster } from '../raster/index.js';
import { drawOverlay } from '../render/draw-overlay.js';
import { drawThresholdSheet, thresholdShares } from '../render/threshold-sheet.js';
import { flag } from '../sources/schema-fields.js';
import type { FoundMask } from '../sources/source.js';
import { namesOf } from '../sources/sources.js';
import { DEBUG_IMAGES } from './debug-images.js';
import { encodeOutput } from './encode-output.js';
import { measureMask } from './measure-mask.js';
import { separateColors } from './separate-colors.js';
import {
  type ImageNaming,
  type ImageTask,
  type OutputFields,
  outputFields,
  type OutputModule,
  type PlannedFile,
  type RenderedFile,
} from './output.js';
import { outputPath } from './name-output.js';

/** `selected`, `deselected` and `masked`, as InvokeAI's `!mask` writes them, and images to judge a selection by. */
export interface DebugOutput extends OutputFields {
  readonly kind: 'debug';
  /** One of the three alone. */
  readonly only?: (typeof DEBUG_IMAGES)[number] | undefined;
  /** Each source by itself, or all of them combined. */
  readonly masks: 'each' | 'combined';
  readonly hard: boolean;
  readonly overlay: boolean;
  readonly heatmap: boolean;
  readonly thresholdSheet: boolean;
}

/** What was selected by one source, or by all of them. */
export interface MaskReport {
  readonly label: string;
  /** Share of the image's pixels that are selected (128 and more), 0..1. */
  readonly share: number;
  readonly bounds: Bounds | undefined;
  readonly warnings: readonly string[];
  /** What each threshold would select, where a sheet was asked for. */
  readonly thresholdSheet?: ReturnType<typeof thresholdShares>;
  /** The path of each image, by its kind. */
  readonly files: Readonly<Record<string, string>>;
}

export const debugOutput = {
  needsMask: true,
  schema: (fields) =>
    z
      .strictObject({
        kind: z.literal('debug'),
        ...outputFields('{stem}.{text}.{kind}.{ext}', fields),
        only: z.enum(DEBUG_IMAGES).optional().describe('one of the three images alone'),
        masks: z.enum(['each', 'combined']).default('each').describe('each source by itself, or all combined'),
        hard: flag().default(false).describe('cut selected and deselected at the mask instead of fading'),
        overlay: flag().default(false).describe('also the image with the selection tinted and outlined'),
        heatmap: flag().default(false).describe('also the probability as a gray image'),
        thresholdSheet: flag().default(false).describe('also a sheet of what thresholds from 0.1 to 0.9 select'),
      })
      .describe('selected, deselected and masked, as the command mask writes them'),
  plan: (output, naming) => partsOf(output, naming).flatMap((part) => planPart(output, part, naming)),
  render: async (output, task) => {
    const image = await task.image();
    const { raster } = image;
    const found = await task.found();
    // A matte is the fade itself: the probability of the heatmap would hide it.
    const settings = { hard: output.hard || task.operations.some(hasMatte), decontaminate: task.decontaminate };
    const rendered: Promise<RenderedFile>[] = [];
    const masks: MaskReport[] = [];
    for (const [index, part] of partsOf(output, task.naming).entries()) {
      const item = output.masks === 'each' ? found[index]! : await combine(part, found, task);
      const mask = output.masks === 'each' ? await task.operate(item.mask) : item.mask;
      const files = planPart(output, part, task.naming);
      const provenance = output.masks === 'each' ? () => item.provenance : task.provenance();
      for (const file of files) {
        const drawn = drawDebugImage(file.kind, raster, { ...item, mask }, settings);
        const isImage = drawn.kind === 'raster' && file.kind !== 'threshold-sheet';
        rendered.push(encodeOutput(file, drawn, { metadata: isImage ? image : undefined, provenance }));
      }
      masks.push({
        ...item.provenance,
        ...item.facts,
        label: item.label,
        // Measured while the files are being compressed.
        ...measureMask(mask),
        ...(output.thresholdSheet && item.heatmap !== undefined
          ? { thresholdSheet: thresholdShares(item.heatmap) }
          : {}),
        warnings: item.warnings,
        files: Object.fromEntries(files.map(({ kind, path }) => [kind, path])),
      });
    }
    return { files: await Promise.all(rendered), report: { masks } };
  },
} satisfies OutputModule<DebugOutput>;

/** What is shown together: one source, or all of them. */
interface Part {
  readonly label: string;
  /** There is a probability to show. */
  readonly hasHeatmap: boolean;
}

function partsOf({ masks }: DebugOutput, { sources }: ImageNaming): Part[] {
  const names = namesOf(sources);
  const parts = sources.map((source, i) => ({ label: names[i]!, hasHeatmap: hasHeatmap(source) }));
  return masks === 'each' || parts.length === 0
    ? parts
    : [{ label: parts.map(({ label }) => label).join(' + '), hasHeatmap: parts.length === 1 && parts[0]!.hasHeatmap }];
}

/** Whether a source has a probability, and not a mask alone. */
function hasHeatmap({ kind }: ImageNaming['sources'][number]): boolean {
  return kind === 'prompt' || kind === 'heatmap';
}

function planPart(output: DebugOutput, { label, hasHeatmap }: Part, naming: ImageNaming): PlannedFile[] {
  const main = output.only === undefined ? DEBUG_IMAGES : [output.only];
  const more = [
    ...(output.overlay ? ['overlay'] : []),
    ...(output.heatmap && hasHeatmap ? ['heatmap'] : []),
    ...(output.thresholdSheet && hasHeatmap ? ['threshold-sheet'] : []),
  ];
  return [...main, ...more].map((kind) => ({
    kind,
    path: outputPath(output, naming, { kind, text: label, extra: main.length > 1 || more.includes(kind) }),
  }));
}

/** All sources as one; the probability is that of a single prompt. */
async function combine({ label }: Part, found: readonly FoundMask[], task: ImageTask): Promise<FoundMask> {
  return {
    label,
    mask: await task.mask(),
    warnings: found.flatMap(({ warnings }) => warnings),
    ...(found.length === 1 ? { ...found[0]!, mask: await task.mask() } : { provenance: task.provenance()() }),
  };
}

interface DrawSettings {
  readonly hard: boolean;
  readonly decontaminate: boolean;
}

function drawDebugImage(
  kind: string,
  raster: Raster,
  item: FoundMask,
  { hard, decontaminate }: DrawSettings,
): Raster | Mask {
  const { mask, heatmap } = item;
  const soft = (): Mask => (hard || heatmap === undefined ? mask : heatmapToMask(heatmap));
  switch (kind) {
    case 'selected':
      return multiplyAlpha(separateColors(raster, soft(), decontaminate).selected, soft());
    case 'deselected':
      return multiplyAlpha(separateColors(raster, soft(), decontaminate).rest, invertMask(soft()));
    case 'overlay':
      return drawOverlay(raster, mask);
    case 'heatmap':
      return heatmapToMask(heatmap!);
    case 'threshold-sheet':
      return drawThresholdSheet(raster, heatmap!, item.label, Number(item.provenance['threshold']));
    default:
      return mask;
  }
}
