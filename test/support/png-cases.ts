import type { PngPixels } from '../../src/io/image/png/png-pixels.js';
import type { Effort } from '../../src/io/image/png/choose-compression.js';
import { seededRandom } from './random.js';

/** An image of a layout, size and kind of content, and how it is to be encoded. */
export interface PngCase {
  readonly name: string;
  readonly image: PngPixels;
  readonly effort: Effort;
}

const CONTENTS = ['zeros', 'noise', 'gradient', 'grain', 'binary', 'drawing'] as const;
const EFFORTS = ['normal', 'fast', 'small'] as const;

/**
 * Every layout, content and effort in turn, the sizes at random: a few pixels mostly, single rows and columns, and now and then several
 * strips of rows, which threads encode.
 */
export function pngCase(n: number): PngCase {
  const random = seededRandom(n + 1);
  const channels = ([1, 2, 3, 4] as const)[n % 4]!;
  const wide = n % 8 >= 4;
  const content = CONTENTS[Math.floor(n / 8) % CONTENTS.length]!;
  const effort = EFFORTS[n % EFFORTS.length]!;
  const { width, height } = drawSize(n, random);
  const max = wide ? 65_535 : 255;
  const sample = drawContent(content, max, random);
  const count = width * height * channels;
  const data = wide ? new Uint16Array(count) : new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const pixel = Math.floor(i / channels);
    data[i] = sample(pixel % width, Math.floor(pixel / width), i % channels);
  }
  const name = `${n}: ${width} x ${height}, ${channels} x ${wide ? 16 : 8} bit, ${content}, ${effort}`;
  return { name, image: { width, height, channels, data }, effort };
}

function drawSize(n: number, random: () => number): { width: number; height: number } {
  const small = (): number => 1 + Math.floor(random() * 70);
  const long = (): number => 1 + Math.floor(random() * 3000);
  if (n % 100 === 99) {
    // Above 2 MiB: strips of an odd number of rows in several threads.
    return { width: 701 + Math.floor(random() * 600), height: 1501 + Math.floor(random() * 500) };
  }
  switch (Math.floor(random() * 5)) {
    case 0:
      return { width: 1, height: long() };
    case 1:
      return { width: long(), height: 1 };
    case 2:
      return { width: 1 + Math.floor(random() * 3), height: 1 + Math.floor(random() * 3) };
    default:
      return { width: small(), height: small() };
  }
}

function drawContent(
  content: (typeof CONTENTS)[number],
  max: number,
  random: () => number,
): (x: number, y: number, channel: number) => number {
  switch (content) {
    case 'zeros':
      return () => 0;
    case 'noise':
      return () => Math.floor(random() * (max + 1));
    case 'gradient':
      return (x, y, channel) => Math.floor((x * 3 + y * 2 + channel * 11) * (max / 255)) % (max + 1);
    case 'grain':
      return (x, y) => Math.floor((0.3 + 0.2 * Math.sin(x / 9) + 0.2 * Math.cos(y / 7) + 0.1 * random()) * max);
    case 'binary':
      return (x, y) => ((x - 20) ** 2 + (y - 15) ** 2 < 200 ? max : 0);
    case 'drawing':
      return (x, y, channel) => ((Math.floor(x / 8) + Math.floor(y / 8) + channel) % 3) * Math.floor(max / 2);
  }
}
