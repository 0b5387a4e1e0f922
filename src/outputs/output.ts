import type { z } from 'zod';
import type { CombineMode, MaskOperations } from '../engine/index.js';
import type { DecodedImage, ImageSource } from '../io/image/decode-image.js';
import type { OutputFile } from '../io/files/write-files.js';
import type { Provenance } from '../io/image/provenance.js';
import type { Mask } from '../raster/index.js';
import type { ModelPool } from '../sources/model-pool.js';
import { type PathFields, text } from '../sources/schema-fields.js';
import type { FoundMask, SourceImage } from '../sources/source.js';
import type { MaskSource } from '../sources/sources.js';
import type { MaskMeasure } from './measure-mask.js';
import type { SharedSplit } from './layers/cut-layers.js';

/** Where an image's files go, and what decides about their names. */
export interface ImageNaming {
  /** Folder of outputs that name none. */
  readonly outdir: string;
  /** The folder of the whole run, which `outdir` lies in where inputs come from inner folders. */
  readonly root?: string | undefined;
  /** The image's name without its ending. */
  readonly stem: string;
  /** The sources: `{text}` in a name is made of their names. */
  readonly sources: readonly MaskSource[];
}

/** A file that an output writes. */
export interface PlannedFile {
  /** What it is: `mask`, `selected`, `inpaint` ... */
  readonly kind: string;
  /** `-` is standard output. */
  readonly path: string;
  /** Refuse to replace a file that exists. */
  readonly keepExisting?: boolean | undefined;
}

/** A folder whose listing tells the files of earlier runs from those of others. */
export interface ListedFolder {
  readonly path: string;
  /** Write over files that no earlier run wrote. */
  readonly force: boolean;
  /** At the end of a run without failures, remove what earlier runs wrote and this one did not. */
  readonly clear: boolean;
}

/** All images of a run, for an output that treats them alike. */
export interface RunImages<Output> {
  readonly models: ModelPool;
  readonly signal?: AbortSignal | undefined;
  /** Runs `work` once for each image; images that cannot be read are left out. */
  readonly map: <Result>(
    work: (input: string, output: Output, offline: boolean | undefined) => Promise<Result>,
  ) => AsyncIterable<Result>;
}

/** A file's content, encoded, and how it is verified once it is on the disk. */
export type RenderedFile = PlannedFile & OutputFile;

/** What an output makes of one image. */
export interface Rendered {
  readonly files: readonly RenderedFile[];
  readonly warnings?: readonly string[];
  /** What the mask selects, where an output makes it of the sources in a way of its own; known once all files are written. */
  readonly measured?: (() => MaskMeasure) | undefined;
  /** Plain data for machines: what was written and what it shows. It is read once all files are written. */
  readonly report: Readonly<Record<string, unknown>>;
}

/** One image on its way through a recipe. Everything is computed when it is first asked for, and once. */
export interface ImageTask {
  /** The path, or the name of bytes. */
  readonly input: string;
  readonly source: ImageSource;
  readonly naming: ImageNaming;
  readonly sources: readonly MaskSource[];
  readonly combine: CombineMode;
  /** What the recipe does to the mask, step by step. */
  readonly operations: readonly MaskOperations[];
  /** Whether the mask is corrected by hand after the operations. */
  readonly isRetouched: boolean;
  /** Whether touching instances are separated. */
  readonly splitTouching: boolean;
  readonly models: ModelPool;
  readonly offline?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onPhase?: ((phase: string) => void) | undefined;
  /** The image by its name and size, for what needs no pixels. */
  readonly original: SourceImage;
  readonly image: () => Promise<DecodedImage>;
  /** The mask of each source, as found. */
  readonly found: () => Promise<readonly FoundMask[]>;
  /** All of them combined, before the recipe's mask operations. */
  readonly combined: () => Promise<Mask>;
  /** All of them combined, and the recipe's mask operations applied. */
  readonly mask: () => Promise<Mask>;
  /** The recipe's mask operations applied to another mask. */
  readonly operate: (mask: Mask) => Promise<Mask>;
  /** The trimap that the recipe's first `matte` solves; of the mask without any. */
  readonly trimap: () => Promise<Mask>;
  /** The image that `matte` follows, where it is not the input. */
  readonly matteFrom?: string | undefined;
  /** Take the colors of the other side out of soft edges. */
  readonly decontaminate: boolean;
  /** Other mask operations applied to a mask; matte follows the image. */
  readonly apply: (mask: Mask, steps: readonly MaskOperations[]) => Promise<Mask>;
  /** The corrections by hand applied to another mask. */
  readonly retouch: (mask: Mask) => Mask;
  /** Another image, decoded once for all who ask. */
  readonly open: (path: string) => Promise<DecodedImage>;
  /** What the metadata of a file says: how its sources were found, how they were combined, and `more`. */
  readonly provenance: (more?: Provenance) => () => Provenance;
}

/** One kind of output. */
export interface OutputModule<Output> {
  /** How a recipe writes it. */
  readonly schema: (fields: PathFields) => z.ZodType<Output>;
  /** It needs a mask: a recipe with it has sources. */
  readonly needsMask: boolean;
  /** The files that it reads, besides the image. */
  readonly reads?: (output: Output) => readonly string[];
  /** The files that it writes, known before anything is read. Throws `USAGE` for a bad name. */
  readonly plan: (output: Output, naming: ImageNaming) => readonly PlannedFile[];
  /** The folder that the files are listed in. */
  readonly listedFolder?: (output: Output, naming: ImageNaming) => ListedFolder | undefined;
  /** Reads all images of a run before the first one is rendered; undefined where nothing is shared. */
  readonly prepare?: (output: Output, images: RunImages<Output>) => Promise<SharedSplit | undefined>;
  /** Makes them; `files` are those that are planned. */
  readonly render: (
    output: Output,
    task: ImageTask,
    files: readonly PlannedFile[],
    /** What `prepare` found. */
    shared?: SharedSplit,
  ) => Promise<Rendered>;
}

/** The fields of every output. */
export interface OutputFields {
  readonly name: string;
  readonly outdir?: string | undefined;
}

/** How a file is named, and where it goes. */
export function outputFields(name: string, { path }: PathFields) {
  return {
    name: text()
      .default(name)
      .describe(
        '{stem} the image, {text} the prompt or the name of the mask file, {kind} what it is, {instance} with each, {ext}, {parent}, {index}; folders with /; - is standard output',
      ),
    outdir: path.optional().describe("folder of this output, instead of the recipe's"),
  };
}
