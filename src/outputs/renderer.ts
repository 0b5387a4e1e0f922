import { type DecodedImage, type ImageSource } from '../io/image/decode-image.js';
import { encodeImage, formatForPath } from '../io/image/encode-image.js';
import { contentOf, type OutputFile } from '../io/files/write-files.js';
import type { Mask, Raster } from '../raster/index.js';
import type { SharedSplit } from './cut-layers.js';
import type { ModelPool } from '../sources/model-pool.js';
import { type NamingOptions, outputPath } from '../io/files/output-names.js';
import type { FoundMask } from '../sources/sources.js';
import { type Provenance, provenanceText } from '../io/image/provenance.js';
import type { Recipe, RecipeOutput } from '../recipe/schema.js';

/** A file that a recipe makes of one image. */
export interface PlannedFile {
  /** What it is: `mask`, `selected`, `inpaint` ... */
  readonly kind: string;
  readonly path: string;
}

/** Where an image's files go: its folder, and its stem. */
export interface ImageNaming {
  readonly outdir: string;
  readonly stem: string;
}

/** One image, or one depth map, that a recipe is run on. */
export interface RecipeInput {
  /** Its path, or the name that was given to bytes. */
  readonly input: string;
  readonly source: ImageSource;
  readonly recipe: Recipe;
  readonly naming: ImageNaming;
  readonly models: ModelPool;
  readonly provenance: Provenance;
  readonly shared?: SharedSplits | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One image with what was found in it. */
export interface FoundImage extends RecipeInput {
  readonly image: DecodedImage;
  readonly found: readonly FoundMask[];
  /** All of it combined and shaped. */
  readonly mask: Mask;
  /** As `mask` was shaped. */
  readonly shape: (mask: Mask) => Mask;
}

/** What all images of a run share, by the place of their output in the recipe. */
export type SharedSplits = ReadonlyMap<number, SharedSplit>;

/** A file's pixels, encoded, and how to be sure of them once they are on the disk. */
export interface RenderedFile extends PlannedFile, OutputFile {
  readonly data: Uint8Array;
}

/** Files, and what is worth saying about how they came to be. */
export interface Rendered {
  readonly files: readonly RenderedFile[];
  readonly warnings?: readonly string[];
}

export type OutputOf<Kind extends RecipeOutput['kind']> = Extract<RecipeOutput, { kind: Kind }>;

/** How one kind of output is made. */
export interface Renderer<Output, Image = FoundImage> {
  /** The files, known before anything is read. */
  readonly plan: (output: Output, recipe: Recipe, naming: ImageNaming) => PlannedFile[];
  readonly render: (
    output: Output,
    image: Image & { readonly split?: SharedSplit | undefined },
    files: readonly PlannedFile[],
  ) => Promise<Rendered>;
}

export function pathOf(
  name: string,
  kind: string,
  text: string,
  { outdir, stem }: ImageNaming,
  ext: 'png' | 'html' = 'png',
): string {
  const naming: NamingOptions = { outdir, name };
  return outputPath(naming, { stem, text, kind, ext });
}

export async function encode(
  file: PlannedFile,
  drawn: Raster | Mask,
  image: DecodedImage | undefined,
  provenance: Provenance,
): Promise<RenderedFile> {
  const icc = drawn.kind === 'raster' ? image?.icc : undefined;
  const data = await encodeImage(drawn, { format: formatForPath(file.path), icc, text: provenanceText(provenance) });
  return { ...file, data };
}

/** Encoded files, each with what it was planned to be. */
export function withKinds(files: readonly OutputFile[], planned: readonly PlannedFile[]): RenderedFile[] {
  return files.map((file) => ({
    path: file.path,
    data: contentOf(file),
    kind: planned.find(({ path }) => path === file.path)?.kind ?? 'file',
  }));
}
