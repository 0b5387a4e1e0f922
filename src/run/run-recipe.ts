import { combineMasks, shapeMask } from '../engine/index.js';
import { decodeImage, type ImageSource } from '../io/image/decode-image.js';
import { STDIO } from '../io/files/read-input.js';
import { requireWritable, writeFiles } from '../io/files/write-files.js';
import { type Bounds, createMask, type Mask } from '../raster/index.js';
import { colorWarnings } from '../outputs/color-warning.js';
import { measureMask } from '../outputs/mask-output.js';
import type { Networks } from '../sources/model-pool.js';
import type { JobPlan } from './resume.js';
import { filesOf } from '../sources/source-labels.js';
import { findMasks } from '../sources/sources.js';
import type { Story } from '../io/image/provenance.js';
import { filesOfOutputs, planOutputs, readsMaps, renderMaps, renderOutputs } from '../outputs/render-outputs.js';
import type { PictureNaming, RecipeInput, RenderedFile, SharedSplits } from '../outputs/renderer.js';
import type { Recipe } from '../recipe/schema.js';

export interface RecipeJobOptions {
  readonly networks: Networks;
  readonly naming: PictureNaming;
  /** Give the encoded files back instead of writing them. */
  readonly keep?: boolean | undefined;
  /** The files that the recipe stands in: they are inputs too, and never written over. */
  readonly recipeFiles?: readonly string[] | undefined;
  readonly story: Story;
  /** Cuts that all pictures share: from `findShared`. */
  readonly shared?: SharedSplits | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One file that was made of a picture. */
export interface RecipeFile {
  readonly kind: string;
  readonly path: string;
  /** The encoded file, where it was not written. */
  readonly data?: Uint8Array;
}

/** What a recipe made of one picture. */
export interface RecipeResult {
  /** The path, or the name that was given to bytes. */
  readonly input: string;
  /** Share of the pixels that the mask selects (128 and more), 0..1; undefined where the recipe has no sources. */
  readonly share: number | undefined;
  readonly bounds: Bounds | undefined;
  readonly files: readonly RecipeFile[];
  readonly warnings: readonly string[];
}

/** What a recipe reads and writes for one picture, known before it is run. */
export function planRecipe(input: string, recipe: Recipe, naming: PictureNaming): JobPlan {
  return {
    input,
    reads: [input, ...filesOf(recipe.sources), ...filesOfOutputs(recipe)],
    writes: planOutputs(recipe, naming)
      .flat()
      .map(({ path }) => path),
  };
}

/**
 * Runs a recipe on one picture: decoded once, every source found once, the mask combined and shaped once, and
 * all files written together or none.
 */
export async function recipeJob(
  name: string,
  source: ImageSource,
  recipe: Recipe,
  options: RecipeJobOptions,
): Promise<RecipeResult> {
  const { naming, networks, story, shared, signal, keep = false } = options;
  const { reads, writes } = planRecipe(name, recipe, naming);
  const pictures = typeof source === 'string' && source !== STDIO ? reads : reads.slice(1);
  const inputs = [...pictures, ...(options.recipeFiles ?? [])];
  if (!keep) {
    await requireWritable(writes, { inputs });
  }
  const input: RecipeInput = { input: name, source, recipe, naming, networks, story, shared, signal };
  const { files, ...facts } = readsMaps(recipe)
    ? { ...(await renderMaps(input)), ...WITHOUT_MASK }
    : await render(input);
  signal?.throwIfAborted();
  if (!keep) {
    await writeFiles(files, { inputs });
  }
  return {
    input: name,
    ...facts,
    files: files.map(({ kind, path, data }) => (keep ? { kind, path, data } : { kind, path })),
  };
}

const WITHOUT_MASK = { share: undefined, bounds: undefined } as const;

/** A picture's files, and what its mask is. */
async function render(
  input: RecipeInput,
): Promise<Omit<RecipeResult, 'input' | 'files'> & { readonly files: readonly RenderedFile[] }> {
  const { source, recipe, networks, signal } = input;
  const image = await decodeImage(source, typeof source === 'string' ? undefined : input.input);
  const found = await findMasks(recipe.sources, image, {
    networks,
    text: { threshold: recipe.threshold, fit: recipe.fit, refine: recipe.refine, detail: recipe.detail },
    resizeMasks: recipe.resizeMasks,
    signal,
  });
  const { width, height } = image.raster;
  const combined =
    found.length === 0
      ? createMask(width, height)
      : combineMasks(
          found.map((item) => item.mask),
          recipe.combine,
        );
  const shape = (whole: Mask): Mask => recipe.shape.reduce(shapeMask, whole);
  const mask = shape(combined);
  const story = { ...input.story, sources: found.map((item) => item.story) };
  const { files, warnings } = await renderOutputs({ ...input, image, found, mask, shape, story });
  return {
    ...(found.length === 0 ? WITHOUT_MASK : measureMask(mask)),
    files,
    warnings: [...image.warnings, ...colorWarnings(image), ...found.flatMap((item) => item.warnings), ...warnings],
  };
}
