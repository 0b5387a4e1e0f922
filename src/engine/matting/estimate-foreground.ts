import {
  assertSameSize,
  type Bounds,
  createRaster,
  type Mask,
  type Raster,
  sampleMaximum,
} from '../../raster/index.js';

/** The colors of a thing and of what lies behind it, where an image mixes them. */
export interface ForegroundEstimate {
  readonly foreground: Raster;
  readonly background: Raster;
}

/** Weight of smoothness, where alpha does not change and where it does. */
const SMOOTHNESS = 1e-5;
const GRADIENT_WEIGHT = 1;
/** Levels up to this many pixels on a side are iterated more. */
const SMALL_SIDE = 32;
const SMALL_ROUNDS = 10;
const LARGE_ROUNDS = 2;

interface Level {
  readonly width: number;
  readonly height: number;
  /** Foreground and background, three values in [0, 1] a pixel each. */
  readonly foreground: Float32Array;
  readonly background: Float32Array;
}

/**
 * Separates `image = alpha * foreground + (1 - alpha) * background` into both colors, so that a cut-out shows no halo
 * of its old background: from a level of one pixel to the image's size each level begins with the colors of the one
 * before, and every pixel is solved for with its four neighbors (Germer, Uelwer, Conrad and Harmeling, "Fast
 * multi-level foreground estimation", 2020). What is left over is then given to both colors, so that they recompose
 * the image within one step of 8 bits.
 *
 * @param image 8 or 16 bit; its alpha is ignored
 * @param alpha 0 = background, 255 = foreground
 * @returns two images of three channels; both are the image where alpha is 0 or 255
 * @throws `SIZE_MISMATCH` where sizes differ
 * @example
 * import { estimateForeground, makeTrimap, type Mask, matte, type Raster } from 'maskwright/engine';
 *
 * const cutOut = (image: Raster, mask: Mask): Raster =>
 *   estimateForeground(image, matte(image, makeTrimap(mask))).foreground;
 */
export function estimateForeground(image: Raster, alpha: Mask): ForegroundEstimate {
  assertSameSize('the image', image, 'the alpha', alpha);
  const foreground = colorsOf(image);
  const background = createRaster(image.width, image.height, 3, foreground.data.slice());
  const window = softWindow(alpha);
  if (window === undefined) return { foreground, background };
  const levels = Math.ceil(Math.log2(Math.max(window.width, window.height, 2)));
  let level = firstLevel(image, alpha);
  for (let k = 0; k <= levels; k++) {
    const width = Math.max(1, Math.round(window.width ** (k / levels)));
    const height = Math.max(1, Math.round(window.height ** (k / levels)));
    level = refineLevel(enlarge(level, width, height), image, alpha, window);
  }
  recompose(level, image, alpha, window, { foreground, background });
  return { foreground, background };
}

/** Alpha, 0..255, from which on a pixel shows the foreground alone, or the background at as much below 255. */
const NEARLY_OPAQUE = 230;

/** One pixel: the mean colors of pixels that are nearly all foreground or background. */
function firstLevel(image: Raster, alpha: Mask): Level {
  const sums = [new Float64Array(3), new Float64Array(3)] as const;
  const counts = [0, 0];
  for (let i = 0, p = 0; i < alpha.data.length; i++, p += image.channels) {
    const side = alpha.data[i]! >= NEARLY_OPAQUE ? 0 : alpha.data[i]! <= 255 - NEARLY_OPAQUE ? 1 : undefined;
    if (side === undefined) continue;
    counts[side]!++;
    for (let c = 0; c < 3; c++) sums[side][c]! += image.data[p + c]!;
  }
  const mean = (side: 0 | 1): Float32Array =>
    Float32Array.from(sums[side], (sum) => sum / (sampleMaximum(image) * Math.max(counts[side]!, 1)));
  return { width: 1, height: 1, foreground: mean(0), background: mean(1) };
}

function enlarge({ width, height, foreground, background }: Level, toWidth: number, toHeight: number): Level {
  const out = {
    width: toWidth,
    height: toHeight,
    foreground: new Float32Array(toWidth * toHeight * 3),
    background: new Float32Array(toWidth * toHeight * 3),
  };
  for (let y = 0, to = 0; y < toHeight; y++) {
    const row = Math.floor((y * height) / toHeight) * width;
    for (let x = 0; x < toWidth; x++) {
      let from = (row + Math.floor((x * width) / toWidth)) * 3;
      for (let c = 0; c < 3; c++, from++, to++) {
        out.foreground[to] = foreground[from]!;
        out.background[to] = background[from]!;
      }
    }
  }
  return out;
}

/** Gauss-Seidel rounds over a level; certain pixels among their like keep the image's color. */
function refineLevel(level: Level, image: Raster, alpha: Mask, window: Bounds): Level {
  const { width, height, foreground, background } = level;
  const maximum = sampleMaximum(image);
  const colors = new Float32Array(width * height * 3);
  const opacity = new Float32Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    const row = (window.y + Math.floor((y * window.height) / height)) * image.width + window.x;
    for (let x = 0; x < width; x++, i++) {
      const from = row + Math.floor((x * window.width) / width);
      opacity[i] = alpha.data[from]! / 255;
      for (let c = 0; c < 3; c++) {
        colors[i * 3 + c] = image.data[from * image.channels + c]! / maximum;
      }
    }
  }
  const rounds = width <= SMALL_SIDE && height <= SMALL_SIDE ? SMALL_ROUNDS : LARGE_ROUNDS;
  for (let round = 0; round < rounds; round++) {
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        solvePixel(
          i,
          x > 0 ? i - 1 : i,
          x + 1 < width ? i + 1 : i,
          y > 0 ? i - width : i,
          y + 1 < height ? i + width : i,
        );
      }
    }
  }
  return level;

  function solvePixel(i: number, left: number, right: number, up: number, down: number): void {
    const a = opacity[i]!;
    const b = 1 - a;
    if (
      (a === 0 || a === 1) &&
      opacity[left] === a &&
      opacity[right] === a &&
      opacity[up] === a &&
      opacity[down] === a
    ) {
      const certain = a === 1 ? foreground : background;
      certain[i * 3] = colors[i * 3]!;
      certain[i * 3 + 1] = colors[i * 3 + 1]!;
      certain[i * 3 + 2] = colors[i * 3 + 2]!;
      return;
    }
    const [wl, wr, wu, wd] = [weight(a, left), weight(a, right), weight(a, up), weight(a, down)];
    const ties = wl + wr + wu + wd;
    const aa = a * a + ties;
    const ab = a * b;
    const bb = b * b + ties;
    const scale = 1 / (aa * bb - ab * ab);
    for (let c = 0; c < 3; c++) {
      const color = colors[i * 3 + c]!;
      const f =
        a * color +
        wl * foreground[left * 3 + c]! +
        wr * foreground[right * 3 + c]! +
        wu * foreground[up * 3 + c]! +
        wd * foreground[down * 3 + c]!;
      const g =
        b * color +
        wl * background[left * 3 + c]! +
        wr * background[right * 3 + c]! +
        wu * background[up * 3 + c]! +
        wd * background[down * 3 + c]!;
      foreground[i * 3 + c] = Math.min(Math.max((bb * f - ab * g) * scale, 0), 1);
      background[i * 3 + c] = Math.min(Math.max((aa * g - ab * f) * scale, 0), 1);
    }
  }

  function weight(own: number, neighbor: number): number {
    return SMOOTHNESS + GRADIENT_WEIGHT * Math.abs(own - opacity[neighbor]!);
  }
}

/** Writes both colors of the pixels of a window, moved so that they recompose the image. */
function recompose(
  level: Level,
  image: Raster,
  alpha: Mask,
  window: Bounds,
  { foreground, background }: ForegroundEstimate,
): void {
  const maximum = sampleMaximum(image);
  for (let y = 0, from = 0; y < window.height; y++) {
    let i = (window.y + y) * image.width + window.x;
    for (let x = 0; x < window.width; x++, i++) {
      const a = alpha.data[i]! / 255;
      const b = 1 - a;
      for (let c = 0; c < 3; c++, from++) {
        if (a === 0 || a === 1) continue;
        const color = image.data[i * image.channels + c]! / maximum;
        const rest = (color - a * level.foreground[from]! - b * level.background[from]!) / (a * a + b * b);
        let f = level.foreground[from]! + a * rest;
        let g = level.background[from]! + b * rest;
        // The color that counts less stays where the other one can make up for it within 0 and 1.
        if (a >= 0.5) {
          g = Math.min(Math.max(g, (color - a) / b, 0), color / b, 1);
          f = (color - b * g) / a;
        } else {
          f = Math.min(Math.max(f, (color - b) / a, 0), color / a, 1);
          g = (color - a * f) / b;
        }
        foreground.data[i * 3 + c] = Math.min(Math.max(f, 0), 1) * maximum + 0.5;
        background.data[i * 3 + c] = Math.min(Math.max(g, 0), 1) * maximum + 0.5;
      }
    }
  }
}

/** The bounds of all pixels that are neither 0 nor 255, with a margin; undefined where there are none. */
function softWindow({ width, height, data }: Mask): Bounds | undefined {
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (data[i] === 0 || data[i] === 255) continue;
      left = Math.min(left, x);
      right = Math.max(right, x + 1);
      top = Math.min(top, y);
      bottom = y + 1;
    }
  }
  if (right === 0) return undefined;
  const margin = Math.ceil(Math.max(right - left, bottom - top) / 20) + 1;
  const x = Math.max(left - margin, 0);
  const y = Math.max(top - margin, 0);
  return { x, y, width: Math.min(right + margin, width) - x, height: Math.min(bottom + margin, height) - y };
}

/** The colors of an image without its alpha. */
function colorsOf({ width, height, channels, data }: Raster): Raster {
  if (channels === 3) return createRaster(width, height, 3, data.slice());
  const count = width * height * 3;
  const out = data instanceof Uint8Array ? new Uint8Array(count) : new Uint16Array(count);
  for (let k = 0, p = 0; k < count; k += 3, p += 4) {
    out[k] = data[p]!;
    out[k + 1] = data[p + 1]!;
    out[k + 2] = data[p + 2]!;
  }
  return createRaster(width, height, 3, out);
}
