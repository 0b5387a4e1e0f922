import { seededRandom } from './seeded-random.mjs';

// Images with a thing in them whose exact mask is known: soft shadows, textures, thin parts, holes,
// antialiased edges, noise. Everything comes from the seed.

/**
 * Draws one scene. `share` is about how much of the image the thing covers.
 * Returns interleaved 8-bit RGB, and the thing's mask (255 where it covers half a pixel and more).
 */
export function drawScene(seed, { width = 960, height = 720, share = 0.12 } = {}) {
  const random = seededRandom(seed * 7919 + 17);
  const between = (low, high) => low + (high - low) * random();
  const image = new Float32Array(width * height * 3);
  const ground = randomPaint(random, randomColor(random));
  const slope = [between(-0.12, 0.12), between(-0.12, 0.12)];
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 3) {
      const light = 1 + slope[0] * (x / width - 0.5) * 2 + slope[1] * (y / height - 0.5) * 2;
      ground(x, y, image, i, light);
    }
  }
  const unit = Math.sqrt((share * width * height) / Math.PI);
  // Things that are not asked for, then the one that is: nothing covers it.
  const others = 2 + Math.floor(random() * 3);
  let mask;
  for (let k = 0; k <= others; k++) {
    const wanted = k === others;
    const size = wanted ? unit : unit * between(0.4, 1);
    const center = [between(0.3, 0.7) * width, between(0.3, 0.7) * height];
    const at = wanted ? center : [between(0, 1) * width, between(0, 1) * height];
    const distance = randomThing(random, at, size);
    const coverage = drawCoverage(distance, width, height, at, size * 4);
    castShadow(image, coverage, width, height, {
      dx: between(-0.2, 0.2) * size,
      dy: between(0.05, 0.25) * size,
      sigma: between(0.05, 0.2) * size,
      depth: between(0.15, 0.45),
    });
    fill(image, coverage, width, height, randomPaint(random, randomColor(random)), at, size, between(0.1, 0.4));
    mask = coverage;
  }
  const rgb = new Uint8Array(width * height * 3);
  const noise = between(1, 5);
  for (let i = 0; i < rgb.length; i++) {
    const grain = (random() + random() + random() - 1.5) * noise;
    rgb[i] = Math.min(Math.max(Math.round(image[i] * 255 + grain), 0), 255);
  }
  return { width, height, rgb, mask: Uint8Array.from(mask, (value) => (value >= 0.5 ? 255 : 0)) };
}

function randomColor(random) {
  const hue = random() * 6;
  const value = 0.25 + random() * 0.65;
  const saturation = random() * 0.8;
  return [5, 3, 1].map((n) => {
    const k = (n + hue) % 6;
    return value * (1 - saturation * Math.max(0, Math.min(k, 4 - k, 1)));
  });
}

/** A paint writes one pixel: a color with a texture of its own. */
function randomPaint(random, color) {
  const second = color.map((value) => Math.min(Math.max(value + (random() - 0.5) * 0.3, 0), 1));
  const strength = random() * 0.5;
  const kind = Math.floor(random() * 3);
  const noise = valueNoise(random);
  const scale = 4 + random() * 40;
  const angle = random() * Math.PI;
  const [cos, sin] = [Math.cos(angle) / scale, Math.sin(angle) / scale];
  return (x, y, out, i, light) => {
    const rough = noise(x / scale, y / scale) * 0.6 + noise(x / 3, y / 3) * 0.4;
    const t =
      kind === 0 ? rough : kind === 1 ? 0.5 + 0.5 * Math.sin((x * cos + y * sin) * 6.28 + rough * 2) : rough * rough;
    for (let c = 0; c < 3; c++) {
      out[i + c] = (color[c] + (second[c] - color[c]) * t) * light * (1 + strength * 0.3 * (rough - 0.5));
    }
  };
}

function valueNoise(random) {
  const lattice = Float32Array.from({ length: 4096 }, random);
  const smooth = (t) => t * t * (3 - 2 * t);
  return (x, y) => {
    const [x0, y0] = [Math.floor(x), Math.floor(y)];
    const at = (ix, iy) => lattice[(((ix & 63) << 6) | (iy & 63)) & 4095];
    const [u, v] = [smooth(x - x0), smooth(y - y0)];
    const top = at(x0, y0) + (at(x0 + 1, y0) - at(x0, y0)) * u;
    const bottom = at(x0, y0 + 1) + (at(x0 + 1, y0 + 1) - at(x0, y0 + 1)) * u;
    return top + (bottom - top) * v;
  };
}

/** A thing as a signed distance: negative inside. */
function randomThing(random, [cx, cy], size) {
  const waves = Array.from({ length: 4 }, (_, k) => ({ n: k + 2, a: (random() * 0.25) / (k + 1), p: random() * 6.28 }));
  const radius = size * 0.85;
  const stretch = 0.7 + random() * 0.6;
  const turn = random() * Math.PI;
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const box = random() < 0.3;
  const hole = random() < 0.3 ? 0.3 + random() * 0.25 : 0;
  const limbs = Array.from({ length: Math.floor(random() * 6) }, () => randomLimb(random, cx, cy, size));
  return (x, y) => {
    const dx = ((x - cx) * cos + (y - cy) * sin) / stretch;
    const dy = ((y - cy) * cos - (x - cx) * sin) * stretch;
    let d;
    if (box) {
      d = Math.max(Math.abs(dx), Math.abs(dy)) - radius * 0.85;
    } else {
      const angle = Math.atan2(dy, dx);
      let r = radius;
      for (const { n, a, p } of waves) r += radius * a * Math.sin(n * angle + p);
      d = Math.hypot(dx, dy) - r;
    }
    if (hole > 0) d = Math.max(d, radius * hole - Math.hypot(dx, dy));
    for (const limb of limbs) d = Math.min(d, limb(x, y));
    return d;
  };
}

/** A thin curved part that tapers from the middle of a thing outward. */
function randomLimb(random, cx, cy, size) {
  const points = [];
  let angle = random() * 6.28;
  let [x, y] = [cx, cy];
  const bend = (random() - 0.5) * 0.5;
  const step = size * (0.25 + random() * 0.12);
  for (let k = 0; k < 7; k++) {
    points.push([x, y]);
    x += Math.cos(angle) * step;
    y += Math.sin(angle) * step;
    angle += bend;
  }
  const thick = Math.max(size * (0.04 + random() * 0.08), 2.5);
  return (px, py) => {
    let best = Infinity;
    for (let k = 0; k + 1 < points.length; k++) {
      const [ax, ay] = points[k];
      const [bx, by] = points[k + 1];
      const length = (bx - ax) ** 2 + (by - ay) ** 2;
      const t = Math.min(Math.max(((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / length, 0), 1);
      const d = Math.hypot(px - ax - t * (bx - ax), py - ay - t * (by - ay)) - thick * (1 - (k + t) / 9);
      best = Math.min(best, d);
    }
    return best;
  };
}

function drawCoverage(distance, width, height, [cx, cy], reach) {
  const coverage = new Float32Array(width * height);
  const [left, right] = [Math.max(Math.floor(cx - reach), 0), Math.min(Math.ceil(cx + reach), width)];
  const [top, bottom] = [Math.max(Math.floor(cy - reach), 0), Math.min(Math.ceil(cy + reach), height)];
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      coverage[y * width + x] = Math.min(Math.max(0.5 - distance(x, y), 0), 1);
    }
  }
  return coverage;
}

function castShadow(image, coverage, width, height, { dx, dy, sigma, depth }) {
  const shadow = softBlur(coverage, width, height, sigma);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const sx = Math.round(x - dx);
      const sy = Math.round(y - dy);
      const dark = sx < 0 || sy < 0 || sx >= width || sy >= height ? 0 : shadow[sy * width + sx] * depth;
      for (let c = 0; c < 3; c++) image[i * 3 + c] *= 1 - dark;
    }
  }
}

function fill(image, coverage, width, height, paint, [cx, cy], size, relief) {
  const color = new Float32Array(3);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (coverage[i] > 0) {
        paint(x, y, color, 0, 1 - relief * Math.min(Math.max(((x - cx) * 0.5 + (y - cy)) / size / 1.5, -1), 1));
        for (let c = 0; c < 3; c++) image[i * 3 + c] += (color[c] - image[i * 3 + c]) * coverage[i];
      }
    }
  }
}

/** Three box blurs, near enough to a Gaussian for a shadow. */
function softBlur(plane, width, height, sigma) {
  const reach = Math.max(1, Math.round(Math.sqrt(sigma * sigma + 0.25) - 0.5));
  let out = plane;
  for (let pass = 0; pass < 3; pass++) {
    out = boxRows(boxRows(out, width, height, reach), height, width, reach);
  }
  return out;
}

/** Box blur along the rows; what comes out is turned, so that doing it twice blurs both ways. */
function boxRows(plane, width, height, reach) {
  const out = new Float32Array(plane.length);
  for (let y = 0; y < height; y++) {
    const at = (x) => plane[y * width + Math.min(Math.max(x, 0), width - 1)];
    let sum = 0;
    for (let x = -reach; x <= reach; x++) sum += at(x);
    for (let x = 0; x < width; x++) {
      out[x * height + y] = sum / (2 * reach + 1);
      sum += at(x + reach + 1) - at(x - reach);
    }
  }
  return out;
}

/** Gaussian blur of one plane, by its kernel. */
export function blur(plane, width, height, sigma) {
  const reach = Math.ceil(sigma * 3);
  const kernel = Float32Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-((i - reach) ** 2) / (2 * sigma * sigma)),
  );
  const sum = kernel.reduce((a, b) => a + b);
  const wide = new Float32Array(plane.length);
  const out = new Float32Array(plane.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let v = 0;
      for (let k = -reach; k <= reach; k++)
        v += plane[y * width + Math.min(Math.max(x + k, 0), width - 1)] * kernel[k + reach];
      wide[y * width + x] = v / sum;
    }
  }
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let v = 0;
      for (let k = -reach; k <= reach; k++)
        v += wide[Math.min(Math.max(y + k, 0), height - 1) * width + x] * kernel[k + reach];
      out[y * width + x] = v / sum;
    }
  }
  return out;
}

/**
 * What a coarse network would make of a true mask: shrunk to a square of 352 by area, blurred with sigma 4,
 * and averaged over blocks of 16. Probabilities, 352 x 352.
 */
export function coarsen(mask, width, height) {
  const side = 352;
  const small = new Float32Array(side * side);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const [x0, x1] = [(x * width) / side, ((x + 1) * width) / side];
      const [y0, y1] = [(y * height) / side, ((y + 1) * height) / side];
      let sum = 0;
      for (let sy = Math.floor(y0); sy < y1; sy++) {
        for (let sx = Math.floor(x0); sx < x1; sx++) {
          const area = (Math.min(sx + 1, x1) - Math.max(sx, x0)) * (Math.min(sy + 1, y1) - Math.max(sy, y0));
          sum += mask[sy * width + sx] * area;
        }
      }
      small[y * side + x] = sum / 255 / ((x1 - x0) * (y1 - y0));
    }
  }
  const soft = blur(small, side, side, 4);
  const out = new Float32Array(side * side);
  for (let by = 0; by < side; by += 16) {
    for (let bx = 0; bx < side; bx += 16) {
      let sum = 0;
      for (let y = by; y < by + 16; y++) for (let x = bx; x < bx + 16; x++) sum += soft[y * side + x];
      for (let y = by; y < by + 16; y++) out.fill(sum / 256, y * side + bx, y * side + bx + 16);
    }
  }
  return out;
}
