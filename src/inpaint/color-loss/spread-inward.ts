/**
 * The way from every pixel to the nearest one that is opaque enough, in a byte a pixel: 128 and more for those pixels themselves, 0 where
 * there is none at all, else the direction of the next pixel on the way and the number of steps modulo 8. Neighbors, diagonal ones
 * included, differ by two steps at most, so that the remainder tells which of them is nearer.
 */
export interface Spread {
  /** 128 and more for pixels that are opaque enough: these bytes are also a mask of them. */
  readonly ways: Uint8Array;
  /** What leads from a pixel to the next one, for each direction. */
  readonly offsets: Int32Array;
}

export const OPAQUE = 128;
/** A bit of opaque pixels that is free for other marks. */
export const FREE_BIT = 32;
const REACHED = 64;
const STEPS = 7;

/** The pixel that the way from `i` leads to, and its steps; `i` itself where no pixel is opaque enough. */
export function followWay({ ways, offsets }: Spread, i: number): { readonly source: number; readonly steps: number } {
  let source = i;
  let steps = 0;
  while ((ways[source]! & REACHED) !== 0) {
    source += offsets[(ways[source]! >> 3) & 3]!;
    steps++;
  }
  return { source, steps };
}

/** Whether the way from `j`, one of the eight neighbors of `i`, has fewer steps. */
export function isNearer({ ways }: Spread, j: number, i: number): boolean {
  const fewer = (ways[i]! - ways[j]!) & STEPS;
  return fewer === 1 || fewer === 2;
}

/** A plane for `spreadInward`: `OPAQUE` where the alpha of 8-bit RGBA is at least `minimumAlpha`, else 0. */
export function markOpaque(
  data: Uint8Array,
  minimumAlpha: number,
  plane: Uint8Array = new Uint8Array(data.length >> 2),
): Uint8Array {
  for (let i = 0, a = 3; i < plane.length; i++, a += 4) {
    plane[i] = data[a]! >= minimumAlpha ? OPAQUE : 0;
  }
  return plane;
}

/**
 * Walks from the marked pixels of a plane into the others by steps along rows and columns, ring by ring, and writes the ways into it.
 * Only two rings are held besides. `onReached` is called for each of the others, with the pixel that its way leads to.
 */
export function spreadInward(
  ways: Uint8Array,
  width: number,
  height: number,
  onReached: (i: number, source: number) => void = () => undefined,
): Spread {
  const count = width * height;
  let ring = createRing();
  let next = createRing();
  // A way leads back: to the right from the pixel on the left.
  const offsets = Int32Array.of(1, -1, width, -width);
  const reach = (to: number, source: number, way: number): void => {
    if (ways[to] === 0) {
      ways[to] = way;
      addToRing(next, to, source);
      onReached(to, source);
    }
  };
  const visitNeighbors = (i: number, source: number): void => {
    const x = i % width;
    const way = REACHED | ((ways[i]! + 1) & STEPS);
    if (x > 0) reach(i - 1, source, way);
    if (x < width - 1) reach(i + 1, source, way | (1 << 3));
    if (i >= width) reach(i - width, source, way | (2 << 3));
    if (i + width < count) reach(i + width, source, way | (3 << 3));
  };
  for (let i = 0; i < count; i++) {
    if (ways[i]! >= OPAQUE) visitNeighbors(i, i);
  }
  while (next.count > 0) {
    [ring, next] = [next, ring];
    next.count = 0;
    for (let k = 0; k < ring.count; k++) {
      visitNeighbors(ring.pixels[k]!, ring.sources[k]!);
    }
  }
  return { ways, offsets };
}

/** Pixels of as many steps, and where their ways lead to. */
interface Ring {
  pixels: Int32Array;
  sources: Int32Array;
  count: number;
}

function createRing(): Ring {
  return { pixels: new Int32Array(1024), sources: new Int32Array(1024), count: 0 };
}

function addToRing(ring: Ring, pixel: number, source: number): void {
  if (ring.count === ring.pixels.length) {
    ring.pixels = doubled(ring.pixels);
    ring.sources = doubled(ring.sources);
  }
  ring.pixels[ring.count] = pixel;
  ring.sources[ring.count++] = source;
}

function doubled(array: Int32Array): Int32Array {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
