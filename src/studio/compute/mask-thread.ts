import { listComponents } from '../../engine/components/connected-components.js';
import { maskBounds } from '../../engine/index.js';
import { planMaskCrop } from '../../inpaint/crop/plan-mask-crop.js';
import { createHeatmap, createRaster, type Heatmap, type Mask, type Raster, resizeRaster } from '../../raster/index.js';
import type { PromptLayer, Stroke, StudioDocument } from '../model/studio-document.js';
import { createPipeline, type Pipeline } from './mask-pipeline.js';
import type {
  MaskFacts,
  MaskQuality,
  Plane,
  SentDocument,
  ThreadRequest,
  ThreadResponse,
  ThreadRole,
} from './thread-protocol.js';

type ComputeRequest = Extract<ThreadRequest, { kind: 'compute' }>;

interface Opened {
  readonly role: ThreadRole;
  readonly pipeline: Pipeline;
  readonly previewSize: { readonly width: number; readonly height: number };
}

const coarse = new Map<string, Heatmap>();
const strokes = new Map<number, Stroke>();
let opened: Opened | undefined;
/** The request that is to be answered next. */
let wanted: ComputeRequest | undefined;
let isRunning = false;

const send = (response: ThreadResponse, transfer: Transferable[] = []): void =>
  self.postMessage(response, { transfer });

/** A message to the thread itself: it comes after all that wait. */
const channel = new MessageChannel();
channel.port1.start();
const untilMessagesAreRead = (): Promise<void> =>
  new Promise((resolve) => {
    channel.port1.addEventListener('message', () => resolve(), { once: true });
    channel.port2.postMessage(undefined);
  });

self.addEventListener('message', ({ data: request }: MessageEvent<ThreadRequest>) => {
  switch (request.kind) {
    case 'open':
      open(request);
      break;
    case 'heatmap':
      coarse.set(request.phrase, createHeatmap(request.width, request.height, new Float32Array(request.data)));
      break;
    case 'refined':
      request.heatmaps.forEach((heatmap) => opened?.pipeline.adopt(heatmap));
      break;
    case 'strokes':
      request.strokes.forEach(([id, stroke]) => strokes.set(id, stroke));
      break;
    case 'compute':
      wanted = request;
      void answerAll();
      break;
    case 'retouch':
      encodeRetouch(request.id, request.document).catch((error: Error) =>
        send({ kind: 'failed', message: error.message }),
      );
      break;
    case 'instance': {
      const { id, layer, refine, x, y } = request;
      send({ kind: 'instance', id, ...opened!.pipeline.instanceAt(layer, refine, x, y) });
      break;
    }
  }
});

function open({ role, width, height, pixels, scale }: Extract<ThreadRequest, { kind: 'open' }>): void {
  const image = createRaster(width, height, 4, new Uint8Array(pixels));
  coarse.clear();
  strokes.clear();
  wanted = undefined;
  const scaled = (length: number): number => Math.max(1, Math.round(length * scale));
  const previewSize = role === 'preview' ? { width, height } : { width: scaled(width), height: scaled(height) };
  opened = { role, pipeline: createPipeline(image, role === 'preview' ? scale : 1, coarse), previewSize };
  const preview = role === 'full' ? toBytes(resizeRaster(image, previewSize)) : undefined;
  send({ kind: 'opened', preview }, preview === undefined ? [] : [preview.data.buffer]);
}

/** A copy of 8-bit samples that can be handed over. */
function toBytes({ width, height, data }: Raster | Mask): Plane {
  return { width, height, data: new Uint8Array(data) };
}

/** Answers what is wanted, and after each step begins anew where something else is wanted by then. */
async function answerAll(): Promise<void> {
  if (isRunning) {
    return;
  }
  isRunning = true;
  while (wanted !== undefined) {
    await untilMessagesAreRead();
    const request: ComputeRequest | undefined = wanted;
    if (request === undefined) {
      break;
    }
    try {
      for (const step of stepsOf(request)) {
        step();
        await untilMessagesAreRead();
        if (wanted !== request) {
          break;
        }
      }
    } catch (error) {
      send({ kind: 'failed', message: (error as Error).message });
    }
    if (wanted === request) {
      wanted = undefined;
    }
  }
  isRunning = false;
}

function stepsOf({ version, document: sent, wantsHeatmap }: ComputeRequest): (() => void)[] {
  const { role, pipeline, previewSize } = opened!;
  const document = withStrokes(sent);
  const answer = (mask: Mask, quality: MaskQuality, heatmap?: Plane): void => {
    const plane = toBytes(mask);
    send({ kind: 'computed', version, quality, mask: plane, heatmap }, [
      plane.data.buffer,
      ...(heatmap === undefined ? [] : [heatmap.data.buffer]),
    ]);
  };
  if (role === 'preview') {
    return [
      () =>
        answer(
          pipeline.compute(document, 'held'),
          'preview',
          wantsHeatmap ? toPlane(pipeline.heatmap(document)) : undefined,
        ),
    ];
  }
  let exact: Mask;
  return [
    // What is refined already is shown at once.
    ...(pipeline.isHeld(document) ? [() => answer(pipeline.compute(document, 'held'), 'full')] : []),
    () => {
      exact = pipeline.compute(document, 'exact');
      answer(exact, 'exact');
    },
    () => {
      const heatmaps = pipeline.refined(document, previewSize);
      send(
        { kind: 'refined', heatmaps },
        heatmaps.map(({ data }) => data.buffer),
      );
    },
    () => send({ kind: 'facts', version, facts: measure(document, exact, pipeline) }),
  ];
}

function withStrokes(document: SentDocument): StudioDocument {
  return { ...document, strokes: document.strokes.map((id) => strokes.get(id)!) };
}

function toPlane(heatmap: Heatmap | undefined): Plane | undefined {
  if (heatmap === undefined) {
    return undefined;
  }
  const { width, height, data } = heatmap;
  const out = new Uint8Array(data.length);
  for (let i = 0; i < out.length; i++) {
    out[i] = data[i]! * 255;
  }
  return { width, height, data: out };
}

function measure(document: StudioDocument, mask: Mask, pipeline: Pipeline): MaskFacts {
  const components = listComponents(mask);
  const selected = components.reduce((sum, { area }) => sum + area, 0);
  const layers = document.layers.filter((layer): layer is PromptLayer => layer.kind === 'prompt');
  return {
    share: selected / mask.data.length,
    bounds: maskBounds(mask),
    parts: components.length,
    crop: cropWindow(document, mask, pipeline),
    layers: Object.fromEntries(layers.map((layer) => [layer.id, pipeline.measure(layer, document.refine)])),
  };
}

/** The window that `crop` would cut. */
function cropWindow({ output }: StudioDocument, mask: Mask, { image }: Pipeline) {
  if (output.kind !== 'crop') {
    return undefined;
  }
  const size = output.size > 0 ? output.size : undefined;
  return planMaskCrop(mask, image, {
    context: output.context,
    size,
    multipleOf: 8,
    samplerGrowPx: 0,
    growPx: 0,
    featherPx: 16,
  })?.window;
}

async function encodeRetouch(id: number, document: SentDocument): Promise<void> {
  const { add, erase } = opened!.pipeline.retouch(withStrokes(document));
  const [addBlob, eraseBlob] = await Promise.all([encodeMask(add), encodeMask(erase)]);
  send({ kind: 'retouch', id, add: addBlob, erase: eraseBlob });
}

/** A mask as a PNG of opaque gray. */
async function encodeMask({ width, height, data }: Mask): Promise<Blob> {
  const pixels = new Uint32Array(width * height);
  for (let i = 0; i < pixels.length; i++) {
    pixels[i] = 0xff00_0000 | (data[i]! * 0x01_0101);
  }
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d')!.putImageData(new ImageData(new Uint8ClampedArray(pixels.buffer), width, height), 0, 0);
  return canvas.convertToBlob({ type: 'image/png' });
}
