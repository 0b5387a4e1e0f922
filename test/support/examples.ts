import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PNG } from 'pngjs';

/** An example image of the project. */
export function examplePath(name: string): string {
  return fileURLToPath(new URL(`../../examples/${name}.png`, import.meta.url));
}

/** What the drawer of the examples says is there: 255 where the thing is. */
export function exampleTruth(name: string, word: string): { width: number; height: number; data: Uint8Array } {
  const png = PNG.sync.read(readFileSync(new URL(`../fixtures/examples/${name}.${word}.png`, import.meta.url)));
  return {
    width: png.width,
    height: png.height,
    data: Uint8Array.from({ length: png.width * png.height }, (_, i) => png.data[i * 4]!),
  };
}

/** Overlap of two selections, 128 and more counting as selected: 1 where both are empty. */
export function intersectionOverUnion(a: Uint8Array, b: Uint8Array): number {
  let intersection = 0;
  let union = 0;
  for (let i = 0; i < a.length; i++) {
    const inA = a[i]! >= 128;
    const inB = b[i]! >= 128;
    intersection += inA && inB ? 1 : 0;
    union += inA || inB ? 1 : 0;
  }
  return union === 0 ? 1 : intersection / union;
}
