import { type Bounds, createMask, type Mask, type Size } from '../../raster/index.js';
import type { Stroke } from '../model/studio-document.js';

/** What was painted by hand: `erase` comes first, then `add`. Both are masks of one size. */
export interface Retouch {
  readonly add: Mask;
  readonly erase: Mask;
}

export function emptyRetouch({ width, height }: Size): Retouch {
  return { add: createMask(width, height), erase: createMask(width, height) };
}

/**
 * Draws strokes, one after the other, into the two masks, in place. A stroke of coverage a that adds turns the mask m
 * into max(m, a), and one that erases into min(m, 1 - a). Any sequence of those is max(min(m, 1 - erase), add):
 * a stroke that adds raises `add` and lowers `erase`, one that erases lowers `add` and raises `erase`.
 *
 * @param scale pixels of the masks for one of the image
 */
export function drawStrokes(strokes: readonly Stroke[], retouch: Retouch, scale = 1): void {
  for (const stroke of strokes) {
    const [raised, lowered] = stroke.mode === 'add' ? [retouch.add, retouch.erase] : [retouch.erase, retouch.add];
    const apply = (i: number, coverage: number): void => {
      const value = Math.round(coverage * 255);
      raised.data[i] = Math.max(raised.data[i]!, value);
      lowered.data[i] = Math.min(lowered.data[i]!, 255 - value);
    };
    if (stroke.shape === 'polygon') {
      fillPolygon(stroke.points, retouch.add, scale, apply);
    } else {
      drawLine(stroke, retouch.add, scale, apply);
    }
  }
}

type Apply = (index: number, coverage: number) => void;

/** The brush in pixels of the masks: `reach` is where its edge, which is `fade` wide, ends. */
function brushOf({ radius, hardness }: Stroke, scale: number) {
  const r = Math.max(radius * scale, 0.5);
  return { fade: Math.max(1, r * (1 - hardness)), reach: r + 0.5 };
}

/** The rectangle that a stroke can change. Empty where it is outside of the image. */
export function strokeBounds(stroke: Stroke, { width, height }: Size, scale: number): Bounds {
  const margin = stroke.shape === 'polygon' ? 1 : brushOf(stroke, scale).reach;
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i + 1 < stroke.points.length; i += 2) {
    const x = stroke.points[i]! * scale;
    const y = stroke.points[i + 1]! * scale;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  const x = Math.max(0, Math.floor(left - margin));
  const y = Math.max(0, Math.floor(top - margin));
  return {
    x: Math.min(x, width),
    y: Math.min(y, height),
    width: Math.max(0, Math.min(width, Math.ceil(right + margin) + 1) - x),
    height: Math.max(0, Math.min(height, Math.ceil(bottom + margin) + 1) - y),
  };
}

/** A line of round dots. The edge fades over one pixel, and over the radius where the brush is soft. */
function drawLine(stroke: Stroke, { width, height }: Size, scale: number, apply: Apply): void {
  const { points } = stroke;
  const { fade, reach } = brushOf(stroke, scale);
  const squareReach = reach * reach;
  const solid = Math.max(0, reach - fade);
  const squareSolid = solid * solid;
  const segments = Math.max(points.length / 2 - 1, 1);
  for (let k = 0; k < segments; k++) {
    const x0 = points[2 * k]! * scale;
    const y0 = points[2 * k + 1]! * scale;
    const x1 = (points[2 * k + 2] ?? points[2 * k]!) * scale;
    const y1 = (points[2 * k + 3] ?? points[2 * k + 1]!) * scale;
    const dx = x1 - x0;
    const dy = y1 - y0;
    const square = dx * dx + dy * dy;
    const left = Math.max(0, Math.floor(Math.min(x0, x1) - reach));
    const right = Math.min(width - 1, Math.ceil(Math.max(x0, x1) + reach));
    const top = Math.max(0, Math.floor(Math.min(y0, y1) - reach));
    const bottom = Math.min(height - 1, Math.ceil(Math.max(y0, y1) + reach));
    for (let y = top; y <= bottom; y++) {
      const py = y + 0.5 - y0;
      for (let x = left; x <= right; x++) {
        const px = x + 0.5 - x0;
        const t = square === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / square));
        const [ox, oy] = [px - t * dx, py - t * dy];
        const distance = ox * ox + oy * oy;
        if (distance <= squareSolid) {
          apply(y * width + x, 1);
        } else if (distance < squareReach) {
          apply(y * width + x, (reach - Math.sqrt(distance)) / fade);
        }
      }
    }
  }
}

/** The pixels whose centers are inside, by the even-odd rule. */
function fillPolygon(points: readonly number[], { width, height }: Size, scale: number, apply: Apply): void {
  const count = points.length / 2;
  const ys = Array.from({ length: count }, (_, i) => points[2 * i + 1]! * scale);
  const [lowest, highest] = ys.reduce(([low, high], y) => [Math.min(low, y), Math.max(high, y)], [Infinity, -Infinity]);
  const top = Math.max(0, Math.floor(lowest));
  const bottom = Math.min(height - 1, Math.ceil(highest));
  for (let y = top; y <= bottom; y++) {
    const at = y + 0.5;
    const crossings: number[] = [];
    for (let i = 0; i < count; i++) {
      const j = (i + 1) % count;
      const [ya, yb] = [ys[i]!, ys[j]!];
      if (ya <= at !== yb <= at) {
        const [xa, xb] = [points[2 * i]! * scale, points[2 * j]! * scale];
        crossings.push(xa + ((at - ya) / (yb - ya)) * (xb - xa));
      }
    }
    crossings.sort((a, b) => a - b);
    for (let k = 0; k + 1 < crossings.length; k += 2) {
      const from = Math.max(0, Math.ceil(crossings[k]! - 0.5));
      const to = Math.min(width - 1, Math.ceil(crossings[k + 1]! - 0.5) - 1);
      for (let x = from; x <= to; x++) {
        apply(y * width + x, 1);
      }
    }
  }
}
