import { featureTransform } from '../../engine/distance/feature-transform.js';
import type { Bands } from './slice-depth.js';
import { roundHalfEven } from '../../raster/arithmetic.js';

/** Larger structuring elements than this remove objects, not outlines. */
export const MAX_CLEAN_EDGES_PX = 100;

/** How `cleanBands` takes outlines away. */
export interface CleanOptions {
  /** Structuring element of `2 radius + 1` pixels; what is thinner goes. */
  readonly radiusPx: number;
  /** Joins loose pixels to layers the way image-to-layers does, which favours nearer layers. */
  readonly compat?: boolean | undefined;
}

/**
 * Takes outlines and specks out of the bands: each band is opened with OpenCV's ellipse of `2 radius + 1` pixels,
 * and the pixels that drop out join the band of the nearest pixel that stayed. Where nothing would stay, the
 * bands come back as they are (with `compat` no band has those pixels: their value is `count`).
 */
export function cleanBands(bands: Bands, { radiusPx, compat = false }: CleanOptions): Bands {
  const { width, height, count, data } = bands;
  const kept = openBands(bands, radiusPx);
  const nearest = featureTransform(kept, width, height);
  if (!compat) {
    return nearest[0] === -1 ? bands : { ...bands, data: data.map((_, i) => data[nearest[i]!]!) };
  }
  const cleaned = data.map((band, i) => (kept[i] === 1 ? band : count));
  const smallest = new Float64Array(data.length).fill(Infinity);
  for (let band = 0; band < count; band++) {
    const source = kept.map((keep, i) => (data[i] === band ? keep : 0));
    const place = featureTransform(source, width, height);
    if (place[0] === -1) {
      continue;
    }
    const bias = 1 - band * 0.01;
    for (let i = 0; i < data.length; i++) {
      if (kept[i] === 0) {
        const to = place[i]!;
        const distance = bias * Math.hypot((to % width) - (i % width), Math.floor(to / width) - Math.floor(i / width));
        if (distance < smallest[i]!) {
          smallest[i] = distance;
          cleaned[i] = band;
        }
      }
    }
  }
  return { ...bands, data: cleaned };
}

/** Half widths of the rows of OpenCV's `MORPH_ELLIPSE` of `2 radius + 1` pixels, from the middle row outwards. */
export function ellipseHalfWidths(radiusPx: number): Int32Array {
  return Int32Array.from({ length: radiusPx + 1 }, (_, dy) =>
    roundHalfEven(radiusPx * Math.sqrt((radiusPx * radiusPx - dy * dy) * (1 / (radiusPx * radiusPx)))),
  );
}

/** 1 where a pixel stays in its band when every band is opened, else 0. Outside the image counts for any band. */
export function openBands(bands: Bands, radiusPx: number): Uint8Array {
  return growCores(bandCores(bands, radiusPx), bands.width, bands.height, radiusPx);
}

/**
 * 1 where the whole ellipse around a pixel is in the pixel's band, else 0: the erosion of every band at once,
 * since a window of one value is inside that value's band and no other. With `where`, only pixels that it marks
 * (not 0) are looked at; the others get 0.
 */
export function bandCores(bands: Bands, radiusPx: number, where?: Uint8Array): Uint8Array {
  const { width, height, data } = bands;
  const halfWidths = ellipseHalfWidths(radiusPx);
  const reach = clearReach(bands, radiusPx);
  const cores = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    const up = Math.min(radiusPx, y);
    const down = Math.min(radiusPx, height - 1 - y);
    for (let i = y * width; i < (y + 1) * width; i++) {
      if (where !== undefined && where[i] === 0) {
        continue;
      }
      const band = data[i];
      let whole = reach[i]! >= halfWidths[0]!;
      for (let dy = 1; whole && dy <= up; dy++) {
        const j = i - dy * width;
        whole = data[j] === band && reach[j]! >= halfWidths[dy]!;
      }
      for (let dy = 1; whole && dy <= down; dy++) {
        const j = i + dy * width;
        whole = data[j] === band && reach[j]! >= halfWidths[dy]!;
      }
      cores[i] = whole ? 1 : 0;
    }
  }
  return cores;
}

/** How far the band of a pixel goes on to both sides of its row, at most `limit`; the border does not end it. */
function clearReach(bands: Bands, limit: number): Uint8Array {
  const { width, data } = bands;
  const reach = new Uint8Array(data.length);
  for (let row = 0; row < data.length; row += width) {
    let run = limit;
    for (let i = row; i < row + width; i++) {
      run = i === row || data[i] === data[i - 1] ? Math.min(limit, run + 1) : 0;
      reach[i] = run;
    }
    run = limit;
    for (let i = row + width - 1; i >= row; i--) {
      run = i === row + width - 1 || data[i] === data[i + 1] ? Math.min(limit, run + 1) : 0;
      reach[i] = Math.min(reach[i]!, run);
    }
  }
  return reach;
}

/** The cores dilated by the ellipse. A core's whole ellipse is in its band, so bands cannot mix. */
function growCores(cores: Uint8Array, width: number, height: number, radiusPx: number): Uint8Array {
  const halfWidths = ellipseHalfWidths(radiusPx);
  const distance = rowDistance(cores, width, radiusPx + 1);
  const grown = new Uint8Array(cores.length);
  for (let y = 0; y < height; y++) {
    const from = -Math.min(radiusPx, y);
    const to = Math.min(radiusPx, height - 1 - y);
    for (let i = y * width; i < (y + 1) * width; i++) {
      let found = cores[i] === 1;
      for (let dy = from; !found && dy <= to; dy++) {
        found = distance[i + dy * width]! <= halfWidths[dy < 0 ? -dy : dy]!;
      }
      grown[i] = found ? 1 : 0;
    }
  }
  return grown;
}

/** Pixels to the nearest 1 in the same row, at most `limit`. */
function rowDistance(cores: Uint8Array, width: number, limit: number): Uint8Array {
  const distance = new Uint8Array(cores.length);
  for (let row = 0; row < cores.length; row += width) {
    let since = limit;
    for (let i = row; i < row + width; i++) {
      since = cores[i] === 1 ? 0 : Math.min(limit, since + 1);
      distance[i] = since;
    }
    since = limit;
    for (let i = row + width - 1; i >= row; i--) {
      since = cores[i] === 1 ? 0 : Math.min(limit, since + 1);
      distance[i] = Math.min(distance[i]!, since);
    }
  }
  return distance;
}
