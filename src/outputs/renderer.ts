import { type DecodedImage, type ImageSource } from '../io/image/decode-image.js';
import { encodeImage, formatForPath } from '../io/image/encode-image.js';
import { contentOf, type OutputFile } from '../io/files/write-files.js';
import type { Mask, Raster } from '../raster/index.js';
import type { SharedSplit } from './cut-layers.js';
import type { Networks } from '../sources/model-pool.js';
import { type NamingOptions, outputPath } from '../io/files/output-names.js';
import type { FoundMask } from '../sources/sources.js';
import { type Story, storyText } from '../io/image/provenance.js';
import type { Recipe, RecipeOutput } from '../recipe/schema.js';

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

/** One picture, or one depth map, that a recipe is run on. */
export interface RecipeInput {
  /** Its path, or the name that was given to bytes. */
  readonly input: string;
  readonly source: ImageSource;
  readonly recipe: Recipe;
  readonly naming: PictureNaming;
  readonly networks: Networks;
  readonly story: Story;
  readonly shared?: SharedSplits | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One picture with what was found in it. */
export interface FoundPicture extends RecipeInput {
  readonly image: DecodedImage;
  readonly found: readonly FoundMask[];
  /** All of it combined and shaped. */
  readonly mask: Mask;
  /** As `mask` was shaped. */
  readonly shape: (mask: Mask) => Mask;
}

/** What all pictures of a run share, by the place of their output in the recipe. */
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
export interface Renderer<Output, Picture = FoundPicture> {
  /** The files, known before anything is read. */
  readonly plan: (output: Output, recipe: Recipe, naming: PictureNaming) => PlannedFile[];
  readonly render: (
    output: Output,
    picture: Picture & { readonly split?: SharedSplit | undefined },
    files: readonly PlannedFile[],
  ) => Promise<Rendered>;
}

export function pathOf(
  name: string,
  kind: string,
  text: string,
  { outdir, stem }: PictureNaming,
  ext: 'png' | 'html' = 'png',
): string {
  const naming: NamingOptions = { outdir, name };
  return outputPath(naming, { stem, text, kind, ext });
}

export async function encode(
  file: PlannedFile,
  picture: Raster | Mask,
  image: DecodedImage | undefined,
  story: Story,
): Promise<RenderedFile> {
  const icc = picture.kind === 'raster' ? image?.icc : undefined;
  const data = await encodeImage(picture, { format: formatForPath(file.path), icc, text: storyText(story) });
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
