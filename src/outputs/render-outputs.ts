import { compositeRasters, invertMask } from '../engine/index.js';
import { drawOverlay } from '../render/draw-overlay.js';
import { decodeImage } from '../io/image/decode-image.js';
import { heatmapToMask, type Mask, multiplyAlpha, type Raster } from '../raster/index.js';
import { maskForTarget } from '../inpaint/targets/mask-for-target.js';
import { PLAN_CROP_DEFAULTS } from '../inpaint/crop/plan-crop.js';
import { findTarget } from '../inpaint/targets/target-table.js';
import { type CropOptions, cropPaths, makeCrops, STITCH_SHAPE_DEFAULTS } from './crop-output.js';
import { refuseLoneMask } from './edit-output.js';
import { eraseAlpha, assertEqual } from './inpaint-output.js';
import { labelOf } from '../sources/source-labels.js';
import type { Provenance } from '../io/image/provenance.js';
import { makeTargetFiles, type TargetPaths, targetPaths } from './target-output.js';
import { channel } from './render-channel.js';
import { depth } from './render-depth.js';
import { layers } from './render-layers.js';
import {
  encode,
  type FoundImage,
  type OutputOf,
  pathOf,
  type ImageNaming,
  type PlannedFile,
  type RecipeInput,
  type Rendered,
  type RenderedFile,
  type Renderer,
  withKinds,
} from './renderer.js';
import type { Recipe, RecipeOutput } from '../recipe/schema.js';

const mask: Renderer<OutputOf<'mask'>> = {
  plan: planOne,
  render: async (output, { mask, provenance }, [file]) => {
    const program = output.for === undefined ? undefined : findTarget(output.for);
    const drawn = program === undefined ? mask : (maskForTarget(mask, program).file ?? refuseLoneMask(program));
    return { files: [await encode(file!, drawn, undefined, provenance)] };
  },
};

const debug: Renderer<OutputOf<'debug'>> = {
  plan: (output, recipe, naming) =>
    recipe.sources.flatMap((source) =>
      [
        'selected',
        'deselected',
        'masked',
        ...(output.overlay ? ['overlay'] : []),
        ...(output.heatmap && source.kind === 'text' ? ['heatmap'] : []),
      ].map((kind) => ({ kind, path: pathOf(output.name, kind, labelOf(source), naming) })),
    ),
  render: async (output, { image, found, shape, provenance }, files) => {
    const rendered: Promise<RenderedFile>[] = [];
    let next = 0;
    for (const item of found) {
      const shaped = shape(item.mask);
      const soft = output.hard || item.heatmap === undefined ? shaped : heatmapToMask(item.heatmap);
      const images: (Raster | Mask)[] = [
        multiplyAlpha(image.raster, soft),
        multiplyAlpha(image.raster, invertMask(soft)),
        shaped,
        ...(output.overlay ? [drawOverlay(image.raster, shaped)] : []),
        ...(output.heatmap && item.heatmap !== undefined ? [heatmapToMask(item.heatmap)] : []),
      ];
      for (const drawn of images) {
        rendered.push(encode(files[next++]!, drawn, image, { ...provenance, ...item.provenance }));
      }
    }
    return { files: await Promise.all(rendered) };
  },
};

const inpaint: Renderer<OutputOf<'inpaint'>> = {
  plan: planOne,
  render: async ({ opacity }, { image, mask, provenance }, [file]) => {
    const holed = eraseAlpha(image.raster, mask, opacity);
    const rendered = await encode(file!, holed, image, provenance);
    return { files: [{ ...rendered, verify: (temporary) => assertEqual(temporary, holed, file!.path) }] };
  },
};

const composite: Renderer<OutputOf<'composite'>> = {
  plan: planOne,
  render: async ({ overlay, blend, opacity }, { image, mask, provenance }, [file]) => {
    const { raster } = await decodeImage(overlay);
    const composed = compositeRasters(image.raster, raster, { mask, blend, opacity });
    return { files: [await encode(file!, composed, image, { ...provenance, overlay })] };
  },
};

const target: Renderer<OutputOf<'target'>> = {
  plan: (output, recipe, naming) => filesOfTarget(targetPathsOf(output, textOf(recipe), naming)),
  render: async (output, { input, recipe, image, mask, provenance, naming }, files) => {
    const choice = { target: findTarget(output.for), fit: output.sizeFit, fitTarget: output.fitTarget };
    const paths = targetPathsOf(output, textOf(recipe), naming);
    const made = await makeTargetFiles(image, mask, choice, { input, paths, provenance });
    return { files: withKinds(made.files, files), warnings: made.report.warnings };
  },
};

const crop: Renderer<OutputOf<'crop'>> = {
  plan: (output, _, naming) => filesOfTarget(cropPaths(naming.stem, cropOptions(output, naming, {}))),
  render: async (output, { input, image, mask, provenance, naming, signal }) => {
    const made = await makeCrops(input, image, mask, { ...cropOptions(output, naming, provenance), signal });
    return { files: made.flatMap(({ files, report }) => withKinds(files, filesOfTarget(report.files))) };
  },
};

const RENDERERS: { readonly [Kind in RecipeOutput['kind']]: Renderer<OutputOf<Kind>> } = {
  mask,
  debug,
  inpaint,
  composite,
  target,
  crop,
  layers,
  channel,
  depth,
};

/** The files that a recipe makes of one image, output by output. Throws `USAGE` for a bad name. */
export function planOutputs(recipe: Recipe, naming: ImageNaming): PlannedFile[][] {
  return recipe.outputs.map((output) => rendererOf(output).plan(output, recipe, naming));
}

/** The same files, encoded. */
export async function renderOutputs(image: FoundImage): Promise<Required<Rendered>> {
  return renderEach(image, (output) => rendererOf(output));
}

/** The files of a recipe that needs no image: its inputs are depth maps. */
export async function renderMaps(input: RecipeInput): Promise<Required<Rendered>> {
  return renderEach(input, () => depth as Renderer<RecipeOutput, RecipeInput>);
}

async function renderEach<Image extends RecipeInput>(
  image: Image,
  rendererFor: (output: RecipeOutput) => Renderer<RecipeOutput, Image>,
): Promise<Required<Rendered>> {
  const { recipe, naming, shared } = image;
  const plans = planOutputs(recipe, naming);
  const files: RenderedFile[] = [];
  const warnings: string[] = [];
  for (const [i, output] of recipe.outputs.entries()) {
    const rendered = await rendererFor(output).render(output, { ...image, split: shared?.get(i) }, plans[i]!);
    files.push(...rendered.files);
    warnings.push(...(rendered.warnings ?? []));
  }
  return { files, warnings };
}

/** Whether the inputs are depth maps: nothing is looked for in them, and nothing but their depth is written. */
export function readsMaps({ sources, outputs }: Pick<Recipe, 'sources' | 'outputs'>): boolean {
  return sources.length === 0 && outputs.every(({ kind }) => kind === 'depth');
}

/** Files that outputs read, beside the image. */
export function filesOfOutputs(recipe: Recipe): string[] {
  return recipe.outputs
    .flatMap((output) => {
      switch (output.kind) {
        case 'composite':
          return [output.overlay];
        case 'layers':
          return [typeof output.depth === 'string' ? output.depth : undefined];
        case 'channel':
          return [output.within];
        case 'depth':
          return [output.path, output.recipe];
        case 'mask':
        case 'debug':
        case 'inpaint':
        case 'target':
        case 'crop':
          return [];
      }
    })
    .filter((path) => path !== undefined);
}

function cropOptions(output: OutputOf<'crop'>, { outdir }: ImageNaming, provenance: Provenance): CropOptions {
  const { context, size, aspects, each, samplerGrow, stitchGrow, stitchFeather } = output;
  const program = output.for === undefined ? undefined : findTarget(output.for);
  return {
    context,
    size,
    multipleOf: output.multipleOf ?? program?.multipleOf ?? PLAN_CROP_DEFAULTS.multipleOf,
    aspects: aspects ?? (program?.limits.square === true ? [1] : undefined),
    each,
    samplerShape: { grow: samplerGrow },
    stitchShape: { ...STITCH_SHAPE_DEFAULTS, grow: stitchGrow, feather: stitchFeather },
    target: program === undefined ? undefined : { target: program, fit: 'pad', fitTarget: false },
    naming: { outdir, name: output.name },
    provenance,
  };
}

function targetPathsOf(output: OutputOf<'target'>, text: string, { outdir, stem }: ImageNaming): TargetPaths {
  return targetPaths(findTarget(output.for), { outdir, name: output.name }, { stem, text });
}

function filesOfTarget(paths: TargetPaths): PlannedFile[] {
  return Object.entries(paths).map(([kind, path]: [string, string]) => ({ kind, path }));
}

function textOf(recipe: Recipe): string {
  return recipe.sources.map(labelOf).join(' + ');
}

function rendererOf(output: RecipeOutput): Renderer<RecipeOutput> {
  return RENDERERS[output.kind] as Renderer<RecipeOutput>;
}

function planOne(
  output: { readonly kind: string; readonly name: string },
  recipe: Recipe,
  naming: ImageNaming,
): PlannedFile[] {
  const { kind, name } = output;
  return [{ kind, path: pathOf(name, kind, textOf(recipe), naming) }];
}
