import { parentPort } from 'node:worker_threads';
import { encodeStrip, type StripTask } from './encode-strip.js';
import type { PoolAnswer } from './strip-pool.js';

const port = parentPort!;

port.on('message', (task: StripTask) => {
  const strip = encodeStrip(task);
  const rows = task.rows.buffer as ArrayBuffer;
  // The rows go back to be used again: garbage of large buffers is collected late.
  port.postMessage({ strip, rows } satisfies PoolAnswer, [strip.chunk.buffer as ArrayBuffer, rows]);
});
