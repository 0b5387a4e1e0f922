import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import * as store from '../model/store.js';
import type { Stroke } from '../model/studio-document.js';
import { drawOverlay } from './draw-stage.js';
import { Legend } from './legend.js';
import { fitImage, stageSize, toImage, type Viewport, viewport, zoomAt } from './viewport.js';

type Point = { readonly x: number; readonly y: number };

/** The image with the view over it, and the tools. */
export function Stage() {
  const frame = useRef<HTMLDivElement>(null);
  const base = useRef<HTMLCanvasElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const stroke = useSignal<Stroke | undefined>(undefined);
  const box = useSignal<{ readonly from: Point; readonly to: Point } | undefined>(undefined);
  const pointer = useSignal<Point | undefined>(undefined);
  const isPanning = useSignal(false);

  useEffect(() => {
    const element = frame.current!;
    const measure = (): void => {
      const { width, height } = element.getBoundingClientRect();
      stageSize.value = { width: Math.max(1, width), height: Math.max(1, height) };
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);

  // Another image is shown whole. At another size of the stage it stays so, unless it was zoomed or moved.
  const fitted = useRef<{ readonly key: string; readonly at: Viewport } | undefined>(undefined);
  useSignalEffect(() => {
    const opened = store.image.value;
    const stage = stageSize.value;
    if (opened === undefined || stage.width <= 1) {
      return;
    }
    const { key, at } = fitted.current ?? {};
    if (key !== opened.key || at === viewport.peek()) {
      fitted.current = { key: opened.key, at: fitImage(opened, stage) };
      viewport.value = fitted.current.at;
    }
  });

  const paint = useRef({ frame: 0 });
  useSignalEffect(() => {
    const scene = {
      opened: store.image.value,
      view: store.view.value,
      mask: store.mask.value,
      heatmap: store.heatmap.value,
      viewport: viewport.value,
      size: stageSize.value,
      split: store.split.value,
      stitched: store.stitched.value,
      stroke: stroke.value,
      box: box.value,
      document: store.doc.value,
      crop: store.facts.value?.crop,
    };
    cancelAnimationFrame(paint.current.frame);
    paint.current.frame = requestAnimationFrame(() => {
      if (base.current !== null && overlay.current !== null) {
        drawAll(base.current, overlay.current, scene);
        store.onPainted();
      }
    });
  });

  useTools({ frame, stroke, box, pointer, isPanning });

  const cursor = useComputed(() =>
    isPanning.value
      ? 'grabbing'
      : ({ pan: 'grab', brush: 'none', eraser: 'none' }[store.tool.value as string] ?? 'crosshair'),
  );
  const circle = useComputed(() => {
    const at = pointer.value;
    const isBrush = store.tool.value === 'brush' || store.tool.value === 'eraser';
    return at === undefined || !isBrush || isPanning.value
      ? undefined
      : { ...at, radius: store.brush.value.radius * viewport.value.zoom };
  });
  const opened = store.image.value;
  return (
    <div
      class="stage"
      ref={frame}
      style={{ cursor: cursor.value }}
      tabIndex={0}
      role="application"
      aria-label={
        opened === undefined
          ? 'Canvas: no image is open'
          : `Canvas: ${opened.name}, ${opened.width} by ${opened.height} pixels. Arrow keys move, plus and minus zoom, 0 shows all of it.`
      }
    >
      <canvas ref={base} aria-hidden="true" />
      <canvas ref={overlay} aria-hidden="true" />
      {circle.value !== undefined && (
        <div
          class="brush-cursor"
          style={{
            left: `${circle.value.x - circle.value.radius}px`,
            top: `${circle.value.y - circle.value.radius}px`,
            width: `${2 * circle.value.radius}px`,
            height: `${2 * circle.value.radius}px`,
          }}
        />
      )}
      {opened !== undefined && <Legend pointer={pointer} />}
      {store.view.value === 'compare' && opened !== undefined && <SplitHandle />}
    </div>
  );
}

/** The line between before and after. */
function SplitHandle() {
  const drag = (event: PointerEvent): void => {
    if (event.buttons === 1) {
      event.stopPropagation();
      store.split.value = Math.min(1, Math.max(0, event.clientX - left(event)) / stageSize.value.width);
    }
  };
  return (
    <div class="split" style={{ left: `${store.split.value * 100}%` }}>
      <div
        class="split-handle"
        role="slider"
        tabIndex={0}
        aria-label="Before and after"
        aria-valuenow={Math.round(store.split.value * 100)}
        aria-valuemin={0}
        aria-valuemax={100}
        onPointerDown={(event) => {
          event.stopPropagation();
          (event.target as Element).setPointerCapture(event.pointerId);
        }}
        onPointerMove={drag}
        onKeyDown={(event) => {
          const step = { ArrowLeft: -0.02, ArrowRight: 0.02 }[event.key];
          if (step !== undefined) {
            event.stopPropagation();
            store.split.value = Math.min(1, Math.max(0, store.split.value + step));
          }
        }}
      />
      <span class="split-label before">Before</span>
      <span class="split-label after">After</span>
    </div>
  );
}

function left(event: PointerEvent): number {
  return (event.currentTarget as Element).closest('.stage')!.getBoundingClientRect().left;
}

interface ToolState {
  readonly frame: { readonly current: HTMLDivElement | null };
  readonly stroke: { value: Stroke | undefined };
  readonly box: { value: { readonly from: Point; readonly to: Point } | undefined };
  readonly pointer: { value: Point | undefined };
  readonly isPanning: { value: boolean };
}

/** Pointer, wheel and pinch on the stage. */
function useTools({ frame, stroke, box, pointer, isPanning }: ToolState): void {
  useEffect(() => {
    const element = frame.current!;
    const touches = new Map<number, Point>();
    let pan: { readonly from: Point; readonly start: { x: number; y: number } } | undefined;
    const at = (event: { clientX: number; clientY: number }): Point => {
      const { left, top } = element.getBoundingClientRect();
      return { x: event.clientX - left, y: event.clientY - top };
    };
    const inImage = (point: Point): Point => {
      const { x, y } = toImage(viewport.value, point.x, point.y);
      return { x: Math.round(x * 100) / 100, y: Math.round(y * 100) / 100 };
    };
    const isInside = ({ x, y }: Point): boolean => {
      const opened = store.image.value;
      return opened !== undefined && x >= 0 && y >= 0 && x < opened.width && y < opened.height;
    };
    const down = (event: PointerEvent): void => {
      if (store.image.value === undefined || (event.target as Element).closest('.split-handle, .legend') !== null) {
        return;
      }
      element.focus({ preventScroll: true });
      element.setPointerCapture(event.pointerId);
      const point = at(event);
      if (event.pointerType === 'touch') {
        touches.set(event.pointerId, point);
        if (touches.size === 2) {
          stroke.value = undefined;
          box.value = undefined;
          return;
        }
      }
      if (
        store.tool.value === 'pan' ||
        event.button === 1 ||
        isPanning.value ||
        (event.getModifierState('Shift') && event.button === 2)
      ) {
        pan = { from: point, start: viewport.value };
        isPanning.value = true;
        return;
      }
      const place = inImage(point);
      const erases = event.altKey || event.button === 2;
      switch (store.tool.value) {
        case 'brush':
        case 'eraser':
        case 'lasso': {
          const { radius, hardness } = store.brush.value;
          const isLasso = store.tool.value === 'lasso';
          stroke.value = {
            shape: isLasso ? 'polygon' : 'line',
            mode: (store.tool.value === 'eraser') !== erases ? 'erase' : 'add',
            points: [place.x, place.y],
            radius: isLasso ? 0 : radius,
            hardness: isLasso ? 1 : hardness,
          };
          break;
        }
        case 'box':
          box.value = { from: place, to: place };
          break;
        case 'point':
          if (isInside(place)) {
            addPoint(place, !erases);
          }
          break;
        case 'wand':
          if (isInside(place)) {
            addWand(place, erases);
          }
          break;
      }
    };
    const move = (event: PointerEvent): void => {
      const point = at(event);
      pointer.value = point;
      if (touches.has(event.pointerId)) {
        const before = [...touches.values()];
        touches.set(event.pointerId, point);
        if (touches.size === 2) {
          pinch(before as [Point, Point], [...touches.values()] as [Point, Point]);
          return;
        }
      }
      if (pan !== undefined) {
        viewport.value = {
          ...viewport.value,
          x: pan.start.x + point.x - pan.from.x,
          y: pan.start.y + point.y - pan.from.y,
        };
      } else if (stroke.value !== undefined) {
        const moves = event.getCoalescedEvents?.() ?? [];
        const points = (moves.length > 0 ? moves : [event]).flatMap((move) => {
          const { x, y } = inImage(at(move));
          return [x, y];
        });
        stroke.value = { ...stroke.value, points: [...stroke.value.points, ...points] };
      } else if (box.value !== undefined) {
        box.value = { ...box.value, to: inImage(point) };
      }
    };
    const up = (event: PointerEvent): void => {
      touches.delete(event.pointerId);
      if (pan !== undefined) {
        pan = undefined;
        isPanning.value = false;
      }
      const drawn = stroke.value;
      stroke.value = undefined;
      if (drawn !== undefined && (drawn.shape === 'line' || drawn.points.length >= 6)) {
        store.edit((document) => ({ ...document, strokes: [...document.strokes, drawn] }));
      }
      const dragged = box.value;
      box.value = undefined;
      if (dragged !== undefined) {
        addBox(dragged.from, dragged.to);
      }
    };
    const wheel = (event: WheelEvent): void => {
      if (store.image.value === undefined) {
        return;
      }
      event.preventDefault();
      const { x, y } = at(event);
      viewport.value =
        event.shiftKey && !event.ctrlKey
          ? { ...viewport.value, x: viewport.value.x - event.deltaY - event.deltaX }
          : zoomAt(viewport.value, Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0015)), x, y);
    };
    const key = (event: KeyboardEvent): void => {
      if (event.key === ' ' && document.activeElement === element) {
        event.preventDefault();
        isPanning.value = event.type === 'keydown';
      }
    };
    const leave = (): void => {
      pointer.value = undefined;
    };
    const menu = (event: Event): void => event.preventDefault();
    element.addEventListener('pointerdown', down);
    element.addEventListener('pointermove', move);
    element.addEventListener('pointerup', up);
    element.addEventListener('pointercancel', up);
    element.addEventListener('pointerleave', leave);
    element.addEventListener('wheel', wheel, { passive: false });
    element.addEventListener('contextmenu', menu);
    window.addEventListener('keydown', key);
    window.addEventListener('keyup', key);
    return () => {
      window.removeEventListener('keydown', key);
      window.removeEventListener('keyup', key);
    };
  }, []);
}

function pinch([a, b]: [Point, Point], [c, d]: [Point, Point]): void {
  const length = (p: Point, q: Point): number => Math.max(1, Math.hypot(p.x - q.x, p.y - q.y));
  const center = { x: (c.x + d.x) / 2, y: (c.y + d.y) / 2 };
  const moved = { x: center.x - (a.x + b.x) / 2, y: center.y - (a.y + b.y) / 2 };
  const shifted = { ...viewport.value, x: viewport.value.x + moved.x, y: viewport.value.y + moved.y };
  viewport.value = zoomAt(shifted, length(c, d) / length(a, b), center.x, center.y);
}

/** Adds a point to the selected layer of points, or to a new one. */
export function addPoint({ x, y }: Point, include: boolean): void {
  const selected = store.doc.value.layers.find(({ id }) => id === store.selectedLayer.value);
  if (selected?.kind === 'seeds') {
    store.editLayer(selected.id, (layer) =>
      layer.kind === 'seeds' ? { ...layer, points: [...layer.points, { x, y, include }] } : layer,
    );
    return;
  }
  if (!include) {
    store.notify('Click the thing first; Alt+click then marks what is not part of it');
    return;
  }
  const id = store.nextLayerId();
  store.edit((document) => ({
    ...document,
    layers: [
      ...document.layers,
      { kind: 'seeds', id, combine: 'union', enabled: true, points: [{ x, y, include }], boxes: [] },
    ],
  }));
  store.selectedLayer.value = id;
}

function addBox(from: Point, to: Point): void {
  const opened = store.image.value!;
  const clamp = (value: number, max: number): number => Math.min(max, Math.max(0, Math.round(value)));
  const [x0, x1] = [clamp(Math.min(from.x, to.x), opened.width), clamp(Math.max(from.x, to.x), opened.width)];
  const [y0, y1] = [clamp(Math.min(from.y, to.y), opened.height), clamp(Math.max(from.y, to.y), opened.height)];
  if (x1 - x0 < 3 || y1 - y0 < 3) {
    return;
  }
  const box = { x: x0, y: y0, width: x1 - x0, height: y1 - y0 };
  const id = store.nextLayerId();
  store.edit((document) => ({
    ...document,
    layers: [...document.layers, { kind: 'seeds', id, combine: 'union', enabled: true, points: [], boxes: [box] }],
  }));
  store.selectedLayer.value = id;
}

function addWand({ x, y }: Point, erases: boolean): void {
  const { tolerance, contiguous } = store.brush.value;
  const id = store.nextLayerId();
  store.edit((document) => ({
    ...document,
    layers: [
      ...document.layers,
      {
        kind: 'wand',
        id,
        combine: erases ? 'subtract' : 'union',
        enabled: true,
        x: Math.floor(x),
        y: Math.floor(y),
        tolerance,
        contiguous,
      },
    ],
  }));
  store.selectedLayer.value = id;
}

interface Scene {
  readonly opened: store.OpenedImage | undefined;
  readonly view: store.View;
  readonly mask: typeof store.mask.value;
  readonly heatmap: typeof store.heatmap.value;
  readonly viewport: typeof viewport.value;
  readonly size: typeof stageSize.value;
  readonly split: number;
  readonly stitched: ImageBitmap | undefined;
  readonly stroke: Stroke | undefined;
  readonly box: { readonly from: Point; readonly to: Point } | undefined;
  readonly document: typeof store.doc.value;
  readonly crop:
    | { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
    | undefined;
}

let pixels: ImageData | undefined;

function drawAll(base: HTMLCanvasElement, overlay: HTMLCanvasElement, scene: Scene): void {
  const { opened, size, viewport } = scene;
  const ratio = Math.min(window.devicePixelRatio, 2);
  const width = Math.max(1, Math.round(size.width * ratio));
  const height = Math.max(1, Math.round(size.height * ratio));
  for (const canvas of [base, overlay]) {
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
  }
  const under = base.getContext('2d')!;
  const over = overlay.getContext('2d')!;
  under.clearRect(0, 0, width, height);
  over.clearRect(0, 0, width, height);
  if (opened === undefined) {
    return;
  }
  const zoom = viewport.zoom * ratio;
  const place = [viewport.x * ratio, viewport.y * ratio, opened.width * zoom, opened.height * zoom] as const;
  const source = zoom * opened.width <= opened.small.width ? opened.small : opened.bitmap;
  under.imageSmoothingEnabled = zoom < 3;
  under.imageSmoothingQuality = 'high';
  under.drawImage(source, ...place);
  if (scene.view === 'compare' && scene.stitched !== undefined) {
    under.save();
    under.beginPath();
    under.rect(scene.split * width, 0, width, height);
    under.clip();
    under.drawImage(scene.stitched, ...place);
    under.restore();
  }
  if (pixels === undefined || pixels.width !== width || pixels.height !== height) {
    pixels = new ImageData(width, height);
  }
  drawOverlay(new Uint32Array(pixels.data.buffer), width, height, {
    ...scene,
    ratio,
    image: opened,
    hasStitched: scene.stitched !== undefined,
  });
  over.putImageData(pixels, 0, 0);
  drawMarks(over, scene, ratio);
}

/** Points, boxes, the crop window and the stroke under way. */
function drawMarks(context: CanvasRenderingContext2D, scene: Scene, ratio: number): void {
  const { viewport, stroke, box, document, crop } = scene;
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
  if (scene.view === 'overlay' || scene.view === 'cutout') {
    for (const layer of document.layers) {
      if (layer.kind === 'seeds' && layer.enabled) {
        layer.boxes.forEach(({ x, y, width, height }) => rectangle(x, y, width, height, '#5eead4', []));
        layer.points.forEach(({ x, y, include }) =>
          drawPoint(context, at(x, y), include ? '#14b8a6' : '#f43f5e', include, ratio),
        );
      }
    }
  }
  if (crop !== undefined && document.output.kind === 'crop') {
    const [left, top] = at(crop.x, crop.y);
    const [x0, y0] = at(0, 0);
    const opened = scene.opened!;
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
