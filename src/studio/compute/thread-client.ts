import type { StudioDocument } from '../model/studio-document.js';
import type { ThreadRequest, ThreadResponse } from './thread-protocol.js';

type Computed = Extract<ThreadResponse, { kind: 'computed' }>;
type Facts = Extract<ThreadResponse, { kind: 'facts' }>['facts'];

/** What becomes of the answers. */
export interface ThreadListeners {
  readonly onMask: (computed: Computed) => void;
  readonly onFacts: (facts: Facts) => void;
  readonly onError: (message: string) => void;
}

/** The thread that computes masks, so that the page never waits. */
export interface ThreadClient {
  readonly open: (width: number, height: number, pixels: ArrayBuffer) => Promise<void>;
  readonly addHeatmap: (phrase: string, width: number, height: number, data: ArrayBuffer) => void;
  /** Computes the newest of the documents that are asked for; those in between are dropped. */
  readonly request: (document: StudioDocument, quality: 'preview' | 'full', wantsHeatmap: boolean) => void;
  /** The painted corrections as PNG files. */
  readonly retouch: (document: StudioDocument) => Promise<{ readonly add: Blob; readonly erase: Blob }>;
}

export function startThread({ onMask, onFacts, onError }: ThreadListeners): ThreadClient {
  const worker = new Worker(new URL('./mask-thread.ts', import.meta.url), { type: 'module' });
  const post = (request: ThreadRequest, transfer: Transferable[] = []): void => worker.postMessage(request, transfer);
  let nextId = 1;
  let opened: (() => void) | undefined;
  let busy = 0;
  let waiting: Omit<Extract<ThreadRequest, { kind: 'compute' }>, 'kind' | 'id'> | undefined;
  const retouches = new Map<number, (files: { add: Blob; erase: Blob }) => void>();
  const startNext = (): void => {
    if (busy === 0 && waiting !== undefined) {
      busy = nextId++;
      const next = waiting;
      waiting = undefined;
      post({ kind: 'compute', id: busy, ...next });
    }
  };
  worker.addEventListener('message', ({ data }: MessageEvent<ThreadResponse>) => {
    switch (data.kind) {
      case 'opened':
        opened?.();
        break;
      case 'computed':
        busy = 0;
        onMask(data);
        startNext();
        break;
      case 'facts':
        onFacts(data.facts);
        break;
      case 'retouch':
        retouches.get(data.id)?.(data);
        retouches.delete(data.id);
        break;
      case 'failed':
        busy = 0;
        onError(data.message);
        startNext();
        break;
    }
  });
  return {
    open: (width, height, pixels) =>
      new Promise((resolve) => {
        opened = resolve;
        post({ kind: 'open', width, height, pixels }, [pixels]);
      }),
    addHeatmap: (phrase, width, height, data) => post({ kind: 'heatmap', phrase, width, height, data }, [data]),
    request: (document, quality, wantsHeatmap) => {
      waiting = { document, quality, wantsHeatmap };
      startNext();
    },
    retouch: (document) =>
      new Promise((resolve) => {
        const id = nextId++;
        retouches.set(id, resolve);
        post({ kind: 'retouch', id, document });
      }),
  };
}
