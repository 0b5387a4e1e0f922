import { z } from 'zod';
import { FILL_METHODS } from '../../depth/layers/fill-occluded.js';
import { LAYER_DEFAULTS, MAX_FEATHER_PX } from '../../depth/layers/layers-build.js';
import { MAX_CLEAN_EDGES_PX } from '../../depth/layers/slice-clean.js';
import {
  assertCuts,
  layerCount,
  MAX_LAYERS,
  sortDepths,
  SPLIT_DEFAULTS,
  splitDepth,
  type SplitMethod,
} from '../../depth/layers/split-depth.js';
import { MaskwrightError } from '../../errors.js';
import type { OutputFile } from '../../io/files/write-files.js';
import { depthFileFields, readOptionsOf } from '../../sources/depth/depth-file-fields.js';
import { assertLicense, DEPTH_SIZE_DEFAULT, depthModelChoice } from '../../sources/depth/depth-model.js';
import { type DepthSource, findDepth, resizeDepth } from '../../sources/depth/find-depth.js';
import type { ModelPool } from '../../sources/model-pool.js';
import { checked, flag, number, type PathFields, text, whole } from '../../sources/schema-fields.js';
import { withKinds } from '../encode-output.js';
import { isRemote } from '../../io/storage/storage-path.js';
import type { ImageNaming, ImageTask, OutputModule, PlannedFile, Rendered } from '../output.js';
import { outputPath } from '../name-output.js';
import { type LayerAnalysis, analyzeLayers } from '../../depth/layers/analyze-layers.js';
import { drawDepthHistogram } from '../../render/draw-histogram.js';
import { normalizeDepth } from '../../depth/normalize-depth.js';
import { decodeImage } from '../../io/image/decode-image.js';
import { encodeImage } from '../../io/image/encode-image.js';
import { cutImage, encodeLayers, hasOcclusion, layersFiles, type SharedSplit } from './cut-layers.js';
import { findSharedSplit } from './find-shared-split.js';
import { layersNames } from './layers-names.js';
import { type Provenance, provenanceText } from '../../io/image/provenance.js';

/** One layer of an image. */
export interface LayerReport {
  readonly file: string;
  /** Normalized depth where the layer begins and ends; 0 far, 1 near. */
  readonly from: number;
  readonly to: number;
  /** Share of the image's pixels in it, 0..1, before any feather. */
  readonly share: number;
  /** The occlusion mask: white where nearer layers hide it. */
  readonly occlusion?: string;
}

/** What an image was split into. */
export interface LayersReport {
  /** From the farthest to the nearest. */
  readonly layers: readonly LayerReport[];
  readonly depthMap?: string;
  readonly preview?: string;
  readonly depth: Provenance;
}

/** How an image would be split well. */
export interface LayersAnalysisReport extends LayerAnalysis {
  readonly histogram: string;
  readonly depth: Provenance;
}

export type LayersOutput = z.output<ReturnType<typeof layersSchema>>;

export const layersOutput = {
  needsMask: false,
  schema: layersSchema,
  reads: ({ depth }) => (typeof depth === 'string' ? [depth] : []),
  plan: plannedFiles,
  listedFolder: ({ outdir, clear, force, analyze }, { root, outdir: own }) =>
    clear && !isRemote(outdir ?? root ?? own) ? { path: outdir ?? root ?? own, force, clear: !analyze } : undefined,
  prepare: async (output, { map, models, signal }) =>
    output.range === 'shared' && !output.analyze
      ? findSharedSplit(
          map(async (input, own, offline) => {
            const image = await decodeImage(input);
            const original = { name: image.name, size: async () => image.raster, decoded: async () => image };
            return (await findDepth(original, depthOf(own, offline, models), { signal })).depth;
          }),
          splitOf(output),
        )
      : undefined,
  render: (output, task, files, shared) => (output.analyze ? analyze(output, task) : cut(output, task, files, shared)),
} satisfies OutputModule<LayersOutput>;

/** The layers, the farthest first in number, and what goes with them. */
async function cut(
  output: LayersOutput,
  task: ImageTask,
  planned: readonly PlannedFile[],
  shared: SharedSplit | undefined,
): Promise<Rendered> {
  // The size is asked for first: where it is read from the header, the depth is computed while the image is decoded.
  const size = task.original.size();
  const decoding = task.image();
  decoding.catch(() => undefined);
  await size;
  const { feather, cleanEdges, compat, depthMap, holeMasks, preview } = output;
  const split = splitOf(output);
  const options = {
    depth: depthOf(output, task.offline, task.models),
    split,
    shared,
    featherPx: feather,
    cleanEdgesPx: cleanEdges,
    fill: output.fill,
    compat,
    depthMap,
    holeMasks,
    preview,
    provenance: task.provenance({ split, feather, cleanEdges, compat })(),
    signal: task.signal,
    onPhase: task.onPhase,
  };
  const found = await cutImage({ ...task.original, size: () => size }, options);
  const image = await decoding;
  const { bands, thresholds, shares } = found;
  const names = namesOf(output, task.naming);
  const files: OutputFile[] = [];
  await encodeLayers(image, found, names, options, (path, data) => {
    files.push({ path, data });
  });
  const place = ({ path }: OutputFile): number => planned.findIndex((file) => file.path === path);
  files.sort((a, b) => place(a) - place(b));
  return {
    files: withKinds(files, planned),
    warnings: found.warnings,
    report: {
      layers: shares.map((share, i) => ({
        file: names.layer(i),
        from: thresholds[i - 1] ?? 0,
        to: thresholds[i] ?? 1,
        share,
        ...(hasOcclusion(i, bands.count, options) ? { occlusion: names.occlusion(i) } : {}),
      })),
      ...(depthMap ? { depthMap: names.depthMap } : {}),
      ...(preview ? { preview: names.preview } : {}),
      depth: found.provenance,
    } satisfies LayersReport,
  };
}

/** A suggestion how to split the image, and the histogram of its depth with the suggested cuts. */
async function analyze(output: LayersOutput, task: ImageTask): Promise<Rendered> {
  const found = await findDepth(task.original, depthOf(output, task.offline, task.models), task);
  const depth = resizeDepth(normalizeDepth(found.depth), await task.original.size());
  const analysis = analyzeLayers(depth);
  const cuts = splitDepth(sortDepths(depth), { kind: 'quantile', layers: analysis.suggestedLayers });
  const { histogram } = namesOf(output, task.naming);
  const text = provenanceText({ ...task.provenance()(), depth: found.provenance, thresholds: cuts });
  const data = await encodeImage(drawDepthHistogram(depth, cuts), { text });
  return {
    files: [{ kind: 'histogram', path: histogram, data }],
    warnings: found.warnings,
    report: { ...analysis, histogram, depth: found.provenance } satisfies LayersAnalysisReport,
  };
}

function layersSchema(fields: PathFields) {
  const model = z.strictObject({
    model: fields.model
      .default(DEPTH_SIZE_DEFAULT)
      .describe('Depth Anything V2 small, base or large; tiny; or a hub id, or a folder'),
    acceptLicense: flag().default(false).describe('base and large: not for commercial use'),
    revision: text().optional().describe('branch, tag or commit of a hub model'),
    dtype: text().optional().describe('weights: fp32, fp16, q8 ...'),
    device: text().optional().describe('execution device: cpu, cuda, webgpu ...'),
  });
  const at = z.strictObject({
    at: z
      .array(number(0, 1))
      .min(1)
      .max(MAX_LAYERS - 1),
  });
  const schema = z.strictObject({
    kind: z.literal('layers'),
    name: text()
      .optional()
      .describe('must have {kind} in it: layer-1 is the farthest; left out, {stem}_layer_01.png and so on'),
    outdir: fields.path.optional().describe("folder of this output, instead of the recipe's"),
    suffix: text().default('').describe('without a name: end of the names that stays at the end, as @3x'),
    depth: z
      .union([fields.path, checked(model, (choice) => assertLicense(depthModelChoice(choice), choice, LICENSE_FIELDS))])
      .optional()
      .describe(
        'a depth map (EXR, PNG, TIFF, PFM), or a model: { model: small } [default: far at the top, near at the bottom]',
      ),
    ...depthFileFields(),
    layers: whole(1, MAX_LAYERS).optional().describe(`how many [default: ${SPLIT_DEFAULTS.layers}]`),
    split: z
      .union([z.enum(['quantile', 'even', 'kmeans', 'valleys']), checked(at, (cuts) => assertCuts(cuts.at))])
      .default(SPLIT_DEFAULTS.kind)
      .describe('or { at: [0.2, 0.6] }: cut there; 0 is far, 1 near'),
    range: z.enum(['each', 'shared']).default('each').describe('shared: all images are cut at the same depths'),
    cleanEdges: whole(0, MAX_CLEAN_EDGES_PX).default(0).describe('take outlines and specks out: a radius; 0 is off'),
    feather: whole(0, MAX_FEATHER_PX).default(LAYER_DEFAULTS.featherPx).describe('reach of soft edges in pixels'),
    fill: z.enum(FILL_METHODS).optional().describe('paint each layer behind the nearer ones'),
    compat: flag().default(false).describe('cut exactly as image-to-layers does'),
    depthMap: flag().default(false).describe('also the depth as an image, near = light'),
    holeMasks: flag()
      .default(false)
      .describe('also an occlusion mask for each layer, white where nearer ones hide it: what to inpaint'),
    preview: flag().default(false).describe('also a web page that moves the layers'),
    analyze: flag().default(false).describe('only suggest layers and cleanEdges, and draw a histogram'),
    clear: flag()
      .default(false)
      .describe(
        'list the files in the folder, and remove what an earlier run listed there and this one does not write',
      ),
    force: flag().default(false).describe('with clear: write over files that no earlier run listed'),
  });
  return schema
    .superRefine(({ depth, name, suffix, split, layers, ...fields }, context) => {
      const refuse = (key: string, message: string, hint: string): void => {
        context.addIssue({ code: 'custom', path: [key], message, params: { hint } });
      };
      const key = (['channel', 'part', 'depthOrder', 'noData'] as const).find((field) => fields[field] !== undefined);
      if (typeof depth !== 'string' && key !== undefined) {
        refuse(key, 'goes with a depth map', `name the file under depth, or leave ${key} out`);
      }
      if (name !== undefined && suffix !== '') {
        refuse('suffix', 'does not go with a name', 'write it into name, or leave name out');
      }
      if (typeof split === 'object' && layers !== undefined && layers !== split.at.length + 1) {
        refuse('layers', `${layers}, but the cuts make ${split.at.length + 1}`, 'leave it out');
      }
    })
    .describe('the image in layers by depth; together they give it back exactly');
}

const LICENSE_FIELDS = { accept: 'acceptLicense: true', avoid: 'model: small' } as const;

/** Where an output of layers takes its depth from. */
function depthOf(output: LayersOutput, offline: boolean | undefined, models: ModelPool): DepthSource {
  const { depth } = output;
  if (depth === undefined) {
    return { kind: 'gradient' };
  }
  if (typeof depth === 'string') {
    return { kind: 'file', path: depth, ...readOptionsOf(output) };
  }
  const { model, revision, dtype, device } = depth;
  const choice = depthModelChoice({ model, revision, dtype, device, offline });
  return { kind: 'model', estimator: () => models.depthEstimator(choice) };
}

/** How an output of layers is split. */
function splitOf({ split, layers: count = SPLIT_DEFAULTS.layers }: LayersOutput): SplitMethod {
  return typeof split === 'string' ? { kind: split, layers: count } : { kind: 'at', cuts: split.at };
}

/** As the command `layers` names them, unless the output has a name of its own. */
function namesOf(output: LayersOutput, naming: ImageNaming): ReturnType<typeof layersNames> {
  const { name, outdir, suffix } = output;
  const count = layerCount(splitOf(output));
  if (name === undefined) {
    return layersNames(naming.stem, { outdir: outdir ?? naming.outdir, suffix, layers: count });
  }
  const named = (kind: string): string => outputPath({ name, outdir }, naming, { kind, text: 'layers' });
  const layer = (index: number): string => `layer-${String(index + 1).padStart(String(count).length, '0')}`;
  return {
    layer: (index) => named(layer(index)),
    occlusion: (index) => named(`${layer(index)}-occlusion`),
    depthMap: named('depth-map'),
    histogram: named('depth-histogram'),
    preview: outputPath({ name, outdir }, naming, { kind: 'preview', text: 'layers', ext: 'html' }),
  };
}

function plannedFiles(output: LayersOutput, naming: ImageNaming): PlannedFile[] {
  const names = namesOf(output, naming);
  const count = layerCount(splitOf(output));
  if (output.analyze) {
    return [{ kind: 'histogram', path: names.histogram }];
  }
  if (output.preview && !names.preview.endsWith('.html')) {
    throw new MaskwrightError('USAGE', `the preview of layers is a web page, and would be named ${names.preview}`, {
      hint: 'end the name in .{ext}',
    });
  }
  const kindOf = new Map([
    [names.depthMap, 'depth-map'],
    [names.preview, 'preview'],
    ...Array.from({ length: count }, (_, i): [string, string] => [names.occlusion(i), `layer-${i + 1}-occlusion`]),
    ...Array.from({ length: count }, (_, i): [string, string] => [names.layer(i), `layer-${i + 1}`]),
  ]);
  return layersFiles(names, count, output).map((path) => ({ kind: kindOf.get(path)!, path }));
}
