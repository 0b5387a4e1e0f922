import type { Plane } from '../compute/thread-protocol.js';
import type { OpenedImage, View } from '../model/store.js';
import type { Layer, Stroke } from '../model/studio-document.js';
import { drawOverlay } from './draw-overlay.js';
import type { StageSize, Viewport } from './viewport.js';

type Point = { readonly x: number; readonly y: number };

/** What all canvases of the stage depend on. */
interface StageState {
  readonly opened: OpenedImage | undefined;
  readonly viewport: Viewport;
  readonly size: StageSize;
}

/** The image, and the stitched one right of the split. */
export interface BaseState extends StageState {
  readonly stitched: ImageBitmap | undefined;
  readonly split: number;
}

/** The view over the image. */
export interface OverlayState extends StageState {
  readonly view: View;
  readonly split: number;
  readonly hasStitched: boolean;
  /** The heatmap in its view, and the mask in the others. */
  readonly plane: Plane | undefined;
}

/** Points, boxes, the crop window and the stroke under way. */
export interface MarksState extends StageState {
  readonly view: View;
  readonly stroke: Stroke | undefined;
  readonly box: { readonly from: Point; readonly to: Point } | undefined;
  readonly layers: readonly Layer[];
  readonly crop:
    | { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
    | undefined;
}

/** Whether two states show the same but for the mask or heatmap. */
export function isSameButPlane(a: OverlayState, b: OverlayState): boolean {
  return (Object.keys(a) as (keyof OverlayState)[]).every((key) => key === 'plane' || a[key] === b[key]);
}

/** The size of the stage in pixels of the screen, and those for one CSS pixel. The canvas gets that size. */
function fitCanvas(canvas: HTMLCanvasElement, size: StageSize) {
  const ratio = Math.min(window.devicePixelRatio, 2);
  const width = Math.max(1, Math.round(size.width * ratio));
  const height = Math.max(1, Math.round(size.height * ratio));
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  return { ratio, width, height, context: canvas.getContext('2d')! };
}

export function drawBase(canvas: HTMLCanvasElement, { opened, viewport, size, stitched, split }: BaseState): void {
  const { ratio, width, height, context } = fitCanvas(canvas, size);
  context.clearRect(0, 0, width, height);
  if (opened === undefined) {
    return;
  }
  const zoom = viewport.zoom * ratio;
  const place = [viewport.x * ratio, viewport.y * ratio, opened.width * zoom, opened.height * zoom] as const;
  const source = zoom * opened.width <= opened.small.width ? opened.small : opened.bitmap;
  context.imageSmoothingEnabled = zoom < 3;
  context.imageSmoothingQuality = 'high';
  context.drawImage(source, ...place);
  if (stitched !== undefined) {
    context.save();
    context.beginPath();
    context.rect(split * width, 0, width, height);
    context.clip();
    context.drawImage(stitched, ...place);
    context.restore();
  }
}

let pixels: ImageData | undefined;

export function drawView(canvas: HTMLCanvasElement, state: OverlayState): void {
  const { ratio, width, height, context } = fitCanvas(canvas, state.size);
  if (state.opened === undefined) {
    context.clearRect(0, 0, width, height);
    return;
  }
  if (pixels === undefined || pixels.width !== width || pixels.height !== height) {
    pixels = new ImageData(width, height);
  }
  drawOverlay(new Uint32Array(pixels.data.buffer), width, height, { ...state, ratio, image: state.opened });
  context.putImageData(pixels, 0, 0);
}

export function drawMarks(canvas: HTMLCanvasElement, state: MarksState): void {
  const { ratio, width: canvasWidth, height: canvasHeight, context } = fitCanvas(canvas, state.size);
  const { opened, viewport, view, stroke, box, layers, crop } = state;
  context.clearRect(0, 0, canvasWidth, canvasHeight);
  if (opened === undefined) {
    return;
  }
  const zoom = viewport.zoom * ratio;
  const at = (x: number, y: number): [number, number] => [viewport.x * ratio + x * zoom, viewport.y * ratio + y * zoom];
  context.save();
  context.lineJoin = 'round';
  context.lineCap = 'round';
  if (stroke !== undefined) {
    const isErasing = stroke.mode === 'erase';
    context.strokeStyle = isErasing ? 'rgb(244 63 94 / 55%)' : 'rgb(214 48 200 / 60%)';
    context.fillStyle = context.strokeStyle;
    context.lineWidth = stroke.shape === 'polygon' ? 1.5 * ratio : 2 * stroke.radius * zoom;
    context.beginPath();
    for (let i = 0; i < stroke.points.length; i += 2) {
      context.lineTo(...at(stroke.points[i]!, stroke.points[i + 1]!));
    }
    if (stroke.points.length === 2) {
      context.lineTo(...at(stroke.points[0]! + 0.01, stroke.points[1]!));
    }
    if (stroke.shape === 'polygon') {
      context.globalAlpha = 0.5;
      context.fill();
      context.globalAlpha = 1;
    }
    context.stroke();
  }
  const rectangle = (x: number, y: number, w: number, h: number, color: string, dash: number[]): void => {
    const [left, top] = at(x, y);
    context.setLineDash(dash.map((length) => length * ratio));
    context.lineWidth = 3.5 * ratio;
    context.strokeStyle = 'rgb(0 0 0 / 55%)';
    context.strokeRect(left, top, w * zoom, h * zoom);
    context.lineWidth = 1.5 * ratio;
    context.strokeStyle = color;
    context.strokeRect(left, top, w * zoom, h * zoom);
    context.setLineDash([]);
  };
  if (box !== undefined) {
    rectangle(box.from.x, box.from.y, box.to.x - box.from.x, box.to.y - box.from.y, '#fff', [4, 4]);
  }
  if (view === 'overlay' || view === 'cutout') {
    for (const layer of layers) {
      if (layer.kind === 'seeds' && layer.enabled) {
        layer.boxes.forEach(({ x, y, width, height }) => rectangle(x, y, width, height, '#5eead4', []));
        layer.points.forEach(({ x, y, include }) =>
          drawPoint(context, at(x, y), include ? '#14b8a6' : '#f43f5e', include, ratio),
        );
      }
    }
  }
  if (crop !== undefined) {
    const [left, top] = at(crop.x, crop.y);
    const [x0, y0] = at(0, 0);
    context.fillStyle = 'rgb(0 0 0 / 45%)';
    context.beginPath();
    context.rect(x0, y0, opened.width * zoom, opened.height * zoom);
    context.rect(left, top, crop.width * zoom, crop.height * zoom);
    context.fill('evenodd');
    rectangle(crop.x, crop.y, crop.width, crop.height, '#fbbf24', [6, 4]);
  }
  context.restore();
}

function drawPoint(
  context: CanvasRenderingContext2D,
  [x, y]: [number, number],
  color: string,
  plus: boolean,
  ratio: number,
): void {
  const r = 7 * ratio;
  context.beginPath();
  context.arc(x, y, r, 0, 2 * Math.PI);
  context.fillStyle = color;
  context.fill();
  context.lineWidth = 2 * ratio;
  context.strokeStyle = '#fff';
  context.stroke();
  context.beginPath();
  context.moveTo(x - r / 2, y);
  context.lineTo(x + r / 2, y);
  if (plus) {
    context.moveTo(x, y - r / 2);
    context.lineTo(x, y + r / 2);
  }
  context.stroke();
}
