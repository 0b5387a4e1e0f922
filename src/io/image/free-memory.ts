/** Of pixels: with fewer there is no need to hurry. */
const WORTH_BYTES = 33_554_432;

/** Bytes outside of the engine's own memory after it was last cleared. */
let bytesAfter = 0;

/**
 * Frees the pixels that are not needed any more, before more are drawn or decoded. The engine of JavaScript sees only the
 * small object that a large image is, so that the images of all steps would add up. Does nothing unless the program lets
 * it (`globalThis.gc`, as with `node --expose-gc`): the command line does.
 *
 * `all` frees whatever is unused; `new` does so only where much was made since the last time, as it takes about 20 ms.
 */
export function freeMemory(what: 'all' | 'new'): void {
  const { gc } = globalThis as { gc?: () => void };
  if (gc !== undefined && process.memoryUsage().external > WORTH_BYTES + (what === 'new' ? bytesAfter : 0)) {
    gc();
    bytesAfter = process.memoryUsage().external;
  }
}
