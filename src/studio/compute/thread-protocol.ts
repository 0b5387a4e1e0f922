import type { DetectionStats } from '../../engine/index.js';
import type { Bounds } from '../../raster/index.js';
import type { StudioDocument } from '../model/studio-document.js';

/** What the page asks the thread. */
export type ThreadRequest =
  | { readonly kind: 'open'; readonly width: number; readonly height: number; readonly pixels: ArrayBuffer }
  | {
      readonly kind: 'heatmap';
      readonly phrase: string;
      readonly width: number;
      readonly height: number;
      readonly data: ArrayBuffer;
    }
  | {
      readonly kind: 'compute';
      readonly id: number;
      readonly document: StudioDocument;
      /** `preview`: at the size of the screen, while something moves. `full`: at the image's size, with statistics. */
      readonly quality: 'preview' | 'full';
      readonly wantsHeatmap: boolean;
    }
  | { readonly kind: 'retouch'; readonly id: number; readonly document: StudioDocument };

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

/** What the thread answers. */
export type ThreadResponse =
  | { readonly kind: 'opened' }
  | {
      readonly kind: 'computed';
      readonly id: number;
      readonly quality: 'preview' | 'full';
      readonly mask: Plane;
      /** Probability from 0 to 255, at the preview's size. */
      readonly heatmap: Plane | undefined;
      /** Milliseconds of the computation. */
      readonly took: number;
    }
  | { readonly kind: 'facts'; readonly id: number; readonly facts: MaskFacts }
  | { readonly kind: 'retouch'; readonly id: number; readonly add: Blob; readonly erase: Blob }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string };
