import { infernoColor } from '../../render/colormap-inferno.js';
import type { Plane } from '../compute/thread-protocol.js';
import type { View } from '../model/store.js';
import type { Viewport } from './viewport.js';

/** What the overlay shows, in pixels of the screen. */
export interface OverlayScene {
  readonly view: View;
  readonly viewport: Viewport;
  /** Pixels of the screen for one CSS pixel. */
  readonly ratio: number;
  readonly image: { readonly width: number; readonly height: number };
  /** The heatmap in its view, and the mask in the others. */
  readonly plane: Plane | undefined;
  /** Share of the stage's width, from which on `compare` shows the result. */
  readonly split: number;
  /** Compare with a stitched image instead of the cut-out. */
  readonly hasStitched: boolean;
}

const packed = (r: number, g: number, b: number, alpha: number): number =>
  ((alpha << 24) | (b << 16) | (g << 8) | r) >>> 0;

/** The selection's tint, by coverage. */
const TINT = Uint32Array.from({ length: 256 }, (_, value) => packed(214, 48, 200, Math.round(value * 0.5)));
/** The outline: a shadow and white in turn. */
const DASHES = Uint32Array.of(packed(0, 0, 0, 120), packed(255, 255, 255, 235));
const GRAYS = Uint32Array.from({ length: 256 }, (_, value) => packed(value, value, value, 255));
const HEAT = Uint32Array.from({ length: 256 }, (_, value) => {
  const [r, g, b] = infernoColor(value);
  return packed(r, g, b, 205);
});
/** The squares behind what is cut out, by the coverage that hides them. */
const CHECKER = [232, 198].map((gray) =>
  Uint32Array.from({ length: 256 }, (_, value) => packed(gray, gray, gray, 255 - value)),
);
const CHECKER_SIDE = 10;

/**
 * Draws the view over the image, a pixel of the screen at a time: its cost depends on the screen and not on the image.
 * `target` holds `width` x `height` pixels of RGBA.
 */
export function drawOverlay(target: Uint32Array, width: number, height: number, scene: OverlayScene): void {
  target.fill(0);
  const { view, viewport, ratio, image, plane } = scene;
  if (plane === undefined || (view === 'compare' && scene.hasStitched)) {
    return;
  }
  const zoom = viewport.zoom * ratio;
  const left = Math.round(viewport.x * ratio);
  const top = Math.round(viewport.y * ratio);
  const right = Math.min(width, Math.round(left + image.width * zoom));
  const bottom = Math.min(height, Math.round(top + image.height * zoom));
  const x0 = Math.max(0, left, view === 'compare' ? Math.round(scene.split * width) : 0);
  const y0 = Math.max(0, top);
  if (right <= x0 || bottom <= y0) {
    return;
  }
  // Places of the plane for each column and row of the screen, and one more.
  const toPlaneX = plane.width / image.width / zoom;
  const toPlaneY = plane.height / image.height / zoom;
  const columns = Int32Array.from({ length: right - x0 + 1 }, (_, i) =>
    Math.min(plane.width - 1, Math.max(0, Math.floor((x0 + i + 0.5 - left) * toPlaneX))),
  );
  const rowOf = (y: number): number =>
    Math.min(plane.height - 1, Math.max(0, Math.floor((y + 0.5 - top) * toPlaneY))) * plane.width;
  const { data } = plane;
  const side = CHECKER_SIDE * ratio;
  const squares = Uint8Array.from({ length: right - x0 }, (_, i) => Math.floor((x0 + i) / side) & 1);
  for (let y = y0; y < bottom; y++) {
    const row = rowOf(y);
    const out = y * width + x0;
    const square = Math.floor(y / side) & 1;
    switch (view) {
      case 'overlay':
        drawTint(target, out, data, columns, { row, below: rowOf(y + 1), phase: x0 + y });
        break;
      case 'mask':
        drawRow(target, out, data, columns, row, GRAYS);
        break;
      case 'heatmap':
        drawRow(target, out, data, columns, row, HEAT);
        break;
      case 'cutout':
        drawSquares(target, out, data, columns, row, squares, square, 0);
        break;
      case 'compare':
        drawSquares(target, out, data, columns, row, squares, square, 255);
        break;
    }
  }
}

/** A row of the screen in the colors of a table. */
function drawRow(
  target: Uint32Array,
  out: number,
  data: Uint8Array,
  columns: Int32Array,
  row: number,
  colors: Uint32Array,
): void {
  for (let i = 0; i + 1 < columns.length; i++) {
    target[out + i] = colors[data[row + columns[i]!]!]!;
  }
}

/** The same as squares that the mask, or with 255 its complement, hides. */
function drawSquares(
  target: Uint32Array,
  out: number,
  data: Uint8Array,
  columns: Int32Array,
  row: number,
  squares: Uint8Array,
  square: number,
  complement: 0 | 255,
): void {
  for (let i = 0; i + 1 < columns.length; i++) {
    target[out + i] = CHECKER[squares[i]! ^ square]![data[row + columns[i]!]! ^ complement]!;
  }
}

/** The tint of the selection, and a dashed line where it ends. */
function drawTint(
  target: Uint32Array,
  out: number,
  data: Uint8Array,
  columns: Int32Array,
  { row, below, phase }: { readonly row: number; readonly below: number; readonly phase: number },
): void {
  let value = data[row + columns[0]!]!;
  for (let i = 0; i + 1 < columns.length; i++) {
    const next = data[row + columns[i + 1]!]!;
    const under = data[below + columns[i]!]!;
    // The highest bits differ where the outline is.
    target[out + i] = (((value ^ next) | (value ^ under)) & 128) === 0 ? TINT[value]! : DASHES[((phase + i) >> 2) & 1]!;
    value = next;
  }
}
