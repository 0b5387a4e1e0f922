import { createMask, type Mask, type Size } from '../../raster/index.js';

/** A mask as COCO's run lengths: column by column, alternately of unselected and selected pixels. */
export interface CocoRle {
  /** Height and width. */
  readonly size: readonly [number, number];
  /** Run lengths, or the same compressed to a string. */
  readonly counts: string | readonly number[];
}

/** Encodes a mask (128 and more is selected) as compressed run lengths, as `pycocotools.mask.encode` does. */
export function encodeRle({ width, height, data }: Mask): CocoRle {
  const counts: number[] = [];
  let selected = false;
  let run = 0;
  for (let x = 0; x < width; x++) {
    for (let i = x; i < data.length; i += width) {
      if (data[i]! >= 128 !== selected) {
        counts.push(run);
        run = 0;
        selected = !selected;
      }
      run++;
    }
  }
  counts.push(run);
  return { size: [height, width], counts: compressCounts(counts) };
}

/** Decodes run lengths; undefined where they are no valid encoding of a mask of this size. */
export function decodeRle({ size, counts }: CocoRle, { width, height }: Size): Mask | undefined {
  if (size[0] !== height || size[1] !== width) {
    return undefined;
  }
  const runs = typeof counts === 'string' ? expandCounts(counts) : counts;
  const mask = createMask(width, height);
  const total = width * height;
  let at = 0;
  for (const [k, run] of (runs ?? []).entries()) {
    if (!Number.isInteger(run) || run < 0 || at + run > total) {
      return undefined;
    }
    if (k % 2 === 1) {
      for (let j = at; j < at + run; j++) {
        mask.data[(j % height) * width + Math.floor(j / height)] = 255;
      }
    }
    at += run;
  }
  return runs !== undefined && at === total ? mask : undefined;
}

/**
 * COCO's text form of run lengths (`rleToString` of the COCO API): each count less the one two before it, in groups of
 * five bits from the lowest, a sixth bit where more follow, as characters from `0` on.
 */
function compressCounts(counts: readonly number[]): string {
  let text = '';
  for (const [i, count] of counts.entries()) {
    let value = i > 2 ? count - counts[i - 2]! : count;
    let more = true;
    while (more) {
      let group = value & 0x1f;
      value >>= 5;
      more = (group & 0x10) !== 0 ? value !== -1 : value !== 0;
      group = more ? group | 0x20 : group;
      text += String.fromCharCode(group + 48);
    }
  }
  return text;
}

function expandCounts(text: string): number[] | undefined {
  const counts: number[] = [];
  let at = 0;
  while (at < text.length) {
    let value = 0;
    let shift = 0;
    let group: number;
    do {
      group = text.charCodeAt(at++) - 48;
      if (!(group >= 0 && group < 64) || shift > 30) {
        return undefined;
      }
      value |= (group & 0x1f) << shift;
      shift += 5;
      if ((group & 0x20) === 0 && (group & 0x10) !== 0 && shift < 32) {
        value |= -1 << shift;
      }
    } while ((group & 0x20) !== 0);
    counts.push(counts.length > 2 ? value + counts[counts.length - 2]! : value);
  }
  return counts;
}
