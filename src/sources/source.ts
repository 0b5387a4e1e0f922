import { z } from 'zod';
import { COMBINE_MODES, type CombineMode, type MaskOperations } from '../engine/index.js';
import type { DecodedImage, ImageSource } from '../io/image/decode-image.js';
import type { Provenance } from '../io/image/provenance.js';
import type { Heatmap, Mask, MaskChannel, MaskLevels, Size } from '../raster/index.js';
import type { PromptSettings } from './detection/prompt-settings.js';
import type { ModelPool } from './model-pool.js';
import { flag, maskOperations, type PathFields } from './schema-fields.js';

/** The image that masks are found in. It is decoded when its pixels are first asked for. */
export interface SourceImage {
  /** How messages name it. */
  readonly name: string;
  /** Its path, where it is a file. */
  readonly path?: string | undefined;
  readonly size: () => Promise<Size>;
  readonly decoded: () => Promise<DecodedImage>;
}

/** What all sources of a run share. */
export interface SourceSettings {
  readonly models: ModelPool;
  readonly prompt: PromptSettings;
  /** Scale mask files of another size to the image instead of refusing them. */
  readonly resizeMasks?: boolean | undefined;
  /** Which plane of a mask file is the mask. */
  readonly maskChannel?: MaskChannel | undefined;
  /** What the values of a mask file mean. */
  readonly maskLevels?: MaskLevels | undefined;
  /** What segments from points, boxes and strokes: `color`, or a promptable model. */
  readonly segmenter?: string | undefined;
  /** Which of a promptable model's masks, from 0; that with the highest score where left out. */
  readonly maskIndex?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called as a phase of the work begins, with what it does: for progress and for timing. */
  readonly onPhase?: ((phase: string) => void) | undefined;
  /** Opens another image, once for all who ask. */
  readonly open: (path: string) => SourceImage;
  /** What to read a path from: the path itself, or the bytes of standard input. */
  readonly read: (path: string) => Promise<ImageSource>;
}

/** A mask at the image's size, and how it was found. */
export interface FoundMask {
  /** The prompt, or the path of the file: for reports. */
  readonly label: string;
  readonly mask: Mask;
  /** The probability behind the mask, at the image's size; only prompts have one. */
  readonly heatmap?: Heatmap;
  readonly warnings: readonly string[];
  /** What the metadata of files says about it: the same for the same input and recipe. */
  readonly provenance: Provenance;
  /** What only reports say about it: the number of inferences differs with a warm cache. */
  readonly facts?: Provenance;
}

/** One kind of source. */
export interface SourceModule<Source> {
  /** How a recipe writes it. One entry may stand for several sources. */
  readonly schema: (fields: PathFields) => z.ZodType<readonly Source[]>;
  /** How file names and categories call it. */
  readonly label: (source: Source) => string;
  /** The files that it reads, besides the image. */
  readonly files: (source: Source) => readonly string[];
  /** The masks of all sources of this kind, in their order. `invert` is applied. */
  readonly find: (sources: readonly Source[], image: SourceImage, settings: SourceSettings) => Promise<FoundMask[]>;
}

/** The fields of every source. */
export interface SourceFields {
  readonly invert?: boolean | undefined;
  /** What is done to this mask before it is combined with others. */
  readonly mask?: MaskOperations | undefined;
  /** How it is combined with the masks before it, where that differs from the recipe's `combine`. */
  readonly combine?: CombineMode | undefined;
}

export function sourceFields() {
  return {
    invert: flag().optional().describe('select what it does not select'),
    mask: maskOperations().optional().describe('what is done to this mask before masks are combined'),
    combine: z
      .enum(COMBINE_MODES)
      .optional()
      .describe("how it is combined with the masks before it, instead of the recipe's combine"),
  };
}
