import { connectedComponents, maskBounds } from '../../engine/index.js';
import { planMaskCrop } from '../../inpaint/crop/plan-mask-crop.js';
import { createHeatmap, createRaster, type Heatmap, type Mask, resizeRaster } from '../../raster/index.js';
import type { PromptLayer, StudioDocument } from '../model/studio-document.js';
import { createPipeline, type Pipeline } from './mask-pipeline.js';
import type { MaskFacts, Plane, ThreadRequest, ThreadResponse } from './thread-protocol.js';

/** The long side of the preview that follows a slider. */
const PREVIEW_SIDE = 1024;

const coarse = new Map<string, Heatmap>();
let full: Pipeline | undefined;
let preview: Pipeline | undefined;

const send = (response: ThreadResponse, transfer: Transferable[] = []): void =>
  self.postMessage(response, { transfer });

self.addEventListener('message', ({ data: request }: MessageEvent<ThreadRequest>) => {
  switch (request.kind) {
    case 'open':
      open(request);
      break;
    case 'heatmap':
      coarse.set(request.phrase, createHeatmap(request.width, request.height, new Float32Array(request.data)));
      break;
    case 'compute':
      answer(request.id, () => compute(request));
      break;
    case 'retouch':
      void encodeRetouch(request.id, request.document);
      break;
  }
});

function answer(id: number, work: () => void): void {
  try {
    work();
  } catch (error) {
    send({ kind: 'failed', id, message: (error as Error).message });
  }
}

function open({ width, height, pixels }: Extract<ThreadRequest, { kind: 'open' }>): void {
  const image = createRaster(width, height, 4, new Uint8Array(pixels));
  const scale = Math.min(1, PREVIEW_SIDE / Math.max(width, height));
  coarse.clear();
  full = createPipeline(image, 1, coarse);
  const size = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  preview = scale === 1 ? full : createPipeline(resizeRaster(image, size), scale, coarse);
  send({ kind: 'opened' });
}

function compute({ id, document, quality, wantsHeatmap }: Extract<ThreadRequest, { kind: 'compute' }>): void {
  const started = performance.now();
  const pipeline = quality === 'full' ? full : preview;
  if (pipeline === undefined) {
    return;
  }
  const mask = pipeline.compute(document, quality === 'preview');
  const copy: Plane = { width: mask.width, height: mask.height, data: new Uint8Array(mask.data) };
  const heatmap = wantsHeatmap ? toPlane(preview!.heatmap(document)) : undefined;
  const transfer = [copy.data.buffer, ...(heatmap === undefined ? [] : [heatmap.data.buffer])];
  send({ kind: 'computed', id, quality, mask: copy, heatmap, took: performance.now() - started }, transfer);
  if (quality === 'full') {
    send({ kind: 'facts', id, facts: measure(document, mask, pipeline) });
  }
}

function toPlane(heatmap: Heatmap | undefined): Plane | undefined {
  return heatmap === undefined
    ? undefined
    : { width: heatmap.width, height: heatmap.height, data: Uint8Array.from(heatmap.data, (value) => value * 255) };
}

function measure(document: StudioDocument, mask: Mask, pipeline: Pipeline): MaskFacts {
  const { components } = connectedComponents(mask);
  let selected = 0;
  for (const value of mask.data) {
    selected += value >> 7;
  }
  const layers = document.layers.filter((layer): layer is PromptLayer => layer.kind === 'prompt');
  return {
    share: selected / mask.data.length,
    bounds: maskBounds(mask),
    parts: components.length,
    crop: cropWindow(document, mask, pipeline),
    layers: Object.fromEntries(layers.map((layer) => [layer.id, preview!.measure(layer, document.refine)])),
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

async function encodeRetouch(id: number, document: StudioDocument): Promise<void> {
  const { add, erase } = full!.retouch(document);
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
