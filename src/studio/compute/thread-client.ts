import type { PromptLayer, Stroke, StudioDocument } from '../model/studio-document.js';
import type { InstanceAt, SentDocument, ThreadRequest, ThreadResponse } from './thread-protocol.js';

type Computed = Extract<ThreadResponse, { kind: 'computed' }>;
type Facts = Extract<ThreadResponse, { kind: 'facts' }>;

/** What becomes of the answers. */
export interface ThreadListeners {
  readonly onMask: (computed: Computed) => void;
  readonly onFacts: (facts: Facts) => void;
  readonly onError: (message: string) => void;
}

/** The threads that compute masks, so that the page never waits. */
export interface ThreadClient {
  readonly open: (width: number, height: number, pixels: ArrayBuffer) => Promise<void>;
  readonly addHeatmap: (phrase: string, width: number, height: number, data: ArrayBuffer) => void;
  /** Computes the newest of the documents that are asked for; those in between are dropped. */
  readonly requestPreview: (version: number, document: StudioDocument, wantsHeatmap: boolean) => void;
  /** The same at the image's size, with statistics. */
  readonly requestFull: (version: number, document: StudioDocument) => void;
  /** The painted corrections as PNG files. */
  readonly retouch: (document: StudioDocument) => Promise<{ readonly add: Blob; readonly erase: Blob }>;
  /** The instance of a prompt at a pixel of the image. */
  readonly instanceAt: (
    layer: PromptLayer,
    refine: StudioDocument['refine'],
    x: number,
    y: number,
  ) => Promise<InstanceAt>;
}

/** The long side of the preview that follows a slider. */
const PREVIEW_SIDE = 1024;

export function startThreads({ onMask, onFacts, onError }: ThreadListeners): ThreadClient {
  const start = () => new Worker(new URL('./mask-thread.ts', import.meta.url), { type: 'module' });
  const threads = { preview: start(), full: start() };
  const post = (to: keyof typeof threads, request: ThreadRequest, transfer: Transferable[] = []): void =>
    threads[to].postMessage(request, transfer);
  let onOpened: ((response: Extract<ThreadResponse, { kind: 'opened' }>) => void) | undefined;
  let nextId = 1;
  const retouches = new Map<number, (files: { add: Blob; erase: Blob }) => void>();
  const instances = new Map<number, (found: InstanceAt) => void>();
  const answered = ({ data }: MessageEvent<ThreadResponse>): void => {
    switch (data.kind) {
      case 'opened':
        onOpened?.(data);
        break;
      case 'computed':
        onMask(data);
        break;
      case 'refined':
        post(
          'preview',
          data,
          data.heatmaps.map((heatmap) => heatmap.data.buffer),
        );
        break;
      case 'facts':
        onFacts(data);
        break;
      case 'retouch':
        retouches.get(data.id)?.(data);
        retouches.delete(data.id);
        break;
      case 'instance':
        instances.get(data.id)?.(data);
        instances.delete(data.id);
        break;
      case 'failed':
        onError(data.message);
        break;
    }
  };
  for (const thread of Object.values(threads)) {
    thread.addEventListener('message', answered);
    thread.addEventListener('error', ({ message }) => onError(`The mask cannot be computed: ${message}`));
  }

  const open = (request: Extract<ThreadRequest, { kind: 'open' }>) =>
    new Promise<Extract<ThreadResponse, { kind: 'opened' }>>((resolve) => {
      onOpened = resolve;
      post(request.role, request, [request.pixels]);
    });

  // A stroke is an object that does not change: it is sent to both threads once, and named by a number.
  let nextStroke = 1;
  let sent = new WeakMap<Stroke, number>();
  const toSent = (document: StudioDocument): SentDocument => {
    const unsent = document.strokes.filter((stroke) => !sent.has(stroke));
    if (unsent.length > 0) {
      const strokes = unsent.map((stroke) => [nextStroke++, stroke] as const);
      strokes.forEach(([id, stroke]) => sent.set(stroke, id));
      post('preview', { kind: 'strokes', strokes });
      post('full', { kind: 'strokes', strokes });
    }
    return { ...document, strokes: document.strokes.map((stroke) => sent.get(stroke)!) };
  };

  return {
    open: async (width, height, pixels) => {
      sent = new WeakMap();
      const scale = Math.min(1, PREVIEW_SIDE / Math.max(width, height));
      const { preview } = await open({ kind: 'open', role: 'full', width, height, pixels, scale });
      const { buffer } = preview!.data;
      await open({
        kind: 'open',
        role: 'preview',
        width: preview!.width,
        height: preview!.height,
        pixels: buffer,
        scale,
      });
    },
    addHeatmap: (phrase, width, height, data) => {
      const copy = data.slice(0);
      post('preview', { kind: 'heatmap', phrase, width, height, data: copy }, [copy]);
      post('full', { kind: 'heatmap', phrase, width, height, data }, [data]);
    },
    requestPreview: (version, document, wantsHeatmap) =>
      post('preview', { kind: 'compute', version, document: toSent(document), wantsHeatmap }),
    requestFull: (version, document) =>
      post('full', { kind: 'compute', version, document: toSent(document), wantsHeatmap: false }),
    retouch: (document) =>
      new Promise((resolve) => {
        const id = nextId++;
        retouches.set(id, resolve);
        post('full', { kind: 'retouch', id, document: toSent(document) });
      }),
    instanceAt: (layer, refine, x, y) =>
      new Promise((resolve) => {
        const id = nextId++;
        instances.set(id, resolve);
        post('full', { kind: 'instance', id, layer, refine, x, y });
      }),
  };
}
