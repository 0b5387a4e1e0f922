import { createMask, type Mask, type Size } from '../../raster/index.js';

/** A closed polygon, its corners in pixels as x0, y0, x1, y1, ...; the last corner is joined to the first. */
export type Ring = readonly number[];

const [EAST, SOUTH, WEST, NORTH] = [1, 2, 4, 8] as const;

/**
 * The outlines of a mask along the edges of its pixels (values of 128 and more): clockwise around selected pixels,
 * counterclockwise around holes, as seen with y down. Only corners are listed. Filling the rings by the even-odd rule
 * gives the mask back exactly. Pixels that touch at a corner only are outlined separately.
 */
export function traceOutlines({ width, height, data }: Mask): Ring[] {
  const stride = width + 1;
  const edges = new Uint8Array(stride * (height + 1));
  const inside = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < width && y < height && data[y * width + x]! >= 128;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (data[y * width + x]! < 128) {
        continue;
      }
      if (!inside(x, y - 1)) edges[y * stride + x]! |= EAST;
      if (!inside(x + 1, y)) edges[y * stride + x + 1]! |= SOUTH;
      if (!inside(x, y + 1)) edges[(y + 1) * stride + x + 1]! |= WEST;
      if (!inside(x - 1, y)) edges[(y + 1) * stride + x]! |= NORTH;
    }
  }
  const rings: Ring[] = [];
  for (let start = 0; start < edges.length; start++) {
    while (edges[start] !== 0) {
      rings.push(follow(edges, start, stride));
    }
  }
  return rings;
}

const STEPS: Readonly<Record<number, (stride: number) => number>> = {
  [EAST]: () => 1,
  [SOUTH]: (stride) => stride,
  [WEST]: () => -1,
  [NORTH]: (stride) => -stride,
};

/** The direction to the right of another, straight on, and to the left: the order in which a ring goes on. */
const TURNS: Readonly<Record<number, readonly number[]>> = {
  [EAST]: [SOUTH, EAST, NORTH],
  [SOUTH]: [WEST, SOUTH, EAST],
  [WEST]: [NORTH, WEST, SOUTH],
  [NORTH]: [EAST, NORTH, WEST],
};

/** Follows and removes the ring of a start, which is its topmost, then leftmost corner. */
function follow(edges: Uint8Array, start: number, stride: number): Ring {
  const ring: number[] = [];
  let at = start;
  let direction = edges[at]! & -edges[at]!;
  while (direction !== 0) {
    ring.push(at % stride, Math.floor(at / stride));
    let next = direction;
    while (next === direction) {
      edges[at]! &= ~direction;
      at += STEPS[direction]!(stride);
      next = at === start ? 0 : TURNS[direction]!.find((turn) => (edges[at]! & turn) !== 0)!;
    }
    direction = next;
  }
  return ring;
}

/** Whether a ring runs around selected pixels, not around a hole. */
export function isOuterRing(ring: Ring): boolean {
  return signedArea(ring) > 0;
}

function signedArea(ring: Ring): number {
  let sum = 0;
  for (let i = 0; i < ring.length; i += 2) {
    const j = (i + 2) % ring.length;
    sum += ring[i]! * ring[j + 1]! - ring[j]! * ring[i + 1]!;
  }
  return sum / 2;
}

/**
 * Fills rings: a pixel is selected where its center is inside by the even-odd rule. Parts outside the image are
 * ignored.
 *
 * @param groups each group of rings is filled by itself, and a pixel is selected where any of them has it
 */
export function fillPolygons(groups: readonly (readonly Ring[])[], { width, height }: Size): Mask {
  const out = createMask(width, height);
  for (const rings of groups) {
    for (const [y, row] of crossingsOf(rings, height)) {
      row.sort((a, b) => a - b);
      for (let k = 0; k + 1 < row.length; k += 2) {
        const begin = Math.max(0, Math.ceil(row[k]! - 0.5));
        const end = Math.min(width, Math.ceil(row[k + 1]! - 0.5));
        if (begin < end) {
          out.data.fill(255, y * width + begin, y * width + end);
        }
      }
    }
  }
  return out;
}

/**
 * Where the sides of rings cross the center lines of rows. Sides run downward whatever the direction of their ring, so that
 * a bridge, which is passed in both directions, crosses a row twice at the very same place.
 */
function crossingsOf(rings: readonly Ring[], height: number): Map<number, number[]> {
  const rows = new Map<number, number[]>();
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) {
      const j = (i + 2) % ring.length;
      const [upper, lower] = ring[i + 1]! <= ring[j + 1]! ? [i, j] : [j, i];
      const [x0, y0, x1, y1] = [ring[upper]!, ring[upper + 1]!, ring[lower]!, ring[lower + 1]!];
      const top = Math.max(0, Math.ceil(y0 - 0.5));
      const bottom = Math.min(height - 1, Math.ceil(y1 - 0.5) - 1);
      for (let y = top; y <= bottom; y++) {
        const row = rows.get(y);
        const x = x0 + ((y + 0.5 - y0) / (y1 - y0)) * (x1 - x0);
        if (row === undefined) {
          rows.set(y, [x]);
        } else {
          row.push(x);
        }
      }
    }
  }
  return rows;
}

/**
 * One ring through all rings, connected by bridges that are passed in both directions and so enclose nothing: how
 * formats with one polygon per thing hold holes and separate parts. The even-odd fill is that of the rings.
 */
export function bridgeRings(rings: readonly Ring[]): Ring {
  const [first, ...others] = rings;
  if (first === undefined) {
    return [];
  }
  const [x, y] = [first[0]!, first[1]!];
  const out = [...first, x, y];
  for (const ring of others) {
    out.push(...ring, ring[0]!, ring[1]!, x, y);
  }
  return others.length === 0 ? first : out;
}
