import type { DepthSelection } from '../depth/select-depth.js';
import type { ChannelMaskOptions } from '../engine/color/channel-mask.js';
import type { ChannelName } from '../engine/color/channel-names.js';
import type { ChromaKeyOptions, Rgb } from '../engine/color/chroma-key.js';
import type { DecodedImage } from '../io/image/decode-image.js';
import type { Heatmap, Mask } from '../raster/index.js';
import type { Prompt } from '../prompts/index.js';
import type { ModelPool } from './model-pool.js';
import type { Provenance } from '../io/image/provenance.js';
import type { TextSettings } from './text-prompts.js';

/** Where a mask comes from. */
export type MaskSource =
  | {
      readonly kind: 'text';
      readonly prompt: Prompt;
      readonly threshold?: number | 'auto' | undefined;
      readonly invert?: boolean;
    }
  | { readonly kind: 'file'; readonly path: string; readonly invert?: boolean }
  | {
      readonly kind: 'channel';
      readonly channel: ChannelName;
      readonly normalize?: ChannelMaskOptions['normalize'];
      readonly invert?: boolean;
    }
  | ({ readonly kind: 'key'; readonly color: Rgb; readonly invert?: boolean } & ChromaKeyOptions)
  | ({
      readonly kind: 'depth';
      /** A depth map; `{stem}` in its path is the image's name without ending. */
      readonly path: string;
      /** Which channel of an EXR file; the one that looks like depth where left out. */
      readonly channel?: string | undefined;
      /** Which values of the file are near; by its format where left out. */
      readonly depthNear?: 'small' | 'large' | undefined;
      /** A recipe of the `depth` command, whose splits give the names. */
      readonly recipe?: string | undefined;
      readonly invert?: boolean;
    } & DepthSelection);

/** Sources that an image is enough for. */
export type PixelSource = Extract<MaskSource, { kind: 'channel' | 'key' | 'depth' }>;

/** A mask at the image's size, and what is worth saying about how it was found. */
export interface FoundMask {
  /** The words, or the file's name: for messages and file names. */
  readonly label: string;
  readonly mask: Mask;
  /** The probability behind the mask, at the image's size; only words have one. */
  readonly heatmap?: Heatmap;
  readonly warnings: readonly string[];
  readonly provenance: Provenance;
}

export interface SourceSettings {
  readonly models: ModelPool;
  readonly text: TextSettings;
  /** Scale mask files of another size to the image instead of refusing them. */
  readonly resizeMasks?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The mask of each source, in their order. All words are looked for in one pass over the image.
 * `invert` of a source is applied. What a kind of source needs is loaded when it is asked for: the program starts sooner.
 */
export async function findMasks(
  sources: readonly MaskSource[],
  image: DecodedImage,
  settings: SourceSettings,
): Promise<FoundMask[]> {
  const words = sources.filter((source) => source.kind === 'text');
  const byText = words.length === 0 ? [] : await (await import('./text-source.js')).fromText(words, image, settings);
  return Promise.all(
    sources.map(async (source): Promise<FoundMask> => {
      switch (source.kind) {
        case 'text':
          return byText[words.indexOf(source)]!;
        case 'file':
          return (await import('./file-source.js')).fromFile(source, image, settings);
        case 'channel':
        case 'depth':
        case 'key':
          return findInImage(source, image);
      }
    }),
  );
}

/** The mask of a source that needs nothing but the image. */
export async function findInImage(
  source: PixelSource,
  image: Pick<DecodedImage, 'raster' | 'name'>,
): Promise<FoundMask> {
  return source.kind === 'depth'
    ? (await import('./depth-source.js')).fromDepth(source, image)
    : (await import('./channel-source.js')).fromImage(source, image);
}
