import { z } from 'zod';
import { GRAY_DEFAULTS, POLARITIES } from '../../depth/gray/map-grays.js';
import { type GraySplits, initialSplits } from '../../depth/gray/gray-splits.js';
import { type Histogram, makeHistogram, shortDepth } from '../../depth/histogram.js';
import { BACKGROUND_FROM, type DepthRange, depthRange, normalizeDepth } from '../../depth/normalize-depth.js';
import { suggestCutoff } from '../../depth/suggest-cutoff.js';
import { MaskwrightError } from '../../errors.js';
import type { DecodedDepth } from '../../io/depth/decode-depth.js';
import { encodeImage } from '../../io/image/encode-image.js';
import { provenanceText } from '../../io/image/provenance.js';
import type { DepthOrder } from '../../raster/index.js';
import { drawDepthHistogram } from '../../render/draw-histogram.js';
import { depthFileFields, readOptionsOf } from '../../sources/depth/depth-file-fields.js';
import { type DepthSplitPlan, readDepthSplitPlan } from '../../sources/depth/depth-split-plan.js';
import { readDepth } from '../../sources/depth/read-depth.js';
import { flag, number, type PathFields, whole } from '../../sources/schema-fields.js';
import { withKinds } from '../encode-output.js';
import type { SharedSplit } from '../layers/cut-layers.js';
import { outputPath } from '../name-output.js';
import {
  type ImageNaming,
  type ImageTask,
  outputFields,
  type OutputModule,
  type PlannedFile,
  type RunImages,
} from '../output.js';
import { depthImageKinds, type DepthImageOptions, makeDepthImages } from './depth-images.js';

/** What a depth map is, and how its gray levels were allocated. */
export interface DepthReport {
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
  /** The files, by their kind. */
  readonly images: Readonly<Record<string, string>>;
  /** How the histogram is printed: as a table with advice on the cutoff, as bars. */
  readonly show: readonly ('advice' | 'bars')[];
}

export type DepthOutput = z.output<ReturnType<typeof depthSchema>>;

export const depthOutput = {
  needsMask: false,
  schema: depthSchema,
  reads: ({ path, splitPlan }) => [path, splitPlan].filter((file) => file !== undefined),
  plan: plannedFiles,
  prepare: findSharedRange,
  render: async (output, task, files, shared) => {
    const [depth, plan] = await Promise.all([
      readDepth(mapOf(output, task), readOptionsOf(output)),
      output.splitPlan === undefined ? undefined : readDepthSplitPlan(output.splitPlan),
    ]);
    const { map } = depth;
    const own = assertRange(depth);
    const range = (output.range === 'shared' ? shared?.range : output.range) ?? own;
    const cutoff = cutoffOf(output, depth, own);
    const splits = plan?.splits ?? initialSplits(range, { cutoff, depthOrder: map.depthOrder });
    const histogram = makeHistogram(map.data, own);
    const images = { ...imagesOf(output), cutoff, compress: plan?.compress ?? output.compress };
    const text = provenanceText({ ...task.provenance()(), channel: depth.channel, range, splits, ...images });
    const pathOf = (kind: string): string => files.find((file) => file.kind === kind)!.path;
    const made = makeDepthImages(map, splits, images, { pathOf, text });
    const plot = output.histogramPlot
      ? [{ path: pathOf('histogram'), data: await encodeImage(drawDepthHistogram(normalizeDepth(map))) }]
      : [];
    return {
      files: withKinds([...made.files, ...plot], files),
      warnings: [
        ...depth.warnings,
        ...warningsOf(output, { depth, own, cutoff, plan, inside: made.grays.inside.data }),
      ],
      report: {
        width: map.width,
        height: map.height,
        channel: depth.channel,
        depthOrder: map.depthOrder,
        range,
        cutoff,
        background: 1 - histogram.count / map.data.length,
        splits,
        histogram,
        images: Object.fromEntries(files.map(({ kind, path }) => [kind, path])),
        show: [
          ...(output.cutoff === 'histo' ? (['advice'] as const) : []),
          ...(output.histogram ? (['bars'] as const) : []),
        ],
      } satisfies DepthReport,
    };
  },
} satisfies OutputModule<DepthOutput>;

/** The range of a map. Throws `DEPTH_EMPTY` where everything is background. */
export function assertRange({ map, name }: Pick<DecodedDepth, 'map' | 'name'>): DepthRange {
  const range = depthRange(map);
  if (range === undefined) {
    throw new MaskwrightError('DEPTH_EMPTY', `${name} has no depth anywhere: every value is NaN, infinite or huge`, {
      hint: `values of ${BACKGROUND_FROM} and more are background; perhaps another channel holds the depth (--depth-channel)`,
    });
  }
  return range;
}

/** Which images an output asks for. */
export function imagesOf({ compress, polarity, bits, mask, noise, seed, regions }: DepthOutput): DepthImageOptions {
  return { compress, polarity, bits: bits === 16 ? 16 : 8, mask, noise, seed, regions };
}

/** The range of all maps of a run together. */
async function findSharedRange(
  { range }: DepthOutput,
  images: RunImages<DepthOutput>,
): Promise<SharedSplit | undefined> {
  if (range !== 'shared') {
    return undefined;
  }
  const own = images.map(async (input, output) =>
    depthRange((await readDepth(output.path ?? input, readOptionsOf(output))).map),
  );
  let [min, max] = [Infinity, -Infinity];
  for await (const each of own) {
    min = Math.min(min, each?.min ?? Infinity);
    max = Math.max(max, each?.max ?? -Infinity);
  }
  return { range: min <= max ? { min, max } : undefined, thresholds: [] };
}

function mapOf({ path }: DepthOutput, { input, source }: ImageTask): string {
  const map = path ?? source;
  if (typeof map !== 'string') {
    throw new MaskwrightError('USAGE', `${input} was passed as bytes, and depth maps are read from files`, {
      hint: 'name the file under `path` of the output',
    });
  }
  return map;
}

function cutoffOf({ cutoff }: DepthOutput, { map }: DecodedDepth, own: DepthRange): number | undefined {
  return cutoff === 'auto' ? suggestCutoff(map, own) : cutoff === 'histo' ? undefined : cutoff;
}

function plannedFiles(output: DepthOutput, naming: ImageNaming): PlannedFile[] {
  const kinds = [...depthImageKinds(imagesOf(output)), ...(output.histogramPlot ? ['histogram'] : [])];
  return kinds.map((kind) => ({
    kind,
    path: outputPath(output, naming, { kind, text: '', extra: kind !== 'depth' }),
    keepExisting: output.keepExisting,
  }));
}

function warningsOf(
  output: DepthOutput,
  {
    depth: { map, name },
    own: { min, max },
    cutoff,
    plan,
    inside,
  }: {
    readonly depth: DecodedDepth;
    readonly own: DepthRange;
    readonly cutoff: number | undefined;
    readonly plan: DepthSplitPlan | undefined;
    readonly inside: Uint8Array;
  },
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
  if (output.cutoff === 'auto' && cutoff === undefined) {
    warnings.push(`${name} has no gap before a backdrop: nothing is cut off`);
  }
  if ((output.mask || output.noise) && !inside.includes(0)) {
    warnings.push(
      `nothing in ${name} is background or beyond a cutoff: the mask is white throughout; see --depth-cutoff`,
    );
  }
  if (output.regions && plan === undefined) {
    warnings.push('no split has a region: set regions in depth --interactive, save the plan, and use --split-plan');
  }
  return warnings;
}

function depthSchema(fields: PathFields) {
  return z
    .strictObject({
      kind: z.literal('depth'),
      ...outputFields('{stem}.{kind}.{ext}', fields),
      keepExisting: flag().default(false).describe('refuse to replace files that exist'),
      path: fields.path.optional().describe('a depth map (EXR, PFM, PNG, TIFF) [default: the input]'),
      ...depthFileFields(),
      splitPlan: fields.path.optional().describe('a depth split plan, saved by the shell of the depth command'),
      cutoff: z
        .union([number(), z.enum(['auto', 'histo'])])
        .optional()
        .describe('depth from which everything is background; auto: detect a gap; histo: print where depths lie'),
      range: z
        .union([z.literal('shared'), z.strictObject({ min: number(), max: number() })])
        .optional()
        .describe('the depths that gray levels are spread over; shared: the range of all maps'),
      compress: flag().default(GRAY_DEFAULTS.compress).describe('spread gray levels evenly over the depths that occur'),
      polarity: z.enum(POLARITIES).default(GRAY_DEFAULTS.polarity).describe('what is near in the image'),
      bits: whole(8, 16).default(GRAY_DEFAULTS.bits).describe('8 or 16'),
      mask: flag().default(false).describe('also a mask: black for background and beyond the cutoff'),
      noise: flag().default(false).describe('noise where the mask is black'),
      seed: whole(0, 2 ** 32 - 1)
        .default(0)
        .describe('seed of the noise'),
      regions: flag().default(false).describe('also splits in the colors of sd-webui-regional-prompter'),
      histogram: flag().default(false).describe('print the histogram as bars'),
      histogramPlot: flag().default(false).describe('also the histogram as an image'),
    })
    .superRefine(({ splitPlan, cutoff, range, bits }, context) => {
      const refuse = (key: string, message: string): void => {
        context.addIssue({ code: 'custom', path: [key], message });
      };
      if (splitPlan !== undefined && ((cutoff !== undefined && cutoff !== 'histo') || range !== undefined)) {
        refuse(range === undefined ? 'cutoff' : 'range', 'does not go with a split plan, which holds the splits');
      }
      if (range === 'shared' && cutoff === 'auto') {
        refuse('cutoff', 'auto is detected in each map, range: shared is one for all');
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
