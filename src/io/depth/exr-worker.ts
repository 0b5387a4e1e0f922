import { parentPort } from 'node:worker_threads';
import { decodeExr, init } from 'exrs';
import type { ExrReply, ExrRequest } from './exr-decoder.js';

/** Decodes in a thread of its own: WebAssembly never gives memory back, but a thread that ends does. */
const port = parentPort!;

await init();
port.on('message', (request: ExrRequest) => {
  const reply = decode(request);
  port.postMessage(reply, 'planes' in reply ? reply.planes.map(({ buffer }) => buffer as ArrayBuffer) : []);
});

function decode({ bytes, part, parts, channels }: ExrRequest): ExrReply {
  try {
    const { layers } = decodeExr(bytes);
    const layer = layers.length === parts.length ? layers[part] : layers.find(({ name }) => name === parts[part]);
    // One by one: asked for several, the decoder mistakes the display window for the data window.
    const planes = channels.map((channel) => layer?.getInterleavedPixels([channel]) ?? undefined);
    return planes.every((plane) => plane !== undefined)
      ? { planes }
      : { error: `it has no pixels for ${channels.join(', ')}` };
  } catch (error) {
    // The decoder throws strings, and traps where it runs out of memory.
    return { error: typeof error === 'string' ? error : (error as Error).message, trapped: typeof error !== 'string' };
  }
}
