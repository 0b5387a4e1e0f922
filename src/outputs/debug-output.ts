import { z } from 'zod';
import { hasMatte, type Instance, invertMask, type Length, maskBounds } from '../engine/index.js';
import {
  type Bounds,
  cropRaster,
  heatmapToMask,
  type Mask,
  multiplyAlpha,
  type Raster,
  viewRows,
} from '../raster/index.js';
import { drawNumbers } from '../render/draw-numbers.js';
import { drawOverlay } from '../render/draw-overlay.js';
import { drawThresholdSheet, thresholdShares } from '../render/threshold-sheet.js';
import { flag, length } from '../sources/schema-fields.js';
import type { FoundMask } from '../sources/source.js';
import { namesOf } from '../sources/sources.js';
import { type Background, backgroundField, composeOnto, openBackground, widenBounds } from './cut-outs/cut-out.js';
import { DEBUG_IMAGES } from './debug-images.js';
import { contentOf } from '../io/files/write-files.js';
import type { Drawing } from '../io/image/image-content.js';
import { drawByRows, type RowDrawing } from '../io/image/row-drawing.js';
import { encodeOutput } from './encode-output.js';
import { isColor } from './cut-outs/is-color.js';
import { anchorOf, type SeparatedInstances, separateInstances } from './instances/separate-instances.js';
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
  /** The three images of each instance, not of all of them together. */
  readonly each: boolean;
  readonly hard: boolean;
  /** Crop `selected` and `deselected` to what they show, with this margin. */
  readonly trim?: Length | undefined;
  /** A color or the path of an image that `selected` and `deselected` are composed onto. */
  readonly background?: string | undefined;
  readonly overlay: boolean;
  readonly heatmap: boolean;
  readonly thresholdSheet: boolean;
}

/** One instance of a selection: a connected component, or a part of one. */
export interface InstanceReport extends Pick<Instance, 'area' | 'bounds' | 'centroid'> {
  /** Its number from 1, the largest first: `#1` behind a phrase in a prompt selects it. */
  readonly instance: number;
  /** Mean and highest probability of its pixels, where there is one. */
  readonly mean?: number;
  readonly peak?: number;
  /** The path of each of its images, by their kind; with `each`. */
  readonly files?: Readonly<Record<string, string>>;
  /** The part of the image that its cut-outs show, by their kind; with `trim`. */
  readonly windows?: Readonly<Record<string, Bounds>>;
}

/** What was selected by one source, or by all of them. */
export interface MaskReport {
  readonly label: string;
  /** Share of the image's pixels that are selected (128 and more), 0..1. */
  readonly share: number;
  readonly bounds: Bounds | undefined;
  /** What is selected, divided into instances before it grows or fades. */
  readonly instances: readonly InstanceReport[];
  readonly warnings: readonly string[];
  /** What each threshold would select, where a sheet was asked for. */
  readonly thresholdSheet?: ReturnType<typeof thresholdShares>;
  /** The path of each image, by its kind. */
  readonly files: Readonly<Record<string, string>>;
  /** The part of the image that its cut-outs show, by their kind; with `trim`. */
  readonly windows?: Readonly<Record<string, Bounds>>;
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
        each: flag().default(false).describe('the three images of each instance by itself'),
        hard: flag().default(false).describe('cut selected and deselected at the mask instead of fading'),
        trim: length().optional().describe('crop selected and deselected to what they show, with this margin'),
        background: backgroundField(fields).optional(),
        overlay: flag().default(false).describe('also the image with the selection tinted, outlined and numbered'),
        heatmap: flag().default(false).describe('also the probability as a gray image'),
        thresholdSheet: flag().default(false).describe('also a sheet of what thresholds from 0.1 to 0.9 select'),
      })
      .describe('selected, deselected and masked, as the command mask writes them'),
  reads: ({ background }) => (background === undefined || isColor(background) ? [] : [background]),
  plan: (output, naming) =>
    partsOf(output, naming).flatMap((part) => [
      ...mainFiles(output, part, naming, output.each ? 1 : undefined),
      ...moreFiles(output, part, naming),
    ]),
  render: async (output, task) => {
    const image = await task.image();
    const background = await openBackground(output.background, image.raster, task);
    const found = await task.found();
    // A matte is the fade itself: the probability of the heatmap would hide it.
    const settings = {
      trim: output.trim,
      hard: output.hard || task.operations.some(hasMatte),
      decontaminate: task.decontaminate,
    };
    const rendered: RenderedFile[] = [];
    const masks: MaskReport[] = [];
    for (const [index, part] of partsOf(output, task.naming).entries()) {
      const isSource = output.masks === 'each';
      const item = isSource ? found[index]! : await combine(part, found, task);
      const mask = isSource ? await task.operate(item.mask) : item.mask;
      const provenance = isSource ? () => item.provenance : task.provenance();
      const write = (file: PlannedFile, drawing: Drawing): void => {
        const metadata = OF_THE_IMAGE.has(file.kind) ? image : undefined;
        rendered.push(encodeOutput(file, drawing, { metadata, provenance }));
      };
      /** The three images of a mask; where cut-outs are trimmed, the part of the image that each shows. */
      const writeMain = (
        files: readonly PlannedFile[],
        shown: Pick<FoundMask, 'mask' | 'heatmap'>,
      ): Pick<MaskReport, 'files' | 'windows'> => {
        const windows: Record<string, Bounds> = {};
        // One plane for both cut-outs.
        let visible: Mask | undefined;
        const see = (): Mask => (visible ??= visibleOf(shown, settings, background));
        for (const file of files) {
          if (file.kind === 'masked') {
            write(file, shown.mask);
            continue;
          }
          const window = windowOf(file.kind, image.raster, shown.mask, settings);
          write(file, () => drawCutOut(file.kind, image.raster, see(), settings, background, window));
          if (window !== undefined) {
            windows[file.kind] = window;
          }
        }
        return { files: pathsOf(files), ...(output.trim === undefined ? {} : { windows }) };
      };
      const whole = output.each
        ? { files: {} }
        : writeMain(mainFiles(output, part, task.naming), { mask, heatmap: item.heatmap });
      const separated = await separate(output, index, item, task);
      const instances: InstanceReport[] = [];
      for (const instance of separated.instances) {
        const files = output.each
          ? writeMain(mainFiles(output, part, task.naming, instance.label), {
              mask: await separated.maskOf(instance),
              heatmap: separated.heatmapOf(instance),
            })
          : undefined;
        instances.push(describeInstance(instance, separated.hasProbability, files));
        if (output.each) {
          await encodeNow(rendered);
        }
      }
      const more = moreFiles(output, part, task.naming);
      for (const file of more) {
        write(file, () => drawMore(file.kind, image.raster, { ...item, mask }, separated));
      }
      masks.push({
        ...item.provenance,
        ...item.facts,
        label: item.label,
        ...measureMask(mask),
        instances,
        ...(output.thresholdSheet && item.heatmap !== undefined
          ? { thresholdSheet: thresholdShares(item.heatmap) }
          : {}),
        warnings: item.warnings,
        ...whole,
        files: { ...whole.files, ...pathsOf(more) },
      });
    }
    return {
      files: rendered,
      warnings: output.each
        ? masks.flatMap(({ label, instances }) =>
            instances.length === 0 ? [`${label} has no instance: none is written`] : [],
          )
        : [],
      report: { masks },
    };
  },
} satisfies OutputModule<DebugOutput>;

/** Images that show the image itself: its metadata goes with them. */
const OF_THE_IMAGE: ReadonlySet<string> = new Set(['selected', 'deselected', 'overlay']);

/** Encodes what waits to be: the masks of many instances would take more memory than their files. */
async function encodeNow(files: RenderedFile[]): Promise<void> {
  for (const [i, file] of files.entries()) {
    files[i] = typeof file.data === 'function' ? { ...file, data: await contentOf(file) } : file;
  }
}

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

/** The three images, or the chosen one; of one instance where its number is named. */
function mainFiles(output: DebugOutput, { label }: Part, naming: ImageNaming, instance?: number): PlannedFile[] {
  const kinds = output.only === undefined ? DEBUG_IMAGES : [output.only];
  return kinds.map((kind) => ({
    kind,
    path: outputPath(output, naming, { kind, text: label, extra: kinds.length > 1, instance }),
  }));
}

/** Images of all instances together. */
function moreFiles(output: DebugOutput, { label, hasHeatmap }: Part, naming: ImageNaming): PlannedFile[] {
  const kinds = [
    ...(output.overlay ? ['overlay'] : []),
    ...(output.heatmap && hasHeatmap ? ['heatmap'] : []),
    ...(output.thresholdSheet && hasHeatmap ? ['threshold-sheet'] : []),
  ];
  const instance = output.each ? 'all' : undefined;
  return kinds.map((kind) => ({
    kind,
    path: outputPath(output, naming, { kind, text: label, extra: true, instance }),
  }));
}

function pathsOf(files: readonly PlannedFile[]): Record<string, string> {
  return Object.fromEntries(files.map(({ kind, path }) => [kind, path]));
}

/** The instances of one source, or of all combined; the probability is that of a single source. */
async function separate(
  { masks }: DebugOutput,
  index: number,
  item: FoundMask,
  task: ImageTask,
): Promise<SeparatedInstances & { readonly hasProbability: boolean }> {
  const isOne = masks === 'each' || task.sources.length === 1;
  const source = task.sources[index];
  const hasProbability = isOne && item.heatmap !== undefined && source?.invert !== true;
  const selection = {
    mask: masks === 'each' ? item.mask : await task.combined(),
    heatmap: hasProbability ? item.heatmap : undefined,
    threshold: hasProbability ? Number(item.provenance['threshold'] ?? 0.5) : undefined,
  };
  return { ...(await separateInstances(selection, task)), hasProbability };
}

function describeInstance(
  { label, area, bounds, centroid, mean, peak }: Instance,
  hasProbability: boolean,
  files: Pick<InstanceReport, 'files' | 'windows'> | undefined,
): InstanceReport {
  return { instance: label, area, bounds, centroid, ...(hasProbability ? { mean, peak } : {}), ...files };
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

interface CutOutSettings extends Pick<DebugOutput, 'hard' | 'trim'> {
  readonly decontaminate: boolean;
}

/** The part of the image that `selected` or `deselected` shows where it is trimmed. */
function windowOf(kind: string, raster: Raster, mask: Mask, { trim }: CutOutSettings): Bounds | undefined {
  const bounds = trim === undefined ? undefined : maskBounds(kind === 'selected' ? mask : invertMask(mask));
  return bounds && widenBounds(bounds, trim!, raster);
}

/** How much of each pixel the cut-outs show: they fade with the probability where nothing says otherwise. */
function visibleOf(
  { mask, heatmap }: Pick<FoundMask, 'mask' | 'heatmap'>,
  { hard, trim }: CutOutSettings,
  background: Background | undefined,
): Mask {
  const isFaded = !hard && trim === undefined && background === undefined && heatmap !== undefined;
  return isFaded ? heatmapToMask(heatmap) : mask;
}

/** `selected` or `deselected`, cropped to the window where there is one. */
function drawCutOut(
  kind: string,
  raster: Raster,
  visible: Mask,
  { decontaminate }: CutOutSettings,
  background: Background | undefined,
  window: Bounds | undefined,
): Raster | RowDrawing {
  const isSelected = kind === 'selected';
  const { selected, rest } = separateColors(raster, visible, decontaminate);
  const colors = isSelected ? selected : rest;
  if (background === undefined && window === undefined) {
    return drawByRows(raster, (from, to) => {
      const shown = viewRows(visible, from, to);
      return multiplyAlpha(viewRows(colors, from, to), isSelected ? shown : invertMask(shown));
    });
  }
  const cut = multiplyAlpha(colors, isSelected ? visible : invertMask(visible));
  const composed = background === undefined ? cut : composeOnto(cut, background);
  return window === undefined ? composed : cropRaster(composed, window);
}

function drawMore(kind: string, raster: Raster, item: FoundMask, separated: SeparatedInstances): Raster | Mask {
  const { mask, heatmap } = item;
  switch (kind) {
    case 'overlay': {
      const { instances, labels } = separated;
      const overlay = drawOverlay(raster, mask);
      return instances.length < 2
        ? overlay
        : drawNumbers(
            overlay,
            instances.map((instance) => ({ number: instance.label, ...anchorOf(labels(), raster.width, instance) })),
          );
    }
    case 'heatmap':
      return heatmapToMask(heatmap!);
    default:
      return drawThresholdSheet(raster, heatmap!, item.label, Number(item.provenance['threshold']));
  }
}
