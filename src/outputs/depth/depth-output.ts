import { z } from 'zod';
import { GRAY_DEFAULTS } from '../../depth/gray/map-grays.js';
import { flag, number, type PathFields, text, whole } from '../../sources/schema-fields.js';
import { withKinds } from '../encode-output.js';
import { type ImageNaming, outputFields, type OutputModule, type PlannedFile } from '../output.js';
import { outputPath } from '../name-output.js';
import { dirname } from 'node:path';
import { drawDepthHistogram } from '../../render/draw-histogram.js';
import { type GraySplits, initialSplits } from '../../depth/gray/gray-splits.js';
import { type Histogram, makeHistogram, shortDepth } from '../../depth/histogram.js';
import { BACKGROUND_FROM, type DepthRange, depthRange, normalizeDepth } from '../../depth/normalize-depth.js';
import { suggestCutoff } from '../../depth/suggest-cutoff.js';
import { MaskwrightError } from '../../errors.js';
import { decodeDepth, type DecodedDepth, type DecodeDepthOptions } from '../../io/depth/decode-depth.js';
import { encodeImage } from '../../io/image/encode-image.js';
import { STDIO } from '../../io/files/read-input.js';
import { type OutputFile, assertWritable, writeFiles } from '../../io/files/write-files.js';
import type { DepthOrder } from '../../raster/index.js';
import { type DepthImage, depthImageKinds, type DepthImageOptions, makeDepthImages } from './depth-images.js';
import { type DepthSplitPlan, readDepthSplitPlan } from '../../sources/depth/depth-split-plan.js';
import { type NamingOptions, outputPath as namedPath, stemOf } from '../../io/files/output-names.js';
import { type Provenance, provenanceText } from '../../io/image/provenance.js';

export interface DepthJobOptions extends DecodeDepthOptions {
  readonly images: DepthImageOptions;
  /** Depth from which everything is as far as can be; `auto` looks for a gap before a backdrop. */
  readonly cutoff?: number | 'auto' | undefined;
  /** The range that gray levels are spread over; that of the map itself where left out. */
  readonly range?: DepthRange | undefined;
  /** Splits to give grays out by, instead of one over the whole range. */
  readonly recipe?: DepthSplitPlan | undefined;
  /** Also the histogram as an image. */
  readonly histogramPlot?: boolean | undefined;
  readonly naming: NamingOptions;
  /** Replace files that exist. */
  readonly force?: boolean | undefined;
  readonly provenance: Provenance;
}

export interface DepthResult {
  readonly input: string;
  readonly width: number;
  readonly height: number;
  /** The EXR channel that was read. */
  readonly channel: string | undefined;
  readonly depthOrder: DepthOrder;
  readonly range: DepthRange;
  readonly cutoff: number | undefined;
  /** Share of the pixels that have no depth, 0..1. */
  readonly background: number;
  readonly splits: GraySplits;
  readonly histogram: Histogram;
  readonly files: readonly string[];
  readonly warnings: readonly string[];
}

export const DEPTH_NAMING_DEFAULTS = { name: '{stem}.{kind}.{ext}' } as const;

/**
 * Writes a depth map as a gray image: `.depth.png`, and `.mask.png`, `.regions.png` and `.histogram.png` where
 * they are asked for. Files that exist are kept, unless `force` is given.
 */
export async function depthJob(input: string, options: DepthJobOptions): Promise<DepthResult> {
  const paths = depthOutputs(input, options);
  const writing = { inputs: [input], keepExisting: options.force !== true };
  await assertWritable(paths, writing);
  const pathOf = (kind: DepthFile): string => pathFor(input, kind, options.naming);
  const { files, ...facts } = await makeDepthFiles(await decodeDepth(input, options), options, pathOf);
  await writeFiles(files, writing);
  return { input, ...facts, files: paths };
}

/** The images of a depth map, encoded. Throws `DEPTH_EMPTY`. */
export async function makeDepthFiles(
  depth: DecodedDepth,
  options: Omit<DepthJobOptions, 'naming' | 'force'>,
  pathOf: (kind: DepthFile) => string,
): Promise<Omit<DepthResult, 'input' | 'files'> & { readonly files: OutputFile[] }> {
  const { map } = depth;
  const own = assertRange(depth);
  const range = options.range ?? own;
  const cutoff = options.cutoff === 'auto' ? suggestCutoff(map, own) : options.cutoff;
  const splits = options.recipe?.splits ?? initialSplits(range, { cutoff, depthOrder: map.depthOrder });
  const histogram = makeHistogram(map.data, own);
  const images = { ...options.images, cutoff, compress: options.recipe?.compress ?? options.images.compress };
  const metadata = provenanceText({ ...options.provenance, channel: depth.channel, range, splits, ...images });
  const { files, grays } = await makeDepthImages(map, splits, images, { pathOf, text: metadata });
  const plot =
    options.histogramPlot === true
      ? [{ path: pathOf('histogram'), data: await encodeImage(drawDepthHistogram(normalizeDepth(map))) }]
      : [];
  return {
    files: [...files, ...plot],
    width: map.width,
    height: map.height,
    channel: depth.channel,
    depthOrder: map.depthOrder,
    range,
    cutoff,
    background: 1 - histogram.count / map.data.length,
    splits,
    histogram,
    warnings: [...depth.warnings, ...warningsOf(depth, own, cutoff, options, grays.inside.data)],
  };
}

/** The files that `depthJob` will write. */
export function depthOutputs(
  input: string,
  { images, histogramPlot, naming }: Pick<DepthJobOptions, 'images' | 'histogramPlot' | 'naming'>,
): string[] {
  return depthFileKinds({ images, histogramPlot }).map((kind) => pathFor(input, kind, naming));
}

/** What is made of a depth map. */
export type DepthFile = DepthImage | 'histogram';

/** The kinds of files that `options` ask for. */
export function depthFileKinds({
  images,
  histogramPlot,
}: Pick<DepthJobOptions, 'images' | 'histogramPlot'>): DepthFile[] {
  return [...depthImageKinds(images), ...(histogramPlot === true ? (['histogram'] as const) : [])];
}

/** Beside the map itself, as daz_depthmap_processor writes. */
export function besideInput(input: string): string {
  return input === STDIO ? '.' : dirname(input);
}

/** The range of several maps together. A map that cannot be read is left to its own job to refuse. */
export async function sharedDepthRange(
  inputs: readonly string[],
  options: DecodeDepthOptions & { readonly signal?: AbortSignal; readonly onProgress?: (done: number) => void },
): Promise<DepthRange | undefined> {
  let range: DepthRange | undefined;
  for (const [done, input] of inputs.entries()) {
    options.signal?.throwIfAborted();
    const own = await decodeDepth(input, options).then(
      ({ map }) => depthRange(map),
      (error: unknown) => leaveToItsJob(error),
    );
    range =
      own === undefined || range === undefined
        ? (own ?? range)
        : { min: Math.min(own.min, range.min), max: Math.max(own.max, range.max) };
    options.onProgress?.(done + 1);
  }
  return range;
}

/** The range of a map. Throws `DEPTH_EMPTY` where everything is background. */
export function assertRange({ map, name }: Pick<DecodedDepth, 'map' | 'name'>): DepthRange {
  const range = depthRange(map);
  if (range === undefined) {
    throw new MaskwrightError('DEPTH_EMPTY', `${name} has no depth anywhere: every value is NaN, infinite or huge`, {
      hint: `values of ${BACKGROUND_FROM} and more are background; perhaps another --channel holds the depth`,
    });
  }
  return range;
}

function leaveToItsJob(error: unknown): undefined {
  if (!(error instanceof MaskwrightError && error.category === 'input')) {
    throw error;
  }
}

function pathFor(input: string, kind: string, naming: NamingOptions): string {
  return namedPath(naming, { stem: stemOf(input), text: '', kind, ext: 'png' });
}

function warningsOf(
  { map, name }: DecodedDepth,
  { min, max }: DepthRange,
  cutoff: number | undefined,
  { cutoff: wanted, images, recipe }: Pick<DepthJobOptions, 'cutoff' | 'images' | 'recipe'>,
  inside: Uint8Array,
): string[] {
  const warnings: string[] = [];
  if (min === max) {
    warnings.push(`${name} has a single depth, ${min}: everything is one gray`);
  }
  if (cutoff !== undefined && (map.depthOrder === 'near-is-small' ? cutoff <= min : cutoff >= max)) {
    warnings.push(
      `the cutoff ${cutoff} is nearer than everything in ${name}, ${shortDepth(min)} to ${shortDepth(max)}: nothing is left`,
    );
  }
  if (wanted === 'auto' && cutoff === undefined) {
    warnings.push(`${name} has no gap before a backdrop: nothing is cut off`);
  }
  if ((images.mask === true || images.noise === true) && !inside.includes(0)) {
    warnings.push(
      `nothing in ${name} is background or beyond a cutoff: the mask is white throughout; see --depth-cutoff`,
    );
  }
  if (images.regions === true && recipe === undefined) {
    warnings.push('no split has a region: give regions out in --interactive, save a recipe and use it here');
  }
  return warnings;
}

export type DepthOutput = z.output<ReturnType<typeof depthSchema>>;

export const depthOutput = {
  needsMask: false,
  schema: depthSchema,
  reads: ({ path, recipe }) => [path, recipe].filter((file) => file !== undefined),
  plan: plannedFiles,
  render: async (output, task, _files, shared) => {
    const path = output.path ?? task.source;
    if (typeof path !== 'string') {
      throw new MaskwrightError('USAGE', `${task.input} is given as bytes, and depth maps are read from files`, {
        hint: 'name the file under `path` of the output',
      });
    }
    const { files, warnings, ...facts } = await makeDepthFiles(
      await decodeDepth(path, decodingOf(output)),
      {
        images: imagesOf(output),
        cutoff: output.cutoff,
        range: output.range === 'shared' ? shared?.range : output.range,
        recipe: output.recipe === undefined ? undefined : await readDepthSplitPlan(output.recipe),
        histogramPlot: output.histogramPlot,
        provenance: task.provenance()(),
      },
      (kind) => outputPath(output, task.naming, { kind, text: '' }),
    );
    return { files: withKinds(files, plannedFiles(output, task.naming)), warnings, report: facts };
  },
} satisfies OutputModule<DepthOutput>;

/** How the map of an output is read. */
export function decodingOf({ channel, depthNear }: DepthOutput): DecodeDepthOptions {
  return { channel, depthOrder: depthNear && `near-is-${depthNear}` };
}

function imagesOf({ compress, near, bits, mask, noise, seed, regions }: DepthOutput): DepthImageOptions {
  return { compress, polarity: `near-${near}`, bits: bits === 16 ? 16 : 8, mask, noise, seed, regions };
}

function plannedFiles(output: DepthOutput, naming: ImageNaming): PlannedFile[] {
  const kinds = depthFileKinds({ images: imagesOf(output), histogramPlot: output.histogramPlot });
  return kinds.map((kind) => ({ kind, path: outputPath(output, naming, { kind, text: '' }) }));
}

function depthSchema(fields: PathFields) {
  return z
    .strictObject({
      kind: z.literal('depth'),
      ...outputFields('{stem}.{kind}.{ext}', fields),
      path: fields.path.optional().describe('a depth map (EXR, PFM, PNG, TIFF); left out, the input is one'),
      channel: text().optional().describe('which channel of an EXR file'),
      depthNear: z.enum(['small', 'large']).optional().describe('which values of the file are near'),
      recipe: fields.path.optional().describe('splits saved by the shell of the depth command'),
      cutoff: z
        .union([number(), z.literal('auto')])
        .optional()
        .describe('what is at this depth or beyond is as far as can be; auto: find a gap'),
      range: z
        .union([z.literal('shared'), z.strictObject({ min: number(), max: number() })])
        .optional()
        .describe('the depths that grays are spread over; shared: those of all maps together'),
      compress: flag().default(GRAY_DEFAULTS.compress).describe('grays evenly over the different depths that occur'),
      near: z.enum(['white', 'black']).default('white').describe('what is near in the image'),
      bits: whole(8, 16).default(GRAY_DEFAULTS.bits).describe('8 or 16'),
      mask: flag().default(false).describe('also black where nothing is, or beyond the cutoff'),
      noise: flag().default(false).describe('noise where the mask is black'),
      seed: whole(0, 2 ** 32 - 1)
        .default(0)
        .describe('another number, other noise'),
      regions: flag().default(false).describe('also splits in the colors of sd-webui-regional-prompter'),
      histogramPlot: flag().default(false).describe('also where depths lie, as an image'),
    })
    .superRefine(({ recipe, cutoff, range, bits }, context) => {
      const refuse = (key: string, message: string): void => {
        context.addIssue({ code: 'custom', path: [key], message });
      };
      if (recipe !== undefined && (cutoff ?? range) !== undefined) {
        refuse(cutoff === undefined ? 'range' : 'cutoff', 'does not go with a recipe, which says where its splits are');
      }
      if (range === 'shared' && cutoff === 'auto') {
        refuse('cutoff', 'auto looks at each map by itself, range: shared at all');
      }
      if (typeof range === 'object' && range.min >= range.max) {
        refuse('range', `${range.min} to ${range.max} is no range`);
      }
      if (bits !== 8 && bits !== 16) {
        refuse('bits', `${bits} is neither 8 nor 16`);
      }
    })
    .describe('a depth map as a gray image, with masks of its ranges: as the command depth');
}
