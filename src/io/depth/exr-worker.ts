import { parentPort } from 'node:worker_threads';
import { decodeExr, init } from 'exrs';
import type { ExrReply, ExrRequest } from './exr-decoder.js';

/** Decodes in a thread of its own: WebAssembly never gives memory back, but a thread that ends does. */
const port = parentPort!;

await init();
port.on('message', (request: ExrRequest) => {
  const reply = decode(request);
  port.postMessage(reply, 'data' in reply ? [reply.data.buffer as ArrayBuffer] : []);
});

function decode({ bytes, channels }: ExrRequest): ExrReply {
  try {
    const { layers } = decodeExr(bytes);
    for (const layer of layers) {
      const prefix = layer.name === null ? '' : `${layer.name}.`;
      const names = channels.map((channel) => (channel.startsWith(prefix) ? channel.slice(prefix.length) : channel));
      const data = layer.getInterleavedPixels(names) ?? layer.getInterleavedPixels(channels);
      if (data !== null) {
        return { data };
      }
    }
    return { error: `it has no pixels for ${channels.join(', ')}` };
  } catch (error) {
    // The decoder throws strings, and traps where it runs out of memory.
    return { error: typeof error === 'string' ? error : (error as Error).message, trapped: typeof error !== 'string' };
  }
}
