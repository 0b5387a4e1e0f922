import type { DetectionStats } from '../../engine/index.js';
import type { Bounds } from '../../raster/index.js';
import type { PromptLayer, Stroke, StudioDocument } from '../model/studio-document.js';

/**
 * `preview`: masks at the size of the screen, while something moves. `full`: masks at the image's size, with statistics.
 * Each has a thread, so that a slider that moves on never waits for a large mask.
 */
export type ThreadRole = 'preview' | 'full';

/** A document whose strokes are numbers: what was drawn is sent once. */
export interface SentDocument extends Omit<StudioDocument, 'strokes'> {
  readonly strokes: readonly number[];
}

/** A heatmap that was refined for one threshold. */
export interface RefinedHeatmap {
  readonly key: string;
  readonly pivot: number;
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array<ArrayBuffer>;
}

/** What the page asks a thread. */
export type ThreadRequest =
  | {
      readonly kind: 'open';
      readonly role: ThreadRole;
      readonly width: number;
      readonly height: number;
      readonly pixels: ArrayBuffer;
      /** Pixels of these for one of the image. */
      readonly scale: number;
    }
  | {
      readonly kind: 'heatmap';
      readonly phrase: string;
      readonly width: number;
      readonly height: number;
      readonly data: ArrayBuffer;
    }
  | { readonly kind: 'refined'; readonly heatmaps: readonly RefinedHeatmap[] }
  | { readonly kind: 'strokes'; readonly strokes: readonly (readonly [id: number, stroke: Stroke])[] }
  | {
      readonly kind: 'compute';
      /** Grows with every change of the document. A request replaces one that is not answered yet. */
      readonly version: number;
      readonly document: SentDocument;
      readonly wantsHeatmap: boolean;
    }
  | { readonly kind: 'retouch'; readonly id: number; readonly document: SentDocument }
  | {
      readonly kind: 'instance';
      readonly id: number;
      readonly layer: PromptLayer;
      readonly refine: StudioDocument['refine'];
      readonly x: number;
      readonly y: number;
    };

/** The instance of a prompt at a pixel: its rank by area from 1, or 0 where there is none; and how many there are. */
export interface InstanceAt {
  readonly rank: number;
  readonly count: number;
}

/** A plane of values with its size. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array<ArrayBuffer>;
}

/** Statistics of a whole mask, and of the phrases of each prompt layer. */
export interface MaskFacts {
  readonly share: number;
  readonly bounds: Bounds | undefined;
  readonly parts: number;
  readonly crop: Bounds | undefined;
  readonly layers: Readonly<Record<number, Readonly<Record<string, DetectionStats>>>>;
}

/**
 * How exact a mask is. `preview` and `full`, as the role: edges may be those that were refined for an earlier threshold.
 * `exact`: the mask that is exported.
 */
export type MaskQuality = 'preview' | 'full' | 'exact';

/** What a thread answers. */
export type ThreadResponse =
  | { readonly kind: 'opened'; readonly preview: Plane | undefined }
  | {
      readonly kind: 'computed';
      readonly version: number;
      readonly quality: MaskQuality;
      readonly mask: Plane;
      /** Probability from 0 to 255, at the preview's size. */
      readonly heatmap: Plane | undefined;
    }
  /** What was refined, at the preview's size. */
  | { readonly kind: 'refined'; readonly heatmaps: readonly RefinedHeatmap[] }
  | { readonly kind: 'facts'; readonly version: number; readonly facts: MaskFacts }
  | { readonly kind: 'retouch'; readonly id: number; readonly add: Blob; readonly erase: Blob }
  | ({ readonly kind: 'instance'; readonly id: number } & InstanceAt)
  | { readonly kind: 'failed'; readonly message: string };
