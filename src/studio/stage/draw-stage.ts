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
  readonly mask: Plane | undefined;
  readonly heatmap: Plane | undefined;
  /** Share of the stage's width, from which on `compare` shows the result. */
  readonly split: number;
  /** Compare with a stitched image instead of the cut-out. */
  readonly hasStitched: boolean;
}

const packed = (r: number, g: number, b: number, alpha: number): number =>
  ((alpha << 24) | (b << 16) | (g << 8) | r) >>> 0;

/** The selection's tint, by coverage. */
const TINT = Uint32Array.from({ length: 256 }, (_, value) => packed(214, 48, 200, Math.round(value * 0.5)));
const OUTLINE = packed(255, 255, 255, 235);
const OUTLINE_SHADOW = packed(0, 0, 0, 120);
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
  const { view, viewport, ratio, image, mask, heatmap } = scene;
  const plane = view === 'heatmap' ? heatmap : mask;
  if (plane === undefined) {
    return;
  }
  const zoom = viewport.zoom * ratio;
  const left = Math.round(viewport.x * ratio);
  const top = Math.round(viewport.y * ratio);
  const right = Math.min(width, Math.round(left + image.width * zoom));
  const bottom = Math.min(height, Math.round(top + image.height * zoom));
  const x0 = Math.max(0, left);
  const y0 = Math.max(0, top);
  if (right <= x0 || bottom <= y0) {
    return;
  }
  // Places of the plane for each column and row of the screen.
  const toPlaneX = plane.width / image.width / zoom;
  const toPlaneY = plane.height / image.height / zoom;
  const columns = Int32Array.from({ length: right - x0 + 1 }, (_, i) =>
    Math.min(plane.width - 1, Math.max(0, Math.floor((x0 + i + 0.5 - left) * toPlaneX))),
  );
  const { data } = plane;
  const from = view === 'compare' ? Math.max(x0, Math.round(scene.split * width)) : x0;
  const row = (y: number): number =>
    Math.min(plane.height - 1, Math.max(0, Math.floor((y + 0.5 - top) * toPlaneY))) * plane.width;
  for (let y = y0; y < bottom; y++) {
    const here = row(y);
    const below = row(y + 1);
    const out = y * width;
    const checkerRow = Math.floor(y / (CHECKER_SIDE * ratio));
    for (let x = from; x < right; x++) {
      const value = data[here + columns[x - x0]!]!;
      let color: number;
      switch (view) {
        case 'mask':
          color = GRAYS[value]!;
          break;
        case 'heatmap':
          color = HEAT[value]!;
          break;
        case 'overlay':
          color = TINT[value]!;
          break;
        case 'cutout':
          color = CHECKER[(checkerRow + Math.floor(x / (CHECKER_SIDE * ratio))) & 1]![value]!;
          break;
        case 'compare':
          color = scene.hasStitched
            ? 0
            : CHECKER[(checkerRow + Math.floor(x / (CHECKER_SIDE * ratio))) & 1]![255 - value]!;
          break;
      }
      if (view === 'overlay') {
        const isInside = value >= 128;
        const next = data[here + columns[x - x0 + 1]!]! >= 128;
        const under = data[below + columns[x - x0]!]! >= 128;
        if (isInside !== next || isInside !== under) {
          color = ((x + y) >> 2) & 1 ? OUTLINE : OUTLINE_SHADOW;
        }
      }
      target[out + x] = color;
    }
  }
}
