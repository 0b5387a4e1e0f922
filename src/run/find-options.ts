import type { MaskOperations } from '../engine/index.js';
import type { ModelChoice } from '../models/registry/model-choice.js';
import { literal } from '../recipe/interpolate.js';
import type { RecipeInput } from '../recipe/schema.js';
import type { PromptSettings } from '../sources/detection/prompt-settings.js';
import type { ModelPool } from '../sources/model-pool.js';
import { parsePromptSources } from '../sources/detection/parse-prompt-sources.js';

/** How things are detected, common to the functions for single images. */
export interface FindOptions extends ModelChoice, Partial<PromptSettings> {
  /** Models opened with `openModels`, to load a model once for many images. Without, they are opened and closed. */
  readonly models?: ModelPool;
  /** What segments from points and boxes, and for `refine: 'sam'`: `edgetam`, `sam2`, `slimsam`, `tiny`, a hub id, a folder. */
  readonly segmenter?: string;
  /** Which of the segmenter's masks, from 0; the one with the highest score where left out. */
  readonly maskIndex?: number;
  /** What is done to the mask once it is found, in the one fixed order. */
  readonly mask?: MaskOperations;
  /** A trimap file that `mask.matte` solves instead of one made of the mask. */
  readonly trimap?: string;
  /** What solves `mask.matte` instead of closed-form matting: `vitmatte`, a hub id, a folder. */
  readonly matteModel?: string;
  /** Take the colors of the other side out of soft edges of what is written. Default false. */
  readonly decontaminate?: boolean;
  /** Stops the work; its reason is thrown. */
  readonly signal?: AbortSignal;
}

/** Options of the library as fields of a recipe. */
export function detectionFields({
  model,
  revision,
  dtype,
  device,
  runtime,
  offline,
  threshold,
  fit,
  refine,
  detail,
  splitTouching,
  maxShare,
  segmenter,
  maskIndex,
  mask,
  trimap,
  matteModel,
  decontaminate,
}: FindOptions): Omit<RecipeInput, 'outputs' | 'sources'> {
  return {
    model,
    revision,
    dtype,
    device,
    runtime,
    offline,
    threshold,
    fit,
    refine,
    detail,
    splitTouching,
    maxShare,
    segmenter,
    maskIndex,
    mask,
    trimap: trimap === undefined ? undefined : literal(trimap),
    matteModel,
    decontaminate,
  };
}

/** Prompts as sources of a recipe. Throws `TEXT_EMPTY`, `PROMPT_SYNTAX`. */
export function promptSources(prompt: string | readonly string[]) {
  return [prompt].flat().map((text) => {
    parsePromptSources(text);
    return { kind: 'prompt', prompt: literal(text) } as const;
  });
}
