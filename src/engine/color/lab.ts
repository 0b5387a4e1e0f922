import { wordsOf } from './packed-pixels.js';

/**
 * One plane of CIE L*a*b* (D50, 8 bits, a and b offset by 128) of sRGB pixels, written to `out`.
 *
 * Little CMS, which Pillow and most editors use, does not compute each pixel: it samples the conversion on a
 * grid of 33 x 33 x 33 colors in 16 bits and interpolates in tetrahedra (Kasson, Nin, Plouffe and Hafner,
 * "Performing color space conversions with three-dimensional linear interpolation", 1995). The same grid and
 * fixed point here give the same values, within 1 of the formula, and spare two cube roots a pixel. Within a
 * tetrahedron the value is linear in red, green and blue: its slopes are worked out beforehand.
 */
export function fillLab(plane: LabPlane, data: Uint8Array, channels: number, out: Uint8Array): void {
  const gains = gainsOf(plane);
  const { words, quads } = wordsOf(data, channels, out);
  for (let q = 0, w = 0; q < quads.length; q++, w += 3) {
    const a = words[w]!;
    const b = words[w + 1]!;
    const c = words[w + 2]!;
    quads[q] =
      valueOf(gains, a & 0xffff, (a >> 8) & 255, (a >> 16) & 255) |
      (valueOf(gains, (a >>> 24) | ((b & 255) << 8), b & 255, (b >> 8) & 255) << 8) |
      (valueOf(gains, b >>> 16, b >>> 24, c & 255) << 16) |
      (valueOf(gains, (c >> 8) & 0xffff, (c >> 16) & 255, c >>> 24) << 24);
  }
  for (let i = quads.length * 4, j = i * channels; i < out.length; i++, j += channels) {
    out[i] = valueOf(gains, data[j]! | (data[j + 1]! << 8), data[j + 1]!, data[j + 2]!);
  }
}

/** `redGreen` has green in its higher byte. */
function valueOf(gains: Int32Array, redGreen: number, green: number, blue: number): number {
  const x = RESTS[redGreen & 255]!;
  const y = RESTS[green]!;
  const z = RESTS[blue]!;
  // Signs decide instead of branches, which grain in an image would make the processor guess wrong.
  const at = (RED_GREEN_NODES[redGreen]! + BLUE_NODES[blue]! + (((y - z) >> 31) & 4) + (((x - z) >> 31) & 2)) | 0;
  const first = gains[at]!;
  const second = gains[at + 1]!;
  const sum = (((first << 16) >> 16) * x + (first >> 16) * y + ((second << 16) >> 16) * z + 0x8001) | 0;
  const value = (second >>> 16) + ((sum + (sum >> 16)) >> 16);
  // From 16 bits to 8 as Little CMS rounds.
  return (value * 65281 + 8388608) >>> 24;
}

const known = new Map<LabPlane, Int32Array>();

function gainsOf(plane: LabPlane): Int32Array {
  if (known.size === 0) {
    fillRedGreenNodes();
  }
  const gains = known.get(plane) ?? measureGains(sampleGrid(plane));
  known.set(plane, gains);
  return gains;
}

export type LabPlane = 'l' | 'a' | 'b';

const SIZE = 33;

/** The grid has its last plane twice along each axis, so that there is a next node everywhere. */
const PADDED = SIZE + 1;
/** From a node to the next along red, green and blue. */
const STEPS = [PADDED * PADDED, PADDED, 1] as const;

/** Orders of the rests along the three axes, by which of red < green (4), green < blue (2) and red < blue (1) hold. */
const ORDERS = 8;
/** For each the axes from the largest rest to the smallest; two orders cannot be. */
const AXES = [[0, 1, 2], undefined, [0, 2, 1], [2, 0, 1], [1, 0, 2], [1, 2, 0], undefined, [2, 1, 0]] as const;

/** For each 8-bit value its place between two nodes of the grid, in units of 1 / 65536 of a step. */
const PLACES = Int32Array.from({ length: 256 }, (_, value) => {
  const scaled = value * 257 * (SIZE - 1);
  return scaled + Math.floor((scaled + 0x7fff) / 0xffff);
});
const RESTS = PLACES.map((place) => place & 0xffff);
/** Where the gains of the node below each 8-bit value begin, along each axis. */
const [RED_NODES, GREEN_NODES, BLUE_NODES] = STEPS.map((step) =>
  PLACES.map((place) => (place >>> 16) * step * ORDERS * 2),
) as [Int32Array, Int32Array, Int32Array];
/** The same for each red and green (in the higher byte), and what of the order these two decide; filled when needed. */
const RED_GREEN_NODES = new Int32Array(65536);

function fillRedGreenNodes(): void {
  for (let pair = 0; pair < RED_GREEN_NODES.length; pair++) {
    const red = pair & 255;
    const green = pair >> 8;
    RED_GREEN_NODES[pair] = RED_NODES[red]! + GREEN_NODES[green]! + (RESTS[red]! < RESTS[green]! ? 8 : 0);
  }
}

/**
 * For each node and order two words: what the value gains per step along red and (in the higher half) green, then along
 * blue, and what it is at the node (in the higher half, without sign). The way through a cell, from its origin to its
 * far corner, goes along the axis with the largest rest first.
 */
function measureGains(grid: Uint16Array): Int32Array {
  const gains = new Int32Array(grid.length * ORDERS * 2);
  const slopes = new Int32Array(3);
  for (const [order, axes] of AXES.entries()) {
    if (axes === undefined) {
      continue;
    }
    for (let node = 0; node < grid.length; node++) {
      let here = node;
      for (const axis of axes) {
        const next = here + STEPS[axis];
        slopes[axis] = grid[next]! - grid[here]!;
        here = next;
      }
      const at = (node * ORDERS + order) * 2;
      gains[at] = (slopes[0]! & 0xffff) | (slopes[1]! << 16);
      gains[at + 1] = (slopes[2]! & 0xffff) | (grid[node]! << 16);
    }
  }
  return gains;
}

function sampleGrid(plane: LabPlane): Uint16Array {
  const light = Float64Array.from({ length: PADDED }, (_, i) =>
    toLinear(Math.floor((Math.min(i, SIZE - 1) * 65535) / (SIZE - 1) + 0.5) / 65535),
  );
  const grid = new Uint16Array(PADDED ** 3);
  for (let r = 0, i = 0; r < PADDED; r++) {
    for (let g = 0; g < PADDED; g++) {
      for (let b = 0; b < PADDED; b++, i++) {
        const value = toLab(plane, light[r]!, light[g]!, light[b]!);
        grid[i] = Math.min(Math.max(Math.round(value), 0), 65535);
      }
    }
  }
  return grid;
}

/** A plane of Lab in 16 bits, of linear light. */
function toLab(plane: LabPlane, r: number, g: number, b: number): number {
  const m = SRGB_TO_XYZ_OVER_WHITE;
  const y = labCurve(m[3] * r + m[4] * g + m[5] * b);
  if (plane === 'l') {
    return ((116 * y - 16) / 100) * 65535;
  }
  if (plane === 'a') {
    return (500 * (labCurve(m[0] * r + m[1] * g + m[2] * b) - y) + 128) * 257;
  }
  return (200 * (y - labCurve(m[6] * r + m[7] * g + m[8] * b)) + 128) * 257;
}

/** CIE's f(t). */
function labCurve(t: number): number {
  return t > 216 / 24389 ? Math.cbrt(t) : (t * 841) / 108 + 4 / 29;
}

/** sRGB's transfer curve, value in [0, 1] to linear light. */
function toLinear(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

/**
 * Linear sRGB under D65 (.3127, .3290) to XYZ under D50 (.9642, 1, .8249), adapted by Bradford, each row over
 * its white: derived from the primaries in double precision, as Little CMS does.
 */
const SRGB_TO_XYZ_OVER_WHITE = [
  0.4522311259241348, 0.399411855214847, 0.148357018861018, 0.2224845402294774, 0.7169050786084576, 0.0606103811620653,
  0.0168749999652993, 0.1176715222416342, 0.8654534777930668,
] as const;
