import type { Size } from '../../raster/index.js';
import type { Stroke } from '../model/studio-document.js';
import { drawStrokes, emptyRetouch, type Retouch, strokeBounds } from './rasterize-strokes.js';

/** Bytes that are kept to take strokes back. */
const MAX_SAVED_BYTES = 128e6;

interface Drawn {
  readonly stroke: Stroke;
  /** What both masks were before the stroke, inside of its bounds. Undefined where that was too much to keep. */
  saved: { readonly add: Uint8Array; readonly erase: Uint8Array } | undefined;
}

/** Draws strokes in one size. What is drawn already stays: a stroke that is added or taken back costs itself only. */
export interface RetouchLayer {
  /** The two masks of all strokes. They change with the next call. */
  readonly draw: (strokes: readonly Stroke[]) => Retouch;
}

/** @param scale pixels of this size for one of the image */
export function createRetouchLayer(size: Size, scale: number): RetouchLayer {
  let retouch: Retouch | undefined;
  let drawn: Drawn[] = [];
  let savedBytes = 0;

  const takeBack = (): boolean => {
    const { stroke, saved } = drawn.at(-1)!;
    if (saved === undefined) {
      return false;
    }
    drawn.pop();
    savedBytes -= 2 * saved.add.length;
    const bounds = strokeBounds(stroke, size, scale);
    paste(saved.add, retouch!.add.data, bounds, size.width);
    paste(saved.erase, retouch!.erase.data, bounds, size.width);
    return true;
  };

  const add = (stroke: Stroke): void => {
    const bounds = strokeBounds(stroke, size, scale);
    const saved = {
      add: copy(retouch!.add.data, bounds, size.width),
      erase: copy(retouch!.erase.data, bounds, size.width),
    };
    drawStrokes([stroke], retouch!, scale);
    drawn.push({ stroke, saved });
    savedBytes += 2 * saved.add.length;
    for (const old of drawn) {
      if (savedBytes <= MAX_SAVED_BYTES) {
        break;
      }
      savedBytes -= 2 * (old.saved?.add.length ?? 0);
      old.saved = undefined;
    }
  };

  const startAnew = (): void => {
    retouch = emptyRetouch(size);
    drawn = [];
    savedBytes = 0;
  };

  return {
    draw: (strokes) => {
      if (retouch === undefined) {
        startAnew();
      }
      let common = 0;
      while (common < drawn.length && drawn[common]!.stroke === strokes[common]) {
        common++;
      }
      while (drawn.length > common) {
        if (!takeBack()) {
          startAnew();
        }
      }
      strokes.slice(drawn.length).forEach(add);
      return retouch!;
    },
  };
}

type Bounds = ReturnType<typeof strokeBounds>;

function copy(data: Uint8Array, { x, y, width, height }: Bounds, stride: number): Uint8Array {
  const out = new Uint8Array(width * height);
  for (let row = 0; row < height; row++) {
    const begin = (y + row) * stride + x;
    out.set(data.subarray(begin, begin + width), row * width);
  }
  return out;
}

function paste(saved: Uint8Array, data: Uint8Array, { x, y, width, height }: Bounds, stride: number): void {
  for (let row = 0; row < height; row++) {
    data.set(saved.subarray(row * width, (row + 1) * width), (y + row) * stride + x);
  }
}
