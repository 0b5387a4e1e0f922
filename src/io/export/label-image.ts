import { createMask, type Raster } from '../../raster/index.js';
import { type AnnotatedImage, type Annotation, annotationError } from './annotation.js';

/** The most things that a label image can hold. */
const MAX_LABELS = 65_535;

/** One plane of labels: 0 is the background, `k` the annotation of that number, a later one over an earlier one. */
export interface LabelPlane {
  readonly width: number;
  readonly height: number;
  /** 8-bit up to 255 annotations, else 16-bit. */
  readonly data: Uint8Array | Uint16Array;
  /** The category of each label from 1. */
  readonly categories: readonly string[];
}

/** Draws annotations as one plane of labels. Where things overlap, the last one has the pixel. */
export function drawLabels({ width, height, annotations }: AnnotatedImage): LabelPlane {
  const shown = annotations.slice(0, MAX_LABELS);
  const data = shown.length > 255 ? new Uint16Array(width * height) : new Uint8Array(width * height);
  for (const [k, { mask }] of shown.entries()) {
    for (let i = 0; i < data.length; i++) {
      if (mask.data[i]! >= 128) {
        data[i] = k + 1;
      }
    }
  }
  return { width, height, data, categories: shown.map(({ category }) => category) };
}

/** Label images with more distinct colors than this are photographs. */
const MAX_COLORS = 4096;

/**
 * The regions of a label image as annotations: one for each value of a gray image, one for each color of a colored
 * one, 0 and black being the background. The category of a gray value is its number, of a color its `#rrggbb`. With a
 * palette, colors are its entries, their numbers the categories, and 0 the background.
 *
 * @param palette red, green and blue of each value of an image with a palette
 * @throws `INPUT_FORMAT` for an image with thousands of colors
 */
export function readLabels(name: string, image: Raster, palette?: Uint8Array): Annotation[] {
  const { width, height, channels, data } = image;
  const isGray = data.every((value, i) => i % channels >= 3 || value === data[i - (i % channels)]);
  const masks = new Map<number, Uint8Array>();
  const count = width * height;
  const scale = data instanceof Uint16Array ? 65_536 : 256;
  const keyOf = ([red, green, blue]: readonly number[]): number =>
    isGray ? (red === green && green === blue ? red! : -1) : (red! * scale + green!) * scale + blue!;
  const background = palette === undefined ? 0 : keyOf([...palette.subarray(0, 3)]);
  for (let i = 0, p = 0; i < count; i++, p += channels) {
    const key = isGray ? data[p]! : (data[p]! * scale + data[p + 1]!) * scale + data[p + 2]!;
    if (key === background) {
      continue;
    }
    let mask = masks.get(key);
    if (mask === undefined) {
      if (masks.size >= MAX_COLORS || masks.size * count > 1e9) {
        throw annotationError(
          name,
          `has more than ${masks.size} colors`,
          'a label image has one flat color for each thing',
        );
      }
      mask = new Uint8Array(count);
      masks.set(key, mask);
    }
    mask[i] = 255;
  }
  const hex = (value: number): string =>
    [Math.floor(value / scale / scale), Math.floor(value / scale) % scale, value % scale]
      .map((sample) =>
        Math.floor(sample / (scale / 256))
          .toString(16)
          .padStart(2, '0'),
      )
      .join('');
  const entries = palette === undefined ? undefined : indexColors(palette);
  return [...masks]
    .sort(([a], [b]) => a - b)
    .flatMap(([key, mask]): Annotation[] => {
      const region = createMask(width, height, mask);
      if (entries === undefined) {
        return [{ category: isGray ? String(key) : `#${hex(key)}`, mask: region }];
      }
      const color = `#${hex(isGray ? (key * scale + key) * scale + key : key)}`;
      const index = entries.get(color);
      return index === 0 ? [] : [{ category: index === undefined ? color : String(index), color, mask: region }];
    });
}

/** The first index of each color of a palette. */
function indexColors(palette: Uint8Array): Map<string, number> {
  const entries = new Map<string, number>();
  for (let index = 0; index < palette.length / 3; index++) {
    const color = `#${Buffer.from(palette.subarray(3 * index, 3 * index + 3)).toString('hex')}`;
    if (!entries.has(color)) {
      entries.set(color, index);
    }
  }
  return entries;
}
