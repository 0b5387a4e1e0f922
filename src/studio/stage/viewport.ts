import { signal } from '@preact/signals';

/** Where the image is on the stage: CSS pixels of its top left corner, and CSS pixels for one of the image. */
export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

export interface StageSize {
  readonly width: number;
  readonly height: number;
}

export const viewport = signal<Viewport>({ x: 0, y: 0, zoom: 1 });
export const stageSize = signal<StageSize>({ width: 1, height: 1 });

const MARGIN = 24;
const MIN_ZOOM = 0.02;
const MAX_ZOOM = 32;

/** The whole image, centered. */
export function fitImage(image: StageSize, stage: StageSize): Viewport {
  const zoom = Math.min((stage.width - 2 * MARGIN) / image.width, (stage.height - 2 * MARGIN) / image.height, 4);
  return centered(image, stage, Math.max(zoom, MIN_ZOOM));
}

export function centered(image: StageSize, stage: StageSize, zoom: number): Viewport {
  return { zoom, x: (stage.width - image.width * zoom) / 2, y: (stage.height - image.height * zoom) / 2 };
}

/** Zooms by a factor; the point of the image at (x, y) of the stage stays there. */
export function zoomAt(current: Viewport, factor: number, x: number, y: number): Viewport {
  const zoom = Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, current.zoom * factor));
  const by = zoom / current.zoom;
  return { zoom, x: x - (x - current.x) * by, y: y - (y - current.y) * by };
}

export function toImage({ x, y, zoom }: Viewport, stageX: number, stageY: number): { x: number; y: number } {
  return { x: (stageX - x) / zoom, y: (stageY - y) / zoom };
}
