/** Of pixels: with fewer there is no need to hurry. */
const WORTH_BYTES = 134_217_728;

/**
 * Frees the pixels that are not needed any more, before more are drawn or decoded. The engine of JavaScript sees only the
 * small object that a large image is, so that the images of all steps would add up. Does nothing unless the program lets
 * it (`globalThis.gc`, as with `node --expose-gc`): the command line does.
 */
export function freeMemory(): void {
  const { gc } = globalThis as { gc?: () => void };
  if (gc !== undefined && process.memoryUsage().external > WORTH_BYTES) {
    gc();
  }
}
