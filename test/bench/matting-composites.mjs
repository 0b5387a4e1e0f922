// Composites whose alpha and foreground are known: hair-like strands, fur, smoke and defocus, five of each.
import { createMask, createRaster } from '../../dist/raster/index.js';

const WIDTH = 300;
const HEIGHT = 220;
const EACH = 5;

const KINDS = { strands: drawStrands, fur: drawFur, smoke: drawSmoke, defocus: drawDefocus };

/** 20 composites: `name`, `kind`, `image`, true `alpha` (0..1) and `foreground` (0..255, interleaved). */
export function drawComposites() {
  return Object.entries(KINDS).flatMap(([kind, draw]) =>
    Array.from({ length: EACH }, (_, number) => {
      const random = seeded(kind.length * 1000 + number);
      const alpha = draw(random).map((value) => Math.min(Math.max(value, 0), 1));
      const foreground = drawColors(random);
      const background = drawColors(random);
      const image = createRaster(WIDTH, HEIGHT, 3);
      for (let k = 0; k < image.data.length; k++) {
        const a = alpha[Math.floor(k / 3)];
        image.data[k] = Math.round(a * foreground[k] + (1 - a) * background[k]);
      }
      const mask = createMask(WIDTH, HEIGHT, Uint8Array.from(alpha, toByte));
      return { name: `${kind}-${number}`, kind, image, alpha, foreground, mask };
    }),
  );
}

/** Soft alpha stays soft: only exactly 0 and 1 become 0 and 255. */
function toByte(value) {
  return value === 0 ? 0 : value === 1 ? 255 : Math.min(Math.max(Math.round(value * 255), 1), 254);
}

/** A color that changes slowly, with texture of about four pixels and grain. */
function drawColors(random) {
  const base = [0, 1, 2].map(() => 40 + random() * 175);
  const slope = [0, 1, 2].map(() => (random() - 0.5) * 60);
  const texture = valueNoise(random, 5);
  const amount = 10 + random() * 25;
  return Float64Array.from({ length: WIDTH * HEIGHT * 3 }, (_, k) => {
    const i = Math.floor(k / 3);
    const across = (i % WIDTH) / WIDTH - 0.5;
    const value = base[k % 3] + slope[k % 3] * across + amount * (texture[i] - 0.5) + (random() - 0.5) * 4;
    return Math.min(Math.max(Math.round(value), 0), 255);
  });
}

/** A solid head from which 60 curved lines of 0.6 to 2 pixels leave. */
function drawStrands(random) {
  const alpha = drawDisc(WIDTH / 2, HEIGHT * 0.62, 52);
  for (let strand = 0; strand < 60; strand++) {
    const angle = -Math.PI * random();
    drawCurve(alpha, random, WIDTH / 2, HEIGHT * 0.62, angle, 44, 55 + random() * 60, 0.6 + random() * 1.4);
  }
  return alpha;
}

/** A disc that 700 short hairs surround. */
function drawFur(random) {
  const alpha = drawDisc(WIDTH / 2, HEIGHT / 2, 58);
  for (let hair = 0; hair < 700; hair++) {
    const angle = 2 * Math.PI * random();
    drawCurve(alpha, random, WIDTH / 2, HEIGHT / 2, angle, 52, 12 + random() * 14, 0.7 + random() * 0.8);
  }
  return alpha;
}

/** Octaves of noise within a soft disc, opaque in its middle. */
function drawSmoke(random) {
  const octaves = [40, 20, 10].map((size) => valueNoise(random, size));
  return Float64Array.from({ length: WIDTH * HEIGHT }, (_, i) => {
    const distance = Math.hypot((i % WIDTH) - WIDTH / 2, Math.floor(i / WIDTH) - HEIGHT / 2) / 85;
    const noise = octaves[0][i] * 0.55 + octaves[1][i] * 0.3 + octaves[2][i] * 0.15;
    return 1.7 * (1 - distance) + 0.9 * (noise - 0.5);
  });
}

/** A star that a lens with a disc of 5 to 11 pixels blurs. */
function drawDefocus(random) {
  const turn = random() * Math.PI;
  const radius = 5 + Math.round(random() * 6);
  const sharp = Float64Array.from({ length: WIDTH * HEIGHT }, (_, i) => {
    const [x, y] = [(i % WIDTH) - WIDTH / 2, Math.floor(i / WIDTH) - HEIGHT / 2];
    return Math.hypot(x, y) < 58 + 16 * Math.cos(5 * Math.atan2(y, x) + turn) ? 1 : 0;
  });
  const out = new Float64Array(sharp.length);
  const disc = [];
  for (let dy = -radius; dy <= radius; dy++) {
    for (let dx = -radius; dx <= radius; dx++) {
      if (Math.hypot(dx, dy) <= radius) disc.push(dy * WIDTH + dx);
    }
  }
  for (let y = radius; y < HEIGHT - radius; y++) {
    for (let x = radius; x < WIDTH - radius; x++) {
      const sum = disc.reduce((total, offset) => total + sharp[y * WIDTH + x + offset], 0);
      out[y * WIDTH + x] = sum / disc.length;
    }
  }
  return out;
}

function drawDisc(cx, cy, radius) {
  return Float64Array.from({ length: WIDTH * HEIGHT }, (_, i) =>
    Math.min(Math.max(radius + 0.5 - Math.hypot((i % WIDTH) - cx, Math.floor(i / WIDTH) - cy), 0), 1),
  );
}

/** A line that bends, thinner towards its end; coverage falls within a pixel of its edge. */
function drawCurve(alpha, random, cx, cy, begin, from, length, width) {
  const bend = (random() - 0.5) * 0.03;
  let angle = begin;
  let [x, y] = [cx + Math.cos(angle) * from, cy + Math.sin(angle) * from];
  for (let s = 0; s < length; s += 0.5) {
    const half = (width / 2) * (1 - (0.7 * s) / length);
    for (let row = Math.floor(y) - 2; row <= y + 3; row++) {
      for (let column = Math.floor(x) - 2; column <= x + 3; column++) {
        if (row < 0 || row >= HEIGHT || column < 0 || column >= WIDTH) continue;
        const cover = Math.min(Math.max(half + 0.5 - Math.hypot(column - x, row - y), 0), Math.min(2 * half, 1));
        alpha[row * WIDTH + column] = Math.max(alpha[row * WIDTH + column], cover);
      }
    }
    x += Math.cos(angle) * 0.5;
    y += Math.sin(angle) * 0.5;
    angle += bend * 0.5;
  }
}

/** Random values on a grid of `size` pixels, interpolated smoothly; 0..1. */
function valueNoise(random, size) {
  const columns = Math.ceil(WIDTH / size) + 2;
  const grid = Float64Array.from({ length: columns * (Math.ceil(HEIGHT / size) + 2) }, () => random());
  const smooth = (t) => t * t * (3 - 2 * t);
  return Float64Array.from({ length: WIDTH * HEIGHT }, (_, i) => {
    const [px, py] = [(i % WIDTH) / size, Math.floor(i / WIDTH) / size];
    const at = Math.floor(py) * columns + Math.floor(px);
    const [tx, ty] = [smooth(px % 1), smooth(py % 1)];
    const upper = grid[at] * (1 - tx) + grid[at + 1] * tx;
    const lower = grid[at + columns] * (1 - tx) + grid[at + columns + 1] * tx;
    return upper * (1 - ty) + lower * ty;
  });
}

function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
