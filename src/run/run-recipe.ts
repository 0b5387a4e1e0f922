import { combineMasks, applyMaskOperations } from '../engine/index.js';
import { decodeImage, type ImageSource } from '../io/image/decode-image.js';
import { STDIO } from '../io/files/read-input.js';
import { assertWritable, writeFiles } from '../io/files/write-files.js';
import { type Bounds, createMask, type Mask } from '../raster/index.js';
import { colorWarnings } from '../outputs/color-warning.js';
import { measureMask } from '../outputs/mask-output.js';
import type { ModelPool } from '../sources/model-pool.js';
import type { JobPlan } from './resume.js';
import { filesOf } from '../sources/source-labels.js';
import { findMasks } from '../sources/sources.js';
import type { Provenance } from '../io/image/provenance.js';
import { filesOfOutputs, planOutputs, readsMaps, renderMaps, renderOutputs } from '../outputs/render-outputs.js';
import type { ImageNaming, RecipeInput, RenderedFile, SharedSplits } from '../outputs/renderer.js';
import type { Recipe } from '../recipe/schema.js';

export interface RecipeJobOptions {
  readonly models: ModelPool;
  readonly naming: ImageNaming;
  /** Give the encoded files back instead of writing them. */
  readonly keep?: boolean | undefined;
  /** The files that the recipe stands in: they are inputs too, and never written over. */
  readonly recipeFiles?: readonly string[] | undefined;
  readonly provenance: Provenance;
  /** Cuts that all images share: from `findShared`. */
  readonly shared?: SharedSplits | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One file that was made of an image. */
export interface RecipeFile {
  readonly kind: string;
  readonly path: string;
  /** The encoded file, where it was not written. */
  readonly data?: Uint8Array;
}

/** What a recipe made of one image. */
export interface RecipeResult {
  /** The path, or the name that was given to bytes. */
  readonly input: string;
  /** Share of the pixels that the mask selects (128 and more), 0..1; undefined where the recipe has no sources. */
  readonly share: number | undefined;
  readonly bounds: Bounds | undefined;
  readonly files: readonly RecipeFile[];
  readonly warnings: readonly string[];
}

/** What a recipe reads and writes for one image, known before it is run. */
export function planRecipe(input: string, recipe: Recipe, naming: ImageNaming): JobPlan {
  return {
    input,
    reads: [input, ...filesOf(recipe.sources), ...filesOfOutputs(recipe)],
    writes: planOutputs(recipe, naming)
      .flat()
      .map(({ path }) => path),
  };
}

/**
 * Runs a recipe on one image: decoded once, every source found once, the mask combined and shaped once, and
 * all files written together or none.
 */
export async function recipeJob(
  name: string,
  source: ImageSource,
  recipe: Recipe,
  options: RecipeJobOptions,
): Promise<RecipeResult> {
  const { naming, models, provenance, shared, signal, keep = false } = options;
  const { reads, writes } = planRecipe(name, recipe, naming);
  const images = typeof source === 'string' && source !== STDIO ? reads : reads.slice(1);
  const inputs = [...images, ...(options.recipeFiles ?? [])];
  if (!keep) {
    await assertWritable(writes, { inputs });
  }
  const input: RecipeInput = { input: name, source, recipe, naming, models, provenance, shared, signal };
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

/** An image's files, and what its mask is. */
async function render(
  input: RecipeInput,
): Promise<Omit<RecipeResult, 'input' | 'files'> & { readonly files: readonly RenderedFile[] }> {
  const { source, recipe, models, signal } = input;
  const image = await decodeImage(source, typeof source === 'string' ? undefined : input.input);
  const found = await findMasks(recipe.sources, image, {
    models,
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
  const shape = (whole: Mask): Mask => recipe.shape.reduce(applyMaskOperations, whole);
  const mask = shape(combined);
  const provenance = { ...input.provenance, sources: found.map((item) => item.provenance) };
  const { files, warnings } = await renderOutputs({ ...input, image, found, mask, shape, provenance });
  return {
    ...(found.length === 0 ? WITHOUT_MASK : measureMask(mask)),
    files,
    warnings: [...image.warnings, ...colorWarnings(image), ...found.flatMap((item) => item.warnings), ...warnings],
  };
}
