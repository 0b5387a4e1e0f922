import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import * as store from '../model/store.js';
import type { Stroke } from '../model/studio-document.js';
import { drawBase, drawMarks, drawView, isSameButPlane, type MarksState, type OverlayState } from './draw-canvases.js';
import { Legend } from './legend.js';
import { fitImage, stageSize, toImage, type Viewport, viewport, zoomAt } from './viewport.js';

type Point = { readonly x: number; readonly y: number };

/** The image with the view over it, and the tools. */
export function Stage() {
  const frame = useRef<HTMLDivElement>(null);
  const base = useRef<HTMLCanvasElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const marks = useRef<HTMLCanvasElement>(null);
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

  // Each canvas is painted when what it shows has changed: a slider changes the overlay only.
  const frames = useRef({ base: 0, overlay: 0, marks: 0 });
  const paint = (name: keyof typeof frames.current, work: () => void): void => {
    cancelAnimationFrame(frames.current[name]);
    frames.current[name] = requestAnimationFrame(work);
  };
  useSignalEffect(() => {
    const scene = {
      opened: store.image.value,
      viewport: viewport.value,
      size: stageSize.value,
      stitched: store.view.value === 'compare' ? store.stitched.value : undefined,
      split: store.view.value === 'compare' ? store.split.value : 0,
    };
    paint('base', () => base.current !== null && drawBase(base.current, scene));
  });
  const lastOverlay = useRef<OverlayState | undefined>(undefined);
  useSignalEffect(() => {
    const scene: OverlayState = {
      opened: store.image.value,
      viewport: viewport.value,
      size: stageSize.value,
      view: store.view.value,
      split: store.view.value === 'compare' ? store.split.value : 0,
      hasStitched: store.stitched.value !== undefined,
      plane: store.view.value === 'heatmap' ? store.heatmap.value : store.mask.value,
    };
    const last = lastOverlay.current;
    lastOverlay.current = scene;
    const work = (): void => {
      if (overlay.current !== null) {
        drawView(overlay.current, scene);
        store.onPainted();
      }
    };
    // A new mask alone is painted at once. What moves waits for the frame in which the image moves too.
    if (last !== undefined && isSameButPlane(last, scene)) {
      cancelAnimationFrame(frames.current.overlay);
      work();
    } else {
      paint('overlay', work);
    }
  });
  const layers = useComputed(() => store.doc.value.layers);
  const isCrop = useComputed(() => store.doc.value.output.kind === 'crop');
  useSignalEffect(() => {
    const scene: MarksState = {
      opened: store.image.value,
      viewport: viewport.value,
      size: stageSize.value,
      view: store.view.value,
      stroke: stroke.value,
      box: box.value,
      layers: layers.value,
      crop: isCrop.value ? store.facts.value?.crop : undefined,
    };
    paint('marks', () => marks.current !== null && drawMarks(marks.current, scene));
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
      <canvas ref={marks} aria-hidden="true" />
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

/** The tools that act with a click. */
const CLICKS = {
  point: (place: Point, erases: boolean): void => addPoint(place, !erases),
  wand: (place: Point, erases: boolean): void => addWand(place, erases),
  instance: ({ x, y }: Point): void => {
    store.clickInstance(x, y).catch(store.report);
  },
} satisfies Partial<Record<store.Tool, unknown>>;

/** Pointer, wheel and pinch on the stage. */
function useTools({ frame, stroke, box, pointer, isPanning }: ToolState): void {
  useEffect(() => {
    const element = frame.current!;
    const touches = new Map<number, Point>();
    let pan: { readonly from: Point; readonly start: { x: number; y: number } } | undefined;
    let tap: { readonly tool: keyof typeof CLICKS; readonly from: Point; readonly erases: boolean } | undefined;
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
    const click = (tool: keyof typeof CLICKS, place: Point, erases: boolean): void => {
      if (isInside(place)) {
        CLICKS[tool](place, erases);
      }
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
          tap = undefined;
          pan = undefined;
          isPanning.value = false;
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
      const tool = store.tool.value;
      switch (tool) {
        case 'brush':
        case 'eraser':
        case 'lasso': {
          const { radius, hardness } = store.brush.value;
          const isLasso = tool === 'lasso';
          stroke.value = {
            shape: isLasso ? 'polygon' : 'line',
            mode: (tool === 'eraser') !== erases ? 'erase' : 'add',
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
        case 'wand':
        case 'instance':
          if (event.pointerType === 'touch') {
            // A second finger may follow: then it is no click.
            tap = { tool, from: point, erases };
          } else {
            click(tool, place, erases);
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
      if (tap !== undefined && event.type === 'pointerup') {
        click(tap.tool, inImage(tap.from), tap.erases);
      }
      tap = undefined;
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
