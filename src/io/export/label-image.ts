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
 * one, 0 and black being the background. The category of a gray value is its number, of a color its `#rrggbb`.
 *
 * @throws `INPUT_FORMAT` for an image with thousands of colors
 */
export function readLabels(name: string, image: Raster): Annotation[] {
  const { width, height, channels, data } = image;
  const isGray = data.every((value, i) => i % channels >= 3 || value === data[i - (i % channels)]);
  const masks = new Map<number, Uint8Array>();
  const count = width * height;
  const scale = data instanceof Uint16Array ? 65_536 : 256;
  for (let i = 0, p = 0; i < count; i++, p += channels) {
    const key = isGray ? data[p]! : (data[p]! * scale + data[p + 1]!) * scale + data[p + 2]!;
    if (key === 0) {
      continue;
    }
    let mask = masks.get(key);
    if (mask === undefined) {
      if (masks.size >= MAX_COLORS || masks.size * count > 4e9) {
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
  return [...masks]
    .sort(([a], [b]) => a - b)
    .map(([key, mask]) => ({ category: isGray ? String(key) : `#${hex(key)}`, mask: createMask(width, height, mask) }));
}
