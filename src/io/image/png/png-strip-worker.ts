import { parentPort } from 'node:worker_threads';
import { encodeStrip, type StripTask } from './encode-strip.js';

const port = parentPort!;

port.on('message', (task: StripTask) => {
  const strip = encodeStrip(task);
  port.postMessage(strip, [strip.chunk.buffer as ArrayBuffer]);
});
