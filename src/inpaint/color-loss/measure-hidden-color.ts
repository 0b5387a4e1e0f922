import { visitNearestRows } from '../../engine/distance/feature-transform.js';
import type { Hole } from './find-holes.js';
import { followWay, FREE_BIT, isNearer, OPAQUE, type Spread } from './spread-inward.js';
import { type BlockSteps, isPredictedPixel, measureBlocks } from './webp-traces.js';

/** Noise and detail among some pixels. */
interface Texture {
  readonly pixels: number;
  /** Share of neighboring pairs of exactly equal color. */
  readonly equalPairs: number;
  /** Share of the pixels that equal at least one of their eight neighbors, those of the hole's main color left out. */
  readonly repeated: number;
  /** Mean distance of a sample from the mean of its four neighbors, where there is any. */
  readonly roughness: number;
}

/** What can be seen of one hole and of the opaque pixels around it. Shares leave out pixels of the main color. */
export interface HiddenColorFeatures {
  readonly inside: Texture;
  readonly ring: Texture;
  /** Share of the hole's pixels that have its main color: the one of more than half of them, if there is any. */
  readonly constant: number;
  readonly isBlack: boolean;
  /** Share of the nearest pixels outside that have the main color too, within 3 levels: all round, and on the side with fewest. */
  readonly constantAround: number;
  readonly constantOnWorstSide: number;
  /** The direction in which most pixels equal the one before: that share, and how many of the runs end in a visible pixel of the same color. */
  readonly run: { readonly share: number; readonly continued: number };
  /** Share of the pixels that equal a neighbor nearer to the edge. Looked at only where the rest does not tell. */
  readonly traced: () => number;
  /** Share of the pixels that equal the nearest visible pixel, or one that is as good as nearest. */
  readonly nearest: () => number;
  /**
   * Share of the pixels at the rim (1 step from a visible one) that have the main color; and of all pixels, those
   * on the right side of the one depth that parts main color from other colors best.
   */
  readonly depth: () => { readonly rim: number; readonly parted: number };
  /** Share of the pixels that equal a predictor of lossless WebP, in the hole and around it. */
  readonly predicted: () => { readonly inside: number; readonly ring: number };
  /** Steps between neighboring 8 x 8 blocks that are wholly in the hole. */
  readonly blocks: () => BlockSteps;
}

/** An image with holes. */
export interface HoledImage {
  /** 8-bit RGBA. */
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** `OPAQUE` for visible pixels, of which some are marked while their surroundings are measured. */
  readonly plane: Uint8Array;
  /** In the same plane: from alpha 1 inward. */
  readonly spread: () => Spread;
}

/** Layers of opaque pixels around a hole that are measured. */
const RING_LAYERS = 8;
/** A soft edge is not wider than this. Where a whole image is soft, each hole would be walked around through all of it. */
const MAX_WALKED = 256;
/** Color is exact enough to compare above this alpha, even after premultiplied samples. */
const FAINT_ALPHA = 40;
const OPAQUE_ALPHA = 250;

/** Measures one hole after the other: what is said of one can be asked for until the next one is measured. */
export function openHoledImage(image: HoledImage): (hole: Hole) => HiddenColorFeatures {
  const surroundings = { ring: createList(), nearRing: createList(), walked: createList() };
  return (hole) => measureHole(image, hole, surroundings);
}

function measureHole(image: HoledImage, hole: Hole, surroundings: Surroundings): HiddenColorFeatures {
  const { data, width, height, plane } = image;
  const around = collectRing(data, width, height, hole, plane, surroundings);
  const ring = sampleList(around.ring);
  const pixels = sampleHole(hole);
  const main = mainColor(data, pixels);
  const constant = share(pixels, (i) => sameColor(data, i, main));
  const varied = constant > 0.5 ? pixels.filter((i) => !sameColor(data, i, main)) : pixels;
  const sides = [-1, 1, -width, width].map((offset) => sideOfMainColor(data, width, height, pixels, main, offset));
  const ringTexture = measureTexture(
    data,
    width,
    height,
    ring,
    constant > 0.5 ? ring.filter((i) => !sameColor(data, i, main)) : ring,
    (i) => plane[i] === WALKED && data[i * 4 + 3]! >= OPAQUE_ALPHA,
  );
  for (const i of around.walked) {
    plane[i] = OPAQUE;
  }
  return {
    inside: measureTexture(data, width, height, pixels, varied, (i) => data[i * 4 + 3] === 0),
    ring: ringTexture,
    constant,
    isBlack: data.subarray(main * 4, main * 4 + 3).every((sample) => sample === 0),
    constantAround: share(around.nearRing, (i) => nearColor(data, i, main)),
    constantOnWorstSide: Math.min(...sides),
    run: longestRun(data, width, height, pixels),
    traced: () => {
      const spread = image.spread();
      return share(pixels, (i) => isTraced(data, width, height, spread, i));
    },
    depth: () => measureDepth(data, pixels, main, image.spread()),
    predicted: () => ({
      inside: share(pixels, (i) => isPredictedPixel(data, width, i)),
      ring: share(ring, (i) => isPredictedPixel(data, width, i)),
    }),
    blocks: () => measureBlocks(data, width, height, hole),
    nearest: () => Math.max(shareByWays(image, pixels), shareByDistance(image, pixels)),
  };
}

/** More pixels than this add nothing to a share. */
const ENOUGH = 50_000;

/** Every so many pixels of a hole, in the order of rows. */
function sampleHole({ area, begins, ends }: Hole): Int32Array {
  const stride = Math.ceil(area / ENOUGH);
  const pixels = new Int32Array(Math.ceil(area / stride));
  let count = 0;
  let skip = 0;
  for (let run = 0; run < begins.length; run++) {
    let i = begins[run]! + skip;
    for (; i < ends[run]!; i += stride) {
      pixels[count++] = i;
    }
    skip = i - ends[run]!;
  }
  return pixels;
}

function sampleList(pixels: Int32Array): Int32Array {
  const stride = Math.ceil(pixels.length / ENOUGH);
  return stride <= 1 ? pixels : pixels.filter((_, k) => k % stride === 0);
}

/** Pixels, as many as come. */
interface PixelList {
  pixels: Int32Array;
  count: number;
}

function createList(): PixelList {
  return { pixels: new Int32Array(1024), count: 0 };
}

function addTo(list: PixelList, pixel: number): void {
  if (list.count === list.pixels.length) {
    const larger = new Int32Array(list.count * 2);
    larger.set(list.pixels);
    list.pixels = larger;
  }
  list.pixels[list.count++] = pixel;
}

function toArray({ pixels, count }: PixelList): Int32Array {
  return pixels.subarray(0, count);
}

/** What is around a hole: memory that is used for all holes of an image. */
interface Surroundings {
  readonly ring: PixelList;
  readonly nearRing: PixelList;
  readonly walked: PixelList;
}

/** The mark of pixels around a hole. */
const WALKED = OPAQUE | FREE_BIT;

/** Opaque pixels around the hole; apart from them the nearest ones whose color can be relied on; and all that were marked. */
function collectRing(
  data: Uint8Array,
  width: number,
  height: number,
  { begins, ends }: Hole,
  plane: Uint8Array,
  { ring, nearRing, walked }: Surroundings,
): { ring: Int32Array; nearRing: Int32Array; walked: Int32Array } {
  ring.count = nearRing.count = walked.count = 0;
  const step = (i: number): void => {
    const fromFaint = data[i * 4 + 3]! <= FAINT_ALPHA;
    forNeighbors(i, width, height, (j) => {
      const alpha = data[j * 4 + 3]!;
      if (alpha !== 0 && plane[j] !== WALKED) {
        plane[j] = WALKED;
        addTo(walked, j);
        if (fromFaint && alpha > FAINT_ALPHA) addTo(nearRing, j);
      }
    });
  };
  for (let run = 0; run < begins.length; run++) {
    for (let i = begins[run]!; i < ends[run]!; i++) {
      const a = i * 4 + 3;
      const isInner = data[a - 4] === 0 && data[a + 4] === 0 && data[a - width * 4] === 0 && data[a + width * 4] === 0;
      if (!isInner) step(i);
    }
  }
  // The front is what the last step added.
  let from = 0;
  for (let layers = 0, rounds = 0; layers < RING_LAYERS && rounds < MAX_WALKED && from < walked.count; rounds++) {
    const to = walked.count;
    const before = ring.count;
    for (let k = from; k < to; k++) {
      const i = walked.pixels[k]!;
      if (data[i * 4 + 3]! >= OPAQUE_ALPHA) addTo(ring, i);
      step(i);
    }
    // Soft edges are walked through without being counted.
    if ((ring.count - before) * 2 > to - from) {
      layers++;
    }
    from = to;
  }
  return { ring: toArray(ring), nearRing: toArray(nearRing), walked: toArray(walked) };
}

function measureTexture(
  data: Uint8Array,
  width: number,
  height: number,
  pixels: Int32Array,
  varied: Int32Array,
  belongs: (i: number) => boolean,
): Texture {
  let pairs = 0;
  let equal = 0;
  let crosses = 0;
  let distance = 0;
  for (const i of pixels) {
    let neighbors = 0;
    let red = 0;
    let green = 0;
    let blue = 0;
    forNeighbors(i, width, height, (j) => {
      if (belongs(j)) {
        neighbors++;
        red += data[j * 4]!;
        green += data[j * 4 + 1]!;
        blue += data[j * 4 + 2]!;
        if (j > i) {
          pairs++;
          if (sameColor(data, i, j)) equal++;
        }
      }
    });
    if (neighbors === 4) {
      const off =
        Math.abs(data[i * 4]! - red / 4) +
        Math.abs(data[i * 4 + 1]! - green / 4) +
        Math.abs(data[i * 4 + 2]! - blue / 4);
      if (off > 0) {
        crosses++;
        // A few hard edges must not pass for texture.
        distance += Math.min(off, 9);
      }
    }
  }
  return {
    pixels: pixels.length,
    equalPairs: pairs === 0 ? 0 : equal / pairs,
    repeated: share(varied, (i) => someOfEight(i, width, height, (j) => j !== i && sameColor(data, i, j))),
    roughness: crosses === 0 ? 0 : distance / crosses / 3,
  };
}

function longestRun(data: Uint8Array, width: number, height: number, pixels: Int32Array): HiddenColorFeatures['run'] {
  const count = width * height;
  let best = { share: 0, continued: 1 };
  for (const offset of [-1, 1, -width, width]) {
    let inside = 0;
    let equal = 0;
    let ends = 0;
    let continued = 0;
    for (const i of pixels) {
      if (inReach(i, offset, width, count)) {
        inside++;
        if (sameColor(data, i, i + offset)) equal++;
      }
      const after = i - offset;
      if (inReach(i, -offset, width, count) && data[after * 4 + 3] !== 0) {
        ends++;
        if (sameColor(data, i, after)) continued++;
      }
    }
    if (inside > 0 && equal / inside > best.share) {
      best = { share: equal / inside, continued: ends === 0 ? 1 : continued / ends };
    }
  }
  return best;
}

/** Of the visible pixels right behind the hole in one direction, the share of the main color; 1 where there are few. */
function sideOfMainColor(
  data: Uint8Array,
  width: number,
  height: number,
  pixels: Int32Array,
  main: number,
  offset: number,
): number {
  let contacts = 0;
  let same = 0;
  for (const i of pixels) {
    if (inReach(i, offset, width, width * height) && data[(i + offset) * 4 + 3] !== 0) {
      contacts++;
      if (nearColor(data, i + offset, main)) same++;
    }
  }
  return contacts < 8 ? 1 : same / contacts;
}

function inReach(i: number, offset: number, width: number, count: number): boolean {
  const x = i % width;
  return offset === -1 ? x > 0 : offset === 1 ? x < width - 1 : i + offset >= 0 && i + offset < count;
}

function measureDepth(
  data: Uint8Array,
  pixels: Int32Array,
  main: number,
  spread: Spread,
): { rim: number; parted: number } {
  const steps = pixels.map((i) => followWay(spread, i).steps);
  const deepest = steps.reduce((most, depth) => Math.max(most, depth), 0);
  const constant = new Float64Array(deepest + 1);
  const other = new Float64Array(deepest + 1);
  for (const [k, i] of pixels.entries()) {
    const counts = sameColor(data, i, main) ? constant : other;
    counts[steps[k]!]!++;
  }
  let right = constant.reduce((sum, count) => sum + count, 0);
  let best = right;
  for (let depth = 0; depth <= deepest; depth++) {
    right += other[depth]! - constant[depth]!;
    best = Math.max(best, right);
  }
  const rim = constant[1]! + other[1]!;
  return { rim: rim === 0 ? 1 : constant[1]! / rim, parted: pixels.length === 0 ? 0 : best / pixels.length };
}

/** Whether one of the eight neighbors is nearer to the edge and has the same color. */
function isTraced(data: Uint8Array, width: number, height: number, spread: Spread, i: number): boolean {
  return someOfEight(i, width, height, (j) => isNearer(spread, j, i) && sameColor(data, i, j));
}

/** Of some pixels, how many have the color of the visible pixel that the fewest steps lead to, from them or one of their eight neighbors. */
function shareByWays({ data, width, height, spread }: HoledImage, pixels: Int32Array): number {
  const ways = spread();
  return share(pixels, (i) =>
    someOfEight(i, width, height, (j) => {
      const { source } = followWay(ways, j);
      return data[source * 4 + 3] !== 0 && sameColor(data, i, source);
    }),
  );
}

/** As `shareByWays`, by distance. `pixels` are in the order of rows. */
function shareByDistance({ data, width, height, spread }: HoledImage, pixels: Int32Array): number {
  const found = new Uint8Array(pixels.length);
  // Rows come from the last to the first; a pixel is looked at with its own row and the two next to it.
  let end = pixels.length;
  visitNearestRows(spread().ways, width, height, (y, nearest) => {
    while (end > 0 && pixels[end - 1]! >= (y + 2) * width) end--;
    for (let k = end - 1; k >= 0 && pixels[k]! >= (y - 1) * width; k--) {
      if (found[k] !== 0) continue;
      const i = pixels[k]!;
      const x = i % width;
      for (let u = Math.max(x - 1, 0); u <= Math.min(x + 1, width - 1); u++) {
        if (nearest[u]! >= 0 && sameColor(data, i, nearest[u]!)) found[k] = 1;
      }
    }
  });
  return found.reduce((sum, value) => sum + value, 0) / Math.max(pixels.length, 1);
}

/** Whether something holds of a pixel or one of its eight neighbors. */
function someOfEight(i: number, width: number, height: number, holds: (j: number) => boolean): boolean {
  const x = i % width;
  const y = (i - x) / width;
  for (let v = Math.max(y - 1, 0); v <= Math.min(y + 1, height - 1); v++) {
    for (let u = Math.max(x - 1, 0); u <= Math.min(x + 1, width - 1); u++) {
      if (holds(v * width + u)) return true;
    }
  }
  return false;
}

/** A pixel of the color that more than half of them have, if there is one (Boyer and Moore's vote). */
function mainColor(data: Uint8Array, pixels: Int32Array): number {
  let candidate = pixels[0]!;
  let votes = 0;
  for (const i of pixels) {
    if (votes === 0) candidate = i;
    votes += sameColor(data, i, candidate) ? 1 : -1;
  }
  return candidate;
}

function share(pixels: Int32Array, holds: (i: number) => boolean): number {
  let count = 0;
  for (const i of pixels) {
    if (holds(i)) count++;
  }
  return pixels.length === 0 ? 0 : count / pixels.length;
}

function sameColor(data: Uint8Array, i: number, j: number): boolean {
  return data[i * 4] === data[j * 4] && data[i * 4 + 1] === data[j * 4 + 1] && data[i * 4 + 2] === data[j * 4 + 2];
}

function nearColor(data: Uint8Array, i: number, j: number): boolean {
  return (
    Math.abs(data[i * 4]! - data[j * 4]!) <= 3 &&
    Math.abs(data[i * 4 + 1]! - data[j * 4 + 1]!) <= 3 &&
    Math.abs(data[i * 4 + 2]! - data[j * 4 + 2]!) <= 3
  );
}

function forNeighbors(i: number, width: number, height: number, visit: (j: number) => void): void {
  const x = i % width;
  if (x > 0) visit(i - 1);
  if (x < width - 1) visit(i + 1);
  if (i >= width) visit(i - width);
  if (i + width < width * height) visit(i + width);
}
