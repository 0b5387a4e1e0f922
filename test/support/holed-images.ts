import sharp from 'sharp';
import { createRaster, type Raster } from '../../src/raster/index.js';
import { seededRandom } from './random.js';

/** What is in a generated image, chosen to be hard to tell from damage in one way or another. */
export const SUBJECTS = ['photo', 'defocused', 'night', 'black', 'drawing', 'gradient', 'jpeg', 'product'] as const;

/** The ways in which programs lose color under transparency. */
export const DAMAGES = [
  'black',
  'white',
  'flat',
  'mean',
  'nearest',
  'row',
  'column',
  'blur',
  'premultiply',
  'faint',
] as const;

export type Subject = (typeof SUBJECTS)[number];
export type Damage = (typeof DAMAGES)[number];

/** An image with holes whose colors are all there. `faint` holes are not fully transparent. */
export async function holedImage(seed: number, subject: Subject, faint: boolean): Promise<Raster> {
  const random = seededRandom(seed);
  const width = 90 + Math.floor(random() * 50);
  const height = 90 + Math.floor(random() * 50);
  let colors = paint(random, subject, width, height);
  if (subject === 'jpeg') {
    const quality = 60 + Math.floor(random() * 36);
    const jpeg = await sharp(colors, { raw: { width, height, channels: 3 } })
      .jpeg({ quality })
      .toBuffer();
    colors = new Uint8Array(await sharp(jpeg).raw().toBuffer());
  }
  const alpha = drawHoles(random, width, height, faint);
  const data = new Uint8Array(width * height * 4);
  for (let i = 0; i < alpha.length; i++) {
    data.set(colors.subarray(i * 3, i * 3 + 3), i * 4);
    data[i * 4 + 3] = alpha[i]!;
  }
  return createRaster(width, height, 4, data);
}

/** The image as a program leaves it that loses hidden color in one of the known ways. */
export function damage(image: Raster, how: Damage, seed: number): Raster {
  const random = seededRandom(seed);
  const { width, height } = image;
  const data = Uint8Array.from(image.data);
  const hidden = (i: number): boolean => image.data[i * 4 + 3] === 0;
  const fill = (color: (i: number) => readonly number[]): void => {
    for (let i = 0; i < width * height; i++) {
      if (hidden(i)) data.set(color(i), i * 4);
    }
  };
  const chosen = [random() * 256, random() * 256, random() * 256];
  if (how === 'black') fill(() => [0, 0, 0]);
  else if (how === 'white') fill(() => [255, 255, 255]);
  else if (how === 'flat') fill(() => chosen);
  else if (how === 'mean') fill(constant(meanVisible(image)));
  else if (how === 'nearest') fill(random() < 0.5 ? nearestBySteps(image) : nearestByDistance(image));
  else if (how === 'row') fill(alongLine(data, 1, (i) => i % width === 0));
  else if (how === 'column') fill(alongLine(data, width, (i) => i < width));
  else if (how === 'blur') blurInto(data, image);
  else premultiplyAndBack(data, random() < 0.5 ? Math.round : Math.floor);
  return createRaster(width, height, 4, data);
}

/** Mean difference of the colors in transparent and nearly transparent pixels. */
export function hiddenDifference(a: Raster, b: Raster): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < a.data.length; i += 4) {
    if (a.data[i + 3]! > 40) continue;
    count++;
    for (let c = 0; c < 3; c++) sum += Math.abs(a.data[i + c]! - b.data[i + c]!) / 3;
  }
  return count === 0 ? 0 : sum / count;
}

type Random = () => number;

function paint(random: Random, subject: Subject, width: number, height: number): Uint8Array {
  const out = new Uint8Array(width * height * 3);
  const clouds = [0, 1, 2].map(() => makeClouds(random, width, height, subject === 'defocused' ? 2 : 5));
  const base = [random() * 200, random() * 200, random() * 200];
  const angle = random() * Math.PI * 2;
  const noise =
    { photo: 1 + random() * 3, defocused: 0.6 + random(), night: 0.7 + random() * 1.5, jpeg: 1 + random() * 2 }[
      subject as string
    ] ?? 0;
  const shapes = Array.from({ length: 14 }, () => ({
    x: random() * width,
    y: random() * height,
    radius: 6 + random() * 40,
    square: random() < 0.5,
    color: [random() * 255, random() * 255, random() * 255].map(Math.floor),
  }));
  for (let y = 0, k = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const inside = shapes.findLast((shape) =>
        shape.square
          ? Math.abs(x - shape.x) < shape.radius && Math.abs(y - shape.y) < shape.radius * 0.7
          : Math.hypot(x - shape.x, y - shape.y) < shape.radius,
      );
      const along = (Math.cos(angle) * x + Math.sin(angle) * y) / Math.hypot(width, height);
      for (let c = 0; c < 3; c++, k++) {
        const cloud = clouds[c]![y * width + x]!;
        let value: number;
        if (subject === 'night') value = 1 + cloud * 8;
        else if (subject === 'black') value = x + y > (width + height) * 0.7 ? base[c]! + cloud * 60 : 0;
        else if (subject === 'drawing') value = (inside?.color ?? base.map(Math.floor))[c]!;
        else if (subject === 'gradient') value = base[c]! + along * (40 + 80 * c);
        else if (subject === 'product') value = inside === undefined ? 255 : inside.color[c]! * 0.8 + cloud * 50;
        else value = base[c]! + cloud * 90 + (inside === undefined ? 0 : (inside.color[c]! - 128) * 0.6) + along * 40;
        const grain = subject === 'product' && inside !== undefined ? 0.6 : noise;
        out[k] = Math.min(Math.max(Math.round(value + gaussian(random) * grain), 0), 255);
      }
    }
  }
  return out;
}

/** Value noise of several octaves, about -1 to 1; fewer octaves are softer. */
function makeClouds(random: Random, width: number, height: number, octaves: number): Float32Array {
  const out = new Float32Array(width * height);
  for (let octave = 0; octave < octaves; octave++) {
    const cell = 64 / 2 ** octave;
    const columns = Math.ceil(width / cell) + 2;
    const grid = Float32Array.from({ length: columns * (Math.ceil(height / cell) + 2) }, () => random() * 2 - 1);
    const amplitude = 0.6 / 1.7 ** octave;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const column = Math.floor(x / cell);
        const row = Math.floor(y / cell);
        const u = ease(x / cell - column);
        const v = ease(y / cell - row);
        const at = row * columns + column;
        const top = grid[at]! * (1 - u) + grid[at + 1]! * u;
        const bottom = grid[at + columns]! * (1 - u) + grid[at + columns + 1]! * u;
        out[y * width + x] = out[y * width + x]! + amplitude * (top * (1 - v) + bottom * v);
      }
    }
  }
  return out;
}

function drawHoles(random: Random, width: number, height: number, faint: boolean): Uint8Array {
  const alpha = new Uint8Array(width * height).fill(255);
  const floor = faint ? 2 + random() * 24 : 0;
  const feather = random() < 0.5 ? 0 : 2 + random() * 10;
  const holes = 1 + Math.floor(random() * 3);
  for (let hole = 0; hole < holes; hole++) {
    const x = width * (0.2 + 0.6 * random());
    const y = height * (0.2 + 0.6 * random());
    const rx = 9 + random() * 30;
    const ry = 9 + random() * 30;
    const square = random() < 0.3;
    for (let i = 0; i < alpha.length; i++) {
      const dx = Math.abs((i % width) - x) / rx;
      const dy = Math.abs(Math.floor(i / width) - y) / ry;
      const outside = ((square ? Math.max(dx, dy) : Math.hypot(dx, dy)) - 1) * Math.min(rx, ry);
      const kept = feather === 0 ? (outside > 0 ? 1 : 0) : Math.min(Math.max(outside / feather, 0), 1);
      alpha[i] = Math.min(alpha[i]!, Math.round(floor + (255 - floor) * kept));
    }
  }
  return alpha;
}

function constant(color: readonly number[]): () => readonly number[] {
  return () => color;
}

function meanVisible({ data }: Raster): number[] {
  const sums = [0, 0, 0];
  let count = 0;
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] !== 255) continue;
    count++;
    for (let c = 0; c < 3; c++) sums[c]! += data[i + c]!;
  }
  return sums.map((sum) => Math.round(sum / count));
}

function nearestBySteps({ data, width, height }: Raster): (i: number) => readonly number[] {
  const source = new Int32Array(width * height).fill(-1);
  const queue: number[] = [];
  for (let i = 0; i < source.length; i++) {
    if (data[i * 4 + 3]! > 0) {
      source[i] = i;
      queue.push(i);
    }
  }
  for (let head = 0; head < queue.length; head++) {
    const i = queue[head]!;
    const x = i % width;
    for (const next of [x > 0 ? i - 1 : -1, x < width - 1 ? i + 1 : -1, i - width, i + width]) {
      if (next >= 0 && next < source.length && source[next] === -1) {
        source[next] = source[i]!;
        queue.push(next);
      }
    }
  }
  return (i) => [...data.subarray(source[i]! * 4, source[i]! * 4 + 3)];
}

function nearestByDistance({ data, width, height }: Raster): (i: number) => readonly number[] {
  const edge: number[] = [];
  for (let i = 0; i < width * height; i++) {
    const x = i % width;
    const neighbors = [x > 0 ? i - 1 : i, x < width - 1 ? i + 1 : i, i - width, i + width];
    if (data[i * 4 + 3]! > 0 && neighbors.some((j) => data[j * 4 + 3] === 0)) edge.push(i);
  }
  return (i) => {
    const x = i % width;
    const y = Math.floor(i / width);
    let nearest = 0;
    let least = Infinity;
    for (const j of edge) {
      const u = x - (j % width);
      const v = y - Math.floor(j / width);
      if (u * u + v * v < least) {
        least = u * u + v * v;
        nearest = j;
      }
    }
    return [...data.subarray(nearest * 4, nearest * 4 + 3)];
  };
}

/** Every hidden pixel takes the color of the one before it, as optimizers do for the sake of compression. */
function alongLine(data: Uint8Array, step: number, first: (i: number) => boolean): (i: number) => readonly number[] {
  return (i) => (first(i) ? [0, 0, 0] : [...data.subarray((i - step) * 4, (i - step) * 4 + 3)]);
}

/** Color spread inward by repeated blurring, as smooth fills and texture tools do. */
function blurInto(data: Uint8Array, { data: source, width, height }: Raster): void {
  const color = Float32Array.from(source);
  const mean = meanVisible({ data: source } as Raster);
  const hidden: number[] = [];
  for (let i = 0; i < width * height; i++) {
    if (source[i * 4 + 3] === 0) {
      hidden.push(i);
      color.set(mean, i * 4);
    }
  }
  const neighbors = hidden.map((i) => {
    const x = i % width;
    const [up, down] = [i - width, i + width];
    return [x > 0 ? i - 1 : i, x < width - 1 ? i + 1 : i, up >= 0 ? up : i, down < width * height ? down : i] as const;
  });
  for (let round = 0; round < 300; round++) {
    for (const [k, i] of hidden.entries()) {
      const [left, right, up, down] = neighbors[k]!;
      for (let c = 0; c < 3; c++) {
        color[i * 4 + c] =
          (color[left * 4 + c]! + color[right * 4 + c]! + color[up * 4 + c]! + color[down * 4 + c]!) / 4;
      }
    }
  }
  for (const i of hidden) {
    for (let c = 0; c < 3; c++) data[i * 4 + c] = Math.round(color[i * 4 + c]!);
  }
}

/** Into premultiplied 8-bit samples and out again: a browser's canvas, and most image libraries. */
function premultiplyAndBack(data: Uint8Array, round: (value: number) => number): void {
  for (let i = 0; i < data.length; i += 4) {
    const alpha = data[i + 3]!;
    for (let c = 0; c < 3; c++) {
      const premultiplied = round((data[i + c]! * alpha) / 255);
      data[i + c] = alpha === 0 ? 0 : Math.min(round((premultiplied * 255) / alpha), 255);
    }
  }
}

function ease(t: number): number {
  return t * t * (3 - 2 * t);
}

function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
