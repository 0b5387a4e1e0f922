import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { type ByteSource, outside } from './protobuf.js';

const WINDOW_BYTES = 64 * 1024;

/** Opens a file as a byte source for the duration of `work`. It is read in windows, so that weights are skipped. */
export function withFileSource<Result>(path: string, work: (source: ByteSource) => Result): Result {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    let begin = 0;
    let window = new Uint8Array();
    return work({
      size,
      read: (position, length) => {
        if (position < begin || position + length > begin + window.length) {
          begin = position;
          window = new Uint8Array(Math.max(0, Math.min(Math.max(length, WINDOW_BYTES), size - position)));
          window = window.subarray(0, readSync(file, window, 0, window.length, position));
        }
        if (position < 0 || length < 0 || position + length > begin + window.length) {
          throw outside(position, length, size);
        }
        return window.subarray(position - begin, position - begin + length);
      },
    });
  } finally {
    closeSync(file);
  }
}
