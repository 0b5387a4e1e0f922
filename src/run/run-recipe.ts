import {
  applyMaskOperations,
  combineMasks,
  type CombineMode,
  hasMatte,
  hasUnknown,
  type MaskOperations,
  type MatteInput,
  trimapOfMask,
} from '../engine/index.js';
import { isPipe, readInput, readVersion, STDIO } from '../io/files/read-input.js';
import { isRemote } from '../io/storage/storage-path.js';
import { assertWritable, contentOf, writeFiles } from '../io/files/write-files.js';
import { type DecodedImage, decodeImage, readImageSize, type ImageSource } from '../io/image/decode-image.js';
import { freeMemory } from '../io/image/free-memory.js';
import type { Provenance } from '../io/image/provenance.js';
import { colorWarnings } from '../outputs/color-warning.js';
import type { SharedSplit } from '../outputs/layers/cut-layers.js';
import { type MaskMeasure, measureMask } from '../outputs/measure-mask.js';
import type { ImageNaming, ImageTask, RenderedFile } from '../outputs/output.js';
import { listedFolderOf, planOutput, readsOf, type RecipeOutput, renderOutput } from '../outputs/outputs.js';
import type { Bounds, Mask, Size } from '../raster/index.js';
import { hasColors, warnOfIdleFields } from '../recipe/idle-fields.js';
import type { Recipe } from '../recipe/schema.js';
import type { ModelPool } from '../sources/model-pool.js';
import { PROMPT_DEFAULTS } from '../sources/detection/prompt-settings.js';
import type { FoundMask, SourceImage, SourceSettings } from '../sources/source.js';
import { readMaskFile } from '../sources/file-source.js';
import { matteByModel } from '../sources/matting/matte-by-model.js';
import { filesOf, findMasks, type MaskSource } from '../sources/sources.js';
import { type ListedFolders, openListedFolders } from './listed-folders.js';
import { identifyTask, type TaskContext } from './batch/task-identity.js';
import type { TaskPlan } from './resume.js';

/** What all images of a run have in common, by the place of an output in the recipe. */
export type SharedSplits = ReadonlyMap<number, SharedSplit>;

/** One image, and the recipe that it goes through. */
export interface RecipeTask {
  /** The path, `-` for standard input, or the name of bytes. */
  readonly input: string;
  /** The bytes, or the decoded image, where the input is not to be read. */
  readonly source?: Uint8Array | DecodedImage | undefined;
  readonly recipe: Recipe;
  readonly naming: ImageNaming;
  /** What a listing says of the input's content: the ETag of an object. */
  readonly version?: string | undefined;
}

/** What a run of a recipe needs besides the recipe: models, abort signal, cache, protected files. */
export interface RunRecipeOptions extends TaskContext {
  readonly models: ModelPool;
  /** The content of files that the recipe names and that are not on the disk. */
  readonly files?: ReadonlyMap<string, Uint8Array> | undefined;
  /** `false`: the encoded files are in the result instead of on the disk. Default true. */
  readonly write?: boolean | undefined;
  /** Keep heatmaps on disk between runs. Default true. */
  readonly cache?: boolean | undefined;
  /** Files that must not be overwritten, besides those that the recipe reads: the recipe's own. */
  readonly protect?: readonly string[] | undefined;
  readonly shared?: SharedSplits | undefined;
  /** Leave local files that hold the same bytes untouched: several processes may write them. */
  readonly once?: boolean | undefined;
  /** The listed folders of a run over many images; those of this image alone where left out. */
  readonly folders?: ListedFolders | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called as a phase of the work begins: `reading`, `loading the model`, `detecting`, `refining`, `writing` ... */
  readonly onPhase?: ((phase: string) => void) | undefined;
}

/** One file that was made of an image. */
export interface RecipeFile {
  readonly kind: string;
  readonly path: string;
  /** The encoded file, where it was not written. */
  readonly data?: Uint8Array;
}

/** What an output made, in plain data. */
export interface OutputReport {
  readonly kind: RecipeOutput['kind'];
  readonly [key: string]: unknown;
}

/** What a recipe made of one image. */
export interface RecipeResult {
  /** The path, or the name of bytes. */
  readonly input: string;
  /** Of the image; undefined where nothing of it was read. */
  readonly width: number | undefined;
  readonly height: number | undefined;
  /** Share of the pixels that the mask selects (128 and more), 0..1; undefined where the recipe has no sources. */
  readonly share: number | undefined;
  readonly bounds: Bounds | undefined;
  /** How each source was found. */
  readonly sources: readonly Provenance[];
  /** What each output shows. */
  readonly outputs: readonly OutputReport[];
  readonly files: readonly RecipeFile[];
  readonly warnings: readonly string[];
}

/** What a recipe reads and writes for one image, known before it is run. Throws `USAGE` for a bad name. */
export function planRecipe({ input, recipe, naming }: Omit<RecipeTask, 'source'>): TaskPlan {
  return {
    input,
    reads: [
      input,
      ...filesOf(recipe.sources),
      ...retouchFiles(recipe),
      ...[recipe.trimap, recipe.matteFrom].filter((path) => path !== undefined),
      ...recipe.outputs.flatMap(readsOf),
    ],
    writes: recipe.outputs.flatMap((output) => planOutput(output, naming).map(({ path }) => path)),
  };
}

/**
 * Runs a recipe on one image: it is decoded once, every source is found once, the masks are combined and processed
 * once, and all files are written together or none. Every command, the library, batches and servers end here.
 */
export async function runRecipe(task: RecipeTask, options: RunRecipeOptions): Promise<RecipeResult> {
  const { write = true, signal, shared, folders = openListedFolders([task.input]) } = options;
  const { recipe, input } = task;
  const { reads, writes } = planRecipe(task);
  const onDisk = reads.filter((path, i) => (i > 0 || task.source === undefined) && options.files?.has(path) !== true);
  const inputs = [...onDisk, ...(options.protect ?? [])];
  const kept = recipe.outputs
    .flatMap((output) => planOutput(output, task.naming))
    .flatMap(({ path, keepExisting }) => (keepExisting === true ? [path] : []));
  const listed = recipe.outputs.map((output) => listedFolderOf(output, task.naming));
  if (write) {
    await assertWritable(writes, { inputs });
    await assertWritable(kept, { keepExisting: true });
    for (const folder of listed) {
      await (folder && folders.open(folder));
    }
  }
  signal?.throwIfAborted();
  options.onPhase?.('reading');
  const image = openTask(task, options);
  const outputs = await renderAll(recipe.outputs, image, shared);
  const measuredByOutput = outputs.find((output) => output.measured !== undefined)?.measured;
  const own = measuredByOutput !== undefined || recipe.sources.length === 0 ? undefined : await measureOwn(image);
  const files = outputs.flatMap((output) => output.files);
  const decoded = await image.decoded().then(factsOf);
  const found = await image.release();
  freeMemory('all');
  signal?.throwIfAborted();
  if (write) {
    await assertWritable(kept, { keepExisting: true });
    for (const [i, folder] of listed.entries()) {
      await (folder && folders.claim(folder, outputs[i]!.files));
    }
    options.onPhase?.('writing');
    const { once, model } = options;
    const metadata = () => identifyTask(recipe, reads, { model, shared }, image.versions);
    await writeFiles(files, { inputs, once, metadata, signal });
  }
  const written: RecipeFile[] = [];
  for (const { kind, path, data } of files) {
    written.push(write ? { kind, path } : { kind, path, data: await contentOf({ data }, true) });
  }
  const measured = measuredByOutput?.() ?? own;
  const { width, height }: Partial<Size> = decoded ?? own ?? {};
  return {
    input,
    width,
    height,
    share: measured?.share,
    bounds: measured?.bounds,
    sources: found.map((item) => ({ label: item.label, ...item.provenance, ...item.facts })),
    outputs: outputs.map(({ report }, i): OutputReport => ({ kind: recipe.outputs[i]!.kind, ...report })),
    files: written,
    warnings: unique([
      ...(decoded?.warnings ?? []),
      ...found.flatMap((item) => item.warnings),
      ...outputs.flatMap(({ warnings = [] }) => warnings),
      ...warnOfIdleFields(recipe),
      ...image.warnings,
    ]),
  };
}

/** What the mask of the recipe selects, and its size. */
async function measureOwn(image: ImageTask): Promise<MaskMeasure & Size> {
  const mask = await image.mask();
  return { ...sizeOf(mask), ...measureMask(mask) };
}

function sizeOf({ width, height }: Size): Size {
  return { width, height };
}

/** What is said of an image once its pixels are not needed any more. */
function factsOf(decoded: DecodedImage | undefined): (Size & { readonly warnings: readonly string[] }) | undefined {
  return decoded && { ...sizeOf(decoded.raster), warnings: [...decoded.warnings, ...colorWarnings(decoded)] };
}

interface RenderedOutput {
  readonly files: readonly RenderedFile[];
  readonly warnings?: readonly string[];
  readonly measured?: (() => MaskMeasure) | undefined;
  readonly report: Readonly<Record<string, unknown>>;
}

async function renderAll(
  outputs: readonly RecipeOutput[],
  task: ImageTask,
  shared: SharedSplits | undefined,
): Promise<RenderedOutput[]> {
  const rendered: RenderedOutput[] = [];
  for (const [i, output] of outputs.entries()) {
    rendered.push(await renderOutput(output, task, shared?.get(i)));
  }
  return rendered;
}

/** An image's task, and the image itself where something asked for its pixels. */
type OpenTask = ImageTask & {
  readonly decoded: () => Promise<DecodedImage | undefined>;
  /** The versions of the files that were read, where their storage tells them. */
  readonly versions: ReadonlyMap<string, string>;
  /** What was found out on the way. */
  readonly warnings: readonly string[];
  /** Lets go of all pixels: only files that are still to be drawn hold those that they need. What is known of the sources stays. */
  readonly release: () => Promise<readonly Omit<FoundMask, 'mask' | 'heatmap'>[]>;
};

/** Opens an image for a recipe. Nothing is read yet. */
export function openTask(task: RecipeTask, { models, files, cache, signal, onPhase }: RunRecipeOptions): OpenTask {
  const { input, source, recipe, naming } = task;
  const { sources, combine } = recipe;
  const versions = new Map<string, string>();
  const kept: Map<string, unknown>[] = [];
  const once = <Result>(work: (key: string) => Promise<Result>) => keepResults(work, kept);
  const read = once(async (path: string): Promise<ImageSource> => {
    if (path === STDIO || (await isPipe(path))) {
      return readInput(path);
    }
    const known = path === input && source instanceof Uint8Array ? source : files?.get(path);
    if (known !== undefined || !isRemote(path)) {
      return known ?? path;
    }
    const { data, version } = await readVersion(path);
    if (version !== undefined) {
      versions.set(path, version);
    }
    return data;
  });
  const open = once(async (path: string): Promise<DecodedImage> => decodeImage(await read(path), nameOf(path)));
  const decode = (): Promise<DecodedImage> =>
    source === undefined || source instanceof Uint8Array ? open(input) : Promise.resolve(source);
  let asked = false;
  const image = (): Promise<DecodedImage> => {
    asked = true;
    return decode();
  };
  // A mask alone needs no pixels of its image.
  const sizeOfInput = async (): Promise<Size> => {
    const isDecoded = asked || (source !== undefined && !(source instanceof Uint8Array));
    return (isDecoded ? undefined : await readImageSize(await read(input))) ?? (await decode()).raster;
  };
  const asSource = (
    name: string,
    pixels: () => Promise<DecodedImage>,
    size: () => Promise<Size> = async () => (await pixels()).raster,
  ): SourceImage => ({
    name,
    path: source === undefined && name === input && files?.has(input) !== true ? input : undefined,
    size,
    decoded: pixels,
  });
  const settings: SourceSettings = {
    models,
    prompt: {
      threshold: recipe.threshold ?? PROMPT_DEFAULTS.threshold,
      fit: recipe.fit,
      refine: recipe.refine,
      detail: recipe.detail,
      splitTouching: recipe.splitTouching,
      maxShare: recipe.maxShare,
      cache,
    },
    segmenter: recipe.segmenter,
    maskIndex: recipe.maskIndex,
    resizeMasks: recipe.resizeMasks,
    maskChannel: recipe.maskChannel,
    maskLevels: recipe.maskLevels,
    signal,
    onPhase,
    open: (path) => asSource(path, () => open(path)),
    read,
  };
  const original = asSource(nameOf(input), image, sizeOfInput);
  let foundNow: readonly Omit<FoundMask, 'mask' | 'heatmap'>[] = [];
  let retouch: Retouch = {};
  const found = once(async (): Promise<readonly FoundMask[]> => {
    const [masks, corrections] = await Promise.all([
      findMasks(sources, original, settings),
      readRetouch(recipe.retouch, original, settings),
    ]);
    foundNow = masks;
    retouch = corrections;
    return masks;
  });
  const matteInput = once(async (): Promise<MatteInput> => {
    const { matteFrom } = recipe;
    const pixels = matteFrom === undefined ? asSource(nameOf(input), image) : settings.open(matteFrom);
    const { raster } = await pixels.decoded();
    if (recipe.trimap === undefined) return { image: raster };
    const { mask: trimap } = await readMaskFile({ path: recipe.trimap }, pixels, settings);
    return { image: raster, trimap };
  });
  const warnings: string[] = [];
  const apply = async (shaped: Mask, step: MaskOperations): Promise<Mask> => {
    if (!hasMatte(step)) return applyMaskOperations(shaped, step);
    const { image: pixels, trimap = trimapOfMask(shaped, step) } = await matteInput();
    if (!hasUnknown(trimap)) {
      warnings.push(`matte has no effect: ${recipe.trimap ?? 'the mask'} has no ${recipe.trimap ? 'gray' : 'edge'}`);
    }
    if (recipe.matteModel === undefined || !hasUnknown(trimap)) {
      return applyMaskOperations(shaped, step, { image: pixels, trimap });
    }
    const model = await models.imageMatter({ model: recipe.matteModel });
    onPhase?.('matting');
    const alpha = await matteByModel(pixels, trimap, model, { signal });
    return applyMaskOperations(shaped, step, { image: pixels, alpha });
  };
  const applyAll = async (shaped: Mask, steps: readonly MaskOperations[]): Promise<Mask> => {
    let result = shaped;
    for (const step of steps) {
      result = await apply(result, step);
    }
    return result;
  };
  const operate = memoize(async (shaped: Mask): Promise<Mask> =>
    applyRetouch(await applyAll(shaped, recipe.mask), retouch),
  );
  const combined = once(async (): Promise<Mask> => {
    const masks = await Promise.all((await found()).map((item, i) => apply(item.mask, sources[i]!.mask ?? {})));
    return combineSources(masks, sources, combine);
  });
  const mask = once(async (): Promise<Mask> => {
    const shaped = await operate(await combined());
    const separates = recipe.decontaminate && recipe.outputs.some(hasColors);
    if (separates && shaped.data.every((value) => value === 0 || value === 255)) {
      warnings.push('decontaminate has no effect: no edge of the mask is soft; add matte');
    }
    return shaped;
  });
  const trimap = once(async (): Promise<Mask> => {
    if (recipe.trimap !== undefined) return (await matteInput()).trimap!;
    const first = recipe.mask.findIndex(hasMatte);
    const before = recipe.mask.slice(0, Math.max(first, 0));
    return trimapOfMask(await applyAll(await combined(), before), recipe.mask[first] ?? {});
  });
  return {
    input,
    source: source instanceof Uint8Array ? source : input,
    naming,
    sources,
    combine,
    operations: recipe.mask,
    isRetouched: recipe.retouch !== undefined,
    splitTouching: recipe.splitTouching === true,
    models,
    offline: recipe.offline,
    signal,
    onPhase,
    original,
    image,
    found: () => found(),
    combined: () => combined(),
    mask: () => mask(),
    operate,
    trimap: () => trimap(),
    matteFrom: recipe.matteFrom,
    decontaminate: recipe.decontaminate,
    apply: applyAll,
    retouch: (mask: Mask) => applyRetouch(mask, retouch),
    open,
    provenance:
      (more = {}) =>
      () =>
        sources.length === 0
          ? more
          : {
              sources: foundNow.map(({ provenance }, i) => withCombine(provenance, sources[i]!.combine)),
              combine,
              mask: recipe.mask,
              ...(recipe.matteModel === undefined ? {} : { matteModel: recipe.matteModel }),
              ...(recipe.retouch === undefined ? {} : { retouch: recipe.retouch }),
              ...more,
            },
    decoded: async () => (asked ? image() : undefined),
    versions,
    warnings,
    release: async () => {
      if (sources.length > 0) {
        await found();
      }
      for (const results of kept) {
        results.clear();
      }
      foundNow = foundNow.map(withoutPixels);
      retouch = {};
      return foundNow;
    },
  };
}

/** One mask of all sources, each combined with those before it by its own mode or the recipe's. */
function combineSources(masks: readonly Mask[], sources: readonly MaskSource[], mode: CombineMode): Mask {
  const own = sources.map((source) => source.combine ?? mode);
  if (own.slice(1).every((other) => other === mode)) {
    return masks.length === 1 ? masks[0]! : combineMasks(masks, mode);
  }
  return masks.reduce((combined, mask, i) => combineMasks([combined, mask], own[i]));
}

function withCombine(provenance: Provenance, combine: CombineMode | undefined): Provenance {
  return combine === undefined ? provenance : { ...provenance, combine };
}

/** The masks of corrections by hand. */
interface Retouch {
  readonly add?: Mask | undefined;
  readonly erase?: Mask | undefined;
}

function retouchFiles({ retouch }: Recipe): string[] {
  return [retouch?.add, retouch?.erase].filter((path) => path !== undefined);
}

async function readRetouch(retouch: Recipe['retouch'], image: SourceImage, settings: SourceSettings): Promise<Retouch> {
  const read = async (path: string | undefined): Promise<Mask | undefined> =>
    path === undefined ? undefined : (await readMaskFile({ path }, image, settings)).mask;
  const [add, erase] = await Promise.all([read(retouch?.add), read(retouch?.erase)]);
  return { add, erase };
}

function applyRetouch(mask: Mask, { add, erase }: Retouch): Mask {
  const erased = erase === undefined ? mask : combineMasks([mask, erase], 'subtract');
  return add === undefined ? erased : combineMasks([erased, add], 'union');
}

/** A source without its mask. Its provenance may not have been measured yet. */
function withoutPixels(item: Omit<FoundMask, 'mask' | 'heatmap'>): Omit<FoundMask, 'mask' | 'heatmap'> {
  const { mask: _, heatmap: __, ...rest } = Object.getOwnPropertyDescriptors(item as FoundMask);
  return Object.create(Object.prototype, rest);
}

function nameOf(input: string): string {
  return input === STDIO ? 'standard input' : input;
}

/** A function whose results are kept in a map that is added to `kept`: it runs once for each argument. */
function keepResults<Result>(
  work: (key: string) => Promise<Result>,
  kept: Map<string, unknown>[],
): (key?: string) => Promise<Result> {
  const results = new Map<string, Promise<Result>>();
  kept.push(results);
  return (key = '') => {
    const result = results.get(key) ?? work(key);
    results.set(key, result);
    return result;
  };
}

function memoize<Result>(work: (mask: Mask) => Promise<Result>): (mask: Mask) => Promise<Result> {
  const results = new WeakMap<Mask, Promise<Result>>();
  return (mask) => {
    const result = results.get(mask) ?? work(mask);
    results.set(mask, result);
    return result;
  };
}

function unique(warnings: readonly string[]): string[] {
  return [...new Set(warnings)];
}
