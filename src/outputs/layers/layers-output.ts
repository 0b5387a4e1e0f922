import { z } from 'zod';
import { FILL_METHODS } from '../../depth/layers/fill-hole.js';
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
import { assertLicense, DEPTH_SIZE_DEFAULT, depthModelChoice } from '../../sources/depth/depth-model.js';
import { type DepthSource, findDepth, resizeDepth } from '../../sources/depth/find-depth.js';
import type { ModelPool } from '../../sources/model-pool.js';
import { checked, flag, number, type PathFields, text, whole } from '../../sources/schema-fields.js';
import { withKinds } from '../encode-output.js';
import type { ImageNaming, ImageTask, OutputModule, PlannedFile } from '../output.js';
import { outputPath } from '../name-output.js';
import { type LayerAnalysis, analyzeLayers } from '../../depth/layers/analyze-layers.js';
import { drawDepthHistogram } from '../../render/draw-histogram.js';
import { normalizeDepth } from '../../depth/normalize-depth.js';
import { decodeImage } from '../../io/image/decode-image.js';
import { encodeImage } from '../../io/image/encode-image.js';
import { colorWarnings } from '../color-warning.js';
import { type CutOptions, cutImage, encodeLayers, hasHole, layersFiles, type LayersNames } from './cut-layers.js';
import type { LayersFolder } from './layers-folder.js';
import { layersNames, type LayersNaming } from './layers-names.js';
import { stemOf } from '../../io/files/output-names.js';
import { type Provenance, provenanceText } from '../../io/image/provenance.js';

export interface LayersJobOptions extends CutOptions {
  readonly naming: LayersNaming;
  readonly folder: LayersFolder;
}

export interface LayerReport {
  readonly file: string;
  /** Normalized depth where the layer begins and ends; 0 far, 1 near. */
  readonly from: number;
  readonly to: number;
  /** Share of the image's pixels in it, 0..1, before any feather. */
  readonly share: number;
  readonly hole?: string;
}

export interface LayersResult {
  readonly input: string;
  readonly width: number;
  readonly height: number;
  /** From the farthest to the nearest. */
  readonly layers: readonly LayerReport[];
  readonly depthMap?: string;
  readonly preview?: string;
  readonly depth: Provenance;
  readonly warnings: readonly string[];
}

/** Every file that an image's job may write. There are fewer where depths do not suffice for the layers. */
export function layersOutputs(
  input: string,
  options: Pick<LayersJobOptions, 'naming' | 'depthMap' | 'holeMasks' | 'preview'>,
): string[] {
  return layersFiles(layersNames(stemOf(input), options.naming), options.naming.layers, options);
}

/** Cuts one image into layers by its depth and writes each as a PNG, the farthest first in number. */
export async function layersJob(input: string, options: LayersJobOptions): Promise<LayersResult> {
  const image = await decodeImage(input);
  const cut = await cutImage(image, options);
  const { bands, thresholds } = cut;
  const names = layersNames(stemOf(input), options.naming);
  await options.folder.claim(layersFiles(names, bands.count, options));
  await encodeLayers(image, cut, names, options, (path, data) => options.folder.write(path, data));
  return {
    input,
    width: image.raster.width,
    height: image.raster.height,
    layers: cut.shares.map((share, i) => ({
      file: names.layer(i),
      from: thresholds[i - 1] ?? 0,
      to: thresholds[i] ?? 1,
      share,
      ...(hasHole(i, bands.count, options) ? { hole: names.hole(i) } : {}),
    })),
    ...(options.depthMap === true ? { depthMap: names.depthMap } : {}),
    ...(options.preview === true ? { preview: names.preview } : {}),
    depth: cut.provenance,
    warnings: [...image.warnings, ...colorWarnings(image), ...cut.warnings],
  };
}

export interface AnalyzeResult extends LayerAnalysis {
  readonly input: string;
  readonly histogram: string;
  readonly depth: Provenance;
  readonly warnings: readonly string[];
}

/** Detections at one image's depth and suggests how to cut it; writes its histogram, with the suggested cuts. */
export async function analyzeJob(
  input: string,
  options: Pick<LayersJobOptions, 'depth' | 'naming' | 'folder' | 'provenance' | 'signal'>,
): Promise<AnalyzeResult> {
  const image = await decodeImage(input);
  const found = await findDepth(image, options.depth, options.signal);
  const depth = resizeDepth(normalizeDepth(found.depth), image.raster);
  const analysis = analyzeLayers(depth);
  const cuts = splitDepth(sortDepths(depth), { kind: 'quantile', layers: analysis.suggestedLayers });
  const { histogram } = layersNames(stemOf(input), options.naming);
  await options.folder.claim([histogram]);
  const text = provenanceText({ ...options.provenance, depth: found.provenance, thresholds: cuts });
  await options.folder.write(histogram, await encodeImage(drawDepthHistogram(depth, cuts), { text }));
  return { input, ...analysis, histogram, depth: found.provenance, warnings: [...image.warnings, ...found.warnings] };
}

export type LayersOutput = z.output<ReturnType<typeof layersSchema>>;

export const layersOutput = {
  needsMask: false,
  schema: layersSchema,
  reads: ({ depth }) => (typeof depth === 'string' ? [depth] : []),
  plan: plannedFiles,
  render: async (output, task: ImageTask, _files, shared) => {
    const image = await task.image();
    const options = {
      depth: depthOf(output, task.offline, task.models),
      split: splitOf(output),
      shared,
      featherPx: output.feather,
      cleanEdgesPx: output.cleanEdges,
      fill: output.fill,
      compat: output.compat,
      depthMap: output.depthMap,
      holeMasks: output.holeMasks,
      preview: output.preview,
      provenance: task.provenance()(),
      signal: task.signal,
    };
    const cut = await cutImage(image, options);
    const files: OutputFile[] = [];
    await encodeLayers(image, cut, namesOf(output, task.naming), options, (path, data) => {
      files.push({ path, data });
    });
    const planned = plannedFiles(output, task.naming);
    const place = ({ path }: OutputFile): number => planned.findIndex((file) => file.path === path);
    files.sort((a, b) => place(a) - place(b));
    return { files: withKinds(files, planned), warnings: cut.warnings, report: {} };
  },
} satisfies OutputModule<LayersOutput>;

function layersSchema(fields: PathFields) {
  const network = z.strictObject({
    model: fields.model
      .default(DEPTH_SIZE_DEFAULT)
      .describe('Depth Anything V2 small, base or large; tiny; or a hub id, or a folder'),
    acceptLicense: flag().default(false).describe('base and large: not for commercial use'),
    revision: text().optional().describe('branch, tag or commit of a hub model'),
    dtype: text().optional().describe('weights: fp32, fp16, q8 ...'),
    device: text().optional().describe('what computes: cpu, cuda, webgpu ...'),
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
      .union([
        fields.path,
        checked(network, (choice) => assertLicense(depthModelChoice(choice), choice, LICENSE_FIELDS)),
      ])
      .optional()
      .describe(
        'a depth map (EXR, PNG, TIFF, PFM), or a network: { model: small }; left out, the top is far, the bottom near',
      ),
    near: z.enum(['small', 'large']).optional().describe('which values of the depth map are near'),
    channel: text().optional().describe('which channel of an EXR depth map'),
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
    holeMasks: flag().default(false).describe('also what nearer layers hide of each, white: what to inpaint'),
    preview: flag().default(false).describe('also a web page that moves the layers'),
  });
  return schema
    .superRefine(({ depth, near, channel, name, suffix, split, layers }, context) => {
      const refuse = (key: string, message: string, hint: string): void => {
        context.addIssue({ code: 'custom', path: [key], message, params: { hint } });
      };
      if (typeof depth !== 'string' && (near ?? channel) !== undefined) {
        const key = near === undefined ? 'channel' : 'near';
        refuse(key, 'goes with a depth map of your own', `name it under depth, or leave ${key} out`);
      }
      if (name !== undefined && suffix !== '') {
        refuse('suffix', 'goes with the names that are given here', 'write it into name, or leave name out');
      }
      if (typeof split === 'object' && layers !== undefined && layers !== split.at.length + 1) {
        refuse('layers', `${layers}, but the cuts make ${split.at.length + 1}`, 'leave it out');
      }
    })
    .describe('the image in layers by depth; together they give it back exactly');
}

const LICENSE_FIELDS = { accept: 'acceptLicense: true', avoid: 'model: small' } as const;

/** Where an output of layers takes its depth from. */
export function depthOf(
  { depth, near, channel }: LayersOutput,
  offline: boolean | undefined,
  models: ModelPool,
): DepthSource {
  if (depth === undefined) {
    return { kind: 'gradient' };
  }
  if (typeof depth === 'string') {
    return { kind: 'file', path: depth, depthOrder: near && `near-is-${near}`, channel };
  }
  const { model, revision, dtype, device } = depth;
  const choice = depthModelChoice({ model, revision, dtype, device, offline });
  return { kind: 'model', estimator: () => models.depthEstimator(choice) };
}

/** How an output of layers is cut. */
export function splitOf({ split, layers: count = SPLIT_DEFAULTS.layers }: LayersOutput): SplitMethod {
  return typeof split === 'string' ? { kind: split, layers: count } : { kind: 'at', cuts: split.at };
}

/** As the command `layers` names them, unless the output has a name of its own. */
function namesOf(output: LayersOutput, naming: ImageNaming): LayersNames {
  const { name, outdir, suffix } = output;
  const count = layerCount(splitOf(output));
  if (name === undefined) {
    return layersNames(naming.stem, { outdir: outdir ?? naming.outdir, suffix, layers: count });
  }
  const named = (kind: string): string => outputPath({ name, outdir }, naming, { kind, text: 'layers' });
  const layer = (index: number): string => `layer-${String(index + 1).padStart(String(count).length, '0')}`;
  return {
    layer: (index) => named(layer(index)),
    hole: (index) => named(`${layer(index)}-hole`),
    depthMap: named('depth-map'),
    preview: outputPath({ name, outdir }, naming, { kind: 'preview', text: 'layers', ext: 'html' }),
  };
}

function plannedFiles(output: LayersOutput, naming: ImageNaming): PlannedFile[] {
  const names = namesOf(output, naming);
  const count = layerCount(splitOf(output));
  if (output.preview && !names.preview.endsWith('.html')) {
    throw new MaskwrightError('USAGE', `the preview of layers is a web page, and would be named ${names.preview}`, {
      hint: 'end the name in .{ext}',
    });
  }
  const kindOf = new Map([
    [names.depthMap, 'depth-map'],
    [names.preview, 'preview'],
    ...Array.from({ length: count }, (_, i): [string, string] => [names.hole(i), `layer-${i + 1}-hole`]),
    ...Array.from({ length: count }, (_, i): [string, string] => [names.layer(i), `layer-${i + 1}`]),
  ]);
  return layersFiles(names, count, output).map((path) => ({ kind: kindOf.get(path)!, path }));
}
