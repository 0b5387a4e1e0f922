import { sliceDepth } from '../../depth/slice-depth.js';
import { buildLayers } from '../../depth/layers-build.js';
import { normalizeDepth } from '../../depth/normalize-depth.js';
import { sortDepths, splitDepth, type SplitMethod } from '../../depth/split-depth.js';
import { compositeRasters, invertMask } from '../../engine/index.js';
import { drawSelection } from '../../engine/draw-selection.js';
import { type DecodedImage, decodeImage } from '../../io/decode-image.js';
import { encodeImage, formatForPath } from '../../io/encode-image.js';
import type { OutputFile } from '../../io/write-files.js';
import { heatmapToMask, type Mask, multiplyAlpha, type Raster } from '../../raster/index.js';
import { PLAN_CROP_DEFAULTS } from '../../inpaint/plan-crop.js';
import { findTarget } from '../../inpaint/target-table.js';
import { type CropOptions, cropPaths, makeCrops, STITCH_SHAPE_DEFAULTS } from '../crop-job.js';
import { cutHoles, requireEqual } from '../inpaint-job.js';
import { type DepthSource, findDepth, resizeDepth } from '../layers-depth.js';
import type { SharedSplit } from '../layers-job.js';
import type { NamingOptions } from '../output-names.js';
import { outputPath } from '../output-names.js';
import { labelOf } from '../source-names.js';
import type { FoundMask } from '../sources.js';
import { type Story, storyText } from '../story.js';
import { makeTargetFiles, type TargetPaths, targetPaths } from '../target-files.js';
import type { Recipe, RecipeOutput } from './schema.js';

/** A file that a recipe makes of one picture. */
export interface PlannedFile {
  /** What it is: `mask`, `selected`, `inpaint` ... */
  readonly kind: string;
  readonly path: string;
}

/** Where a picture's files go: its folder, and its stem. */
export interface PictureNaming {
  readonly outdir: string;
  readonly stem: string;
}

/** One picture with what was found in it. */
export interface FoundPicture {
  /** Its path, or the name that was given to bytes. */
  readonly input: string;
  readonly recipe: Recipe;
  readonly naming: PictureNaming;
  readonly image: DecodedImage;
  readonly found: readonly FoundMask[];
  /** All of it combined and shaped. */
  readonly mask: Mask;
  /** As `mask` was shaped. */
  readonly shape: (mask: Mask) => Mask;
  readonly story: Story;
  readonly shared?: SharedSplits | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Cuts that all pictures share, by the place of their output in the recipe. */
export type SharedSplits = ReadonlyMap<number, SharedSplit>;

/** A file's pixels, encoded, and how to be sure of them once they are on the disk. */
export interface RenderedFile extends PlannedFile, OutputFile {
  readonly data: Uint8Array;
}

type OutputOf<Kind extends RecipeOutput['kind']> = Extract<RecipeOutput, { kind: Kind }>;

interface Renderer<Output> {
  /** The files, known before anything is read. */
  readonly plan: (output: Output, recipe: Recipe, naming: PictureNaming) => PlannedFile[];
  readonly render: (
    output: Output,
    picture: FoundPicture & { readonly split?: SharedSplit | undefined },
    files: readonly PlannedFile[],
  ) => Promise<RenderedFile[]>;
}

const mask: Renderer<OutputOf<'mask'>> = {
  plan: planOne,
  render: async (_, { mask, story }, [file]) => [await encode(file!, mask, undefined, story)],
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
  render: async (output, { image, found, shape, story }, files) => {
    const rendered: Promise<RenderedFile>[] = [];
    let next = 0;
    for (const item of found) {
      const shaped = shape(item.mask);
      const soft = output.hard || item.heatmap === undefined ? shaped : heatmapToMask(item.heatmap);
      const pictures: (Raster | Mask)[] = [
        multiplyAlpha(image.raster, soft),
        multiplyAlpha(image.raster, invertMask(soft)),
        shaped,
        ...(output.overlay ? [drawSelection(image.raster, shaped)] : []),
        ...(output.heatmap && item.heatmap !== undefined ? [heatmapToMask(item.heatmap)] : []),
      ];
      for (const picture of pictures) {
        rendered.push(encode(files[next++]!, picture, image, { ...story, ...item.story }));
      }
    }
    return Promise.all(rendered);
  },
};

const inpaint: Renderer<OutputOf<'inpaint'>> = {
  plan: planOne,
  render: async ({ opacity }, { image, mask, story }, [file]) => {
    const holed = cutHoles(image.raster, mask, opacity);
    const rendered = await encode(file!, holed, image, story);
    return [{ ...rendered, verify: (temporary) => requireEqual(temporary, holed, file!.path) }];
  },
};

const composite: Renderer<OutputOf<'composite'>> = {
  plan: planOne,
  render: async ({ overlay, blend, opacity }, { image, mask, story }, [file]) => {
    const { raster } = await decodeImage(overlay);
    const composed = compositeRasters(image.raster, raster, { mask, blend, opacity });
    return [await encode(file!, composed, image, { ...story, overlay })];
  },
};

const target: Renderer<OutputOf<'target'>> = {
  plan: (output, recipe, naming) => filesOfTarget(targetPathsOf(output, textOf(recipe), naming)),
  render: async (output, { input, recipe, image, mask, story, naming }, files) => {
    const choice = { target: findTarget(output.for), fit: output.sizeFit, fitTarget: output.fitTarget };
    const paths = targetPathsOf(output, textOf(recipe), naming);
    const made = await makeTargetFiles(image, mask, choice, { input, paths, story });
    return withKinds(made.files, files);
  },
};

const crop: Renderer<OutputOf<'crop'>> = {
  plan: (output, _, naming) => filesOfTarget(cropPaths(naming.stem, cropOptions(output, naming, {}))),
  render: async (output, { input, image, mask, story, naming, signal }) => {
    const made = await makeCrops(input, image, mask, { ...cropOptions(output, naming, story), signal });
    return made.flatMap(({ files, report }) => withKinds(files, filesOfTarget(report.files)));
  },
};

const layers: Renderer<OutputOf<'layers'>> = {
  plan: (output, _, naming) => Array.from({ length: output.layers }, (__, i) => layerFile(output, naming, i)),
  render: async (output, { image, naming, story, split, signal }) => {
    const found = await findDepth(image, depthOf(output), signal);
    const depth = resizeDepth(normalizeDepth(found.depth, split?.range), image.raster);
    const thresholds = split?.thresholds ?? splitDepth(sortDepths(depth), splitOf(output));
    const bands = sliceDepth(depth, thresholds);
    const rendered: RenderedFile[] = [];
    for (const { index, raster } of buildLayers(image.raster, bands, {
      featherPx: output.feather,
      fill: output.fill,
    })) {
      signal?.throwIfAborted();
      const told = { ...story, depth: found.story, thresholds };
      rendered.unshift(await encode(layerFile(output, naming, index), raster, image, told));
    }
    return rendered;
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
};

/** The files that a recipe makes of one picture, output by output. Throws `USAGE` for a bad name. */
export function planOutputs(recipe: Recipe, naming: PictureNaming): PlannedFile[][] {
  return recipe.outputs.map((output) => rendererOf(output).plan(output, recipe, naming));
}

/** The same files, encoded. */
export async function renderOutputs(picture: FoundPicture): Promise<RenderedFile[]> {
  const { recipe, naming, shared } = picture;
  const plans = planOutputs(recipe, naming);
  const rendered: RenderedFile[] = [];
  for (const [i, output] of recipe.outputs.entries()) {
    rendered.push(...(await rendererOf(output).render(output, { ...picture, split: shared?.get(i) }, plans[i]!)));
  }
  return rendered;
}

/** Files that outputs read, beside the picture. */
export function filesOfOutputs(recipe: Recipe): string[] {
  return recipe.outputs.flatMap((output) => {
    if (output.kind === 'composite') {
      return [output.overlay];
    }
    return output.kind === 'layers' && output.depth !== undefined ? [output.depth] : [];
  });
}

/** Where an output of layers takes its depth from. */
export function depthOf({ depth, near }: OutputOf<'layers'>): DepthSource {
  return depth === undefined ? { kind: 'gradient' } : { kind: 'file', path: depth, near };
}

/** How an output of layers is cut. */
export function splitOf({ split, layers: count }: OutputOf<'layers'>): SplitMethod {
  return { kind: split, layers: count };
}

function layerFile({ name, layers: count }: OutputOf<'layers'>, naming: PictureNaming, index: number): PlannedFile {
  const kind = `layer-${String(index + 1).padStart(String(count).length, '0')}`;
  return { kind, path: pathOf(name, kind, 'layers', naming) };
}

function cropOptions(output: OutputOf<'crop'>, { outdir }: PictureNaming, story: Story): CropOptions {
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
    story,
  };
}

function targetPathsOf(output: OutputOf<'target'>, text: string, { outdir, stem }: PictureNaming): TargetPaths {
  return targetPaths(findTarget(output.for), { outdir, name: output.name }, { stem, text });
}

function filesOfTarget(paths: TargetPaths): PlannedFile[] {
  return Object.entries(paths).map(([kind, path]: [string, string]) => ({ kind, path }));
}

function withKinds(files: readonly OutputFile[], planned: readonly PlannedFile[]): RenderedFile[] {
  return files.map(({ path, data }) => ({
    path,
    data: typeof data === 'string' ? new TextEncoder().encode(data) : data,
    kind: planned.find((file) => file.path === path)?.kind ?? 'file',
  }));
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
  naming: PictureNaming,
): PlannedFile[] {
  const { kind, name } = output;
  return [{ kind, path: pathOf(name, kind, textOf(recipe), naming) }];
}

function pathOf(name: string, kind: string, text: string, { outdir, stem }: PictureNaming): string {
  const naming: NamingOptions = { outdir, name };
  return outputPath(naming, { stem, text, kind, ext: 'png' });
}

async function encode(
  file: PlannedFile,
  picture: Raster | Mask,
  image: DecodedImage | undefined,
  story: Story,
): Promise<RenderedFile> {
  const icc = picture.kind === 'raster' ? image?.icc : undefined;
  const data = await encodeImage(picture, { format: formatForPath(file.path), icc, text: storyText(story) });
  return { ...file, data };
}
