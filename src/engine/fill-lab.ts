/**
 * One plane of CIE L*a*b* (D50, 8 bits, a and b offset by 128) of sRGB pixels, written to `out`.
 *
 * Little CMS, which Pillow and most editors use, does not compute each pixel: it samples the conversion on a
 * grid of 33 x 33 x 33 colours in 16 bits and interpolates in tetrahedra (Kasson, Nin, Plouffe and Hafner,
 * "Performing color space conversions with three-dimensional linear interpolation", 1995). The same grid and
 * fixed point here give the same values, within 1 of the formula, and spare two cube roots a pixel.
 */
export function fillLab(plane: LabPlane, data: Uint8Array, channels: number, out: Uint8Array): void {
  const grid = gridOf(plane);
  for (let i = 0, j = 0; i < out.length; i++, j += channels) {
    const r = data[j]!;
    const g = data[j + 1]!;
    const b = data[j + 2]!;
    const red = RED_STEP[r]!;
    const green = GREEN_STEP[g]!;
    const blue = BLUE_STEP[b]!;
    const rx = REST[r]!;
    const ry = REST[g]!;
    const rz = REST[b]!;
    const origin = NODE[r]! * (SIZE * SIZE) + NODE[g]! * SIZE + NODE[b]!;
    const far = grid[origin + red + green + blue]!;
    const start = grid[origin]!;
    let sum: number;
    // Each of the six tetrahedra walks from the origin to the far corner, the largest fraction first.
    if (rx >= ry) {
      if (ry >= rz) {
        const first = grid[origin + red]!;
        const second = grid[origin + red + green]!;
        sum = (first - start) * rx + (second - first) * ry + (far - second) * rz;
      } else if (rx >= rz) {
        const first = grid[origin + red]!;
        const second = grid[origin + red + blue]!;
        sum = (first - start) * rx + (second - first) * rz + (far - second) * ry;
      } else {
        const first = grid[origin + blue]!;
        const second = grid[origin + blue + red]!;
        sum = (first - start) * rz + (second - first) * rx + (far - second) * ry;
      }
    } else if (rx >= rz) {
      const first = grid[origin + green]!;
      const second = grid[origin + green + red]!;
      sum = (first - start) * ry + (second - first) * rx + (far - second) * rz;
    } else if (ry >= rz) {
      const first = grid[origin + green]!;
      const second = grid[origin + green + blue]!;
      sum = (first - start) * ry + (second - first) * rz + (far - second) * rx;
    } else {
      const first = grid[origin + blue]!;
      const second = grid[origin + blue + green]!;
      sum = (first - start) * rz + (second - first) * ry + (far - second) * rx;
    }
    const rounded = sum + 0x8001;
    const value = start + ((rounded + (rounded >> 16)) >> 16);
    out[i] = (value + 128) / 257;
  }
}

export type LabPlane = 'l' | 'a' | 'b';

const SIZE = 33;

/** For each 8-bit value: the grid node below it, and the rest in units of 1 / 65536 of a step. */
const NODE = new Uint8Array(256);
const REST = new Uint16Array(256);
for (let value = 0; value < 256; value++) {
  const scaled = value * 257 * (SIZE - 1);
  const fixed = scaled + Math.floor((scaled + 0x7fff) / 0xffff);
  NODE[value] = fixed >> 16;
  REST[value] = fixed & 0xffff;
}

/** What leads to the next node along an axis; nothing from the last one. */
const BLUE_STEP = Uint16Array.from({ length: 256 }, (_, value) => (value === 255 ? 0 : 1));
const GREEN_STEP = BLUE_STEP.map((step) => step * SIZE);
const RED_STEP = GREEN_STEP.map((step) => step * SIZE);

const grids: Partial<Record<LabPlane, Int32Array>> = {};

function gridOf(plane: LabPlane): Int32Array {
  return (grids[plane] ??= sampleGrid(plane));
}

function sampleGrid(plane: LabPlane): Int32Array {
  const light = Float64Array.from({ length: SIZE }, (_, i) =>
    toLinear(Math.floor((i * 65535) / (SIZE - 1) + 0.5) / 65535),
  );
  const grid = new Int32Array(SIZE ** 3);
  for (let r = 0, i = 0; r < SIZE; r++) {
    for (let g = 0; g < SIZE; g++) {
      for (let b = 0; b < SIZE; b++, i++) {
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
