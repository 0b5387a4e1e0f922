import { layerCount, SPLIT_DEFAULTS, type SplitMethod } from '../depth/layers/split-depth.js';
import { MaskwrightError } from '../errors.js';
import type { OutputFile } from '../io/files/write-files.js';
import { cutImage, encodeLayers, layersFiles, type LayersNames } from './cut-layers.js';
import { depthModelChoice } from '../sources/depth-model.js';
import type { DepthSource } from '../sources/find-depth.js';
import { layersNames } from './layers-names.js';
import type { ModelPool } from '../sources/model-pool.js';
import { type OutputOf, pathOf, type ImageNaming, type PlannedFile, type Renderer, withKinds } from './renderer.js';
import type { Recipe } from '../recipe/schema.js';

type Layers = OutputOf<'layers'>;

export const layers: Renderer<Layers> = {
  plan: (output, _, naming) => plannedFiles(output, naming),
  render: async (output, { image, recipe, naming, models, provenance, split: shared, signal }) => {
    const options = {
      depth: depthOf(output, recipe, models),
      split: splitOf(output),
      shared,
      featherPx: output.feather,
      cleanEdgesPx: output.cleanEdges,
      fill: output.fill,
      compat: output.compat,
      depthMap: output.depthMap,
      holeMasks: output.holeMasks,
      preview: output.preview,
      provenance,
      signal,
    };
    const cut = await cutImage(image, options);
    const files: OutputFile[] = [];
    await encodeLayers(image, cut, namesOf(output, naming), options, (path, data) => {
      files.push({ path, data });
    });
    const planned = plannedFiles(output, naming);
    const place = ({ path }: OutputFile): number => planned.findIndex((file) => file.path === path);
    files.sort((a, b) => place(a) - place(b));
    return { files: withKinds(files, planned), warnings: cut.warnings };
  },
};

/** Where an output of layers takes its depth from. */
export function depthOf({ depth, near, channel }: Layers, { offline }: Recipe, models: ModelPool): DepthSource {
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
export function splitOf({ split, layers: count = SPLIT_DEFAULTS.layers }: Layers): SplitMethod {
  return typeof split === 'string' ? { kind: split, layers: count } : { kind: 'at', cuts: split.at };
}

/** As the command `layers` names them, unless the output has a name of its own. */
function namesOf(output: Layers, naming: ImageNaming): LayersNames {
  const { name, suffix } = output;
  const count = layerCount(splitOf(output));
  if (name === undefined) {
    return layersNames(naming.stem, { outdir: naming.outdir, suffix, layers: count });
  }
  const named = (kind: string): string => pathOf(name, kind, 'layers', naming);
  const layer = (index: number): string => `layer-${String(index + 1).padStart(String(count).length, '0')}`;
  return {
    layer: (index) => named(layer(index)),
    hole: (index) => named(`${layer(index)}-hole`),
    depthMap: named('depth-map'),
    preview: pathOf(name, 'preview', 'layers', naming, 'html'),
  };
}

function plannedFiles(output: Layers, naming: ImageNaming): PlannedFile[] {
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
