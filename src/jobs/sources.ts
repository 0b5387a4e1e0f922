import type { DecodedImage } from '../io/decode-image.js';
import type { Heatmap, Mask } from '../raster/index.js';
import type { Prompt } from '../prompts/index.js';
import type { Networks } from './networks.js';
import type { Story } from './story.js';
import { fromFile } from './file-source.js';
import type { TextSettings } from './text-prompts.js';
import { fromText } from './text-source.js';

/** Where a mask comes from. */
export type MaskSource =
  | {
      readonly kind: 'text';
      readonly prompt: Prompt;
      readonly threshold?: number | undefined;
      readonly invert?: boolean;
    }
  | { readonly kind: 'file'; readonly path: string; readonly invert?: boolean };

/** A mask at the picture's size, and what is worth saying about how it was found. */
export interface FoundMask {
  /** The words, or the file's name: for messages and file names. */
  readonly label: string;
  readonly mask: Mask;
  /** The probability behind the mask, at the picture's size; only words have one. */
  readonly heatmap?: Heatmap;
  readonly warnings: readonly string[];
  readonly story: Story;
}

export interface SourceSettings {
  readonly networks: Networks;
  readonly text: TextSettings;
  /** Scale mask files of another size to the picture instead of refusing them. */
  readonly resizeMasks?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The mask of each source, in their order. All words are looked for in one pass over the picture.
 * `invert` of a source is applied.
 */
export async function findMasks(
  sources: readonly MaskSource[],
  image: DecodedImage,
  settings: SourceSettings,
): Promise<FoundMask[]> {
  const words = sources.filter((source) => source.kind === 'text');
  const byText = words.length === 0 ? [] : await fromText(words, image, settings);
  const found: FoundMask[] = [];
  let next = 0;
  for (const source of sources) {
    found.push(source.kind === 'text' ? byText[next++]! : await fromFile(source, image, settings));
  }
  return found;
}
