import { MaskwrightError } from '../../errors.js';
import { createMask, type Mask, type Size } from '../../raster/index.js';

/** One thing in an image: its category and its mask, 255 inside and 0 outside. */
export interface Annotation {
  readonly category: string;
  /** At the size of the image; pixels of 128 and more are inside. */
  readonly mask: Mask;
  /** Mean probability in [0, 1], where it is known. */
  readonly score?: number | undefined;
  /** The color that a label image shows it in, `#rrggbb`. */
  readonly color?: string | undefined;
}

/** An image and what is in it. */
export interface AnnotatedImage extends Size {
  /** As written into the file: a base name, not a path. */
  readonly fileName: string;
  readonly annotations: readonly Annotation[];
}

/** The formats of `--export`. */
export const EXPORT_FORMATS = ['coco', 'yolo', 'svg', 'label-png', 'psd'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** The distinct categories of images, in the order of their first annotations. */
export function categoriesOf(images: readonly AnnotatedImage[]): string[] {
  return [...new Set(images.flatMap(({ annotations }) => annotations.map(({ category }) => category)))];
}

/**
 * The union of the annotations of a category or color, or, where the selector is a number, annotation 1, 2, ... of the
 * file. Where categories are numbers themselves, a number is a category. Without a selector all of them.
 *
 * @throws `INPUT_FORMAT` where none is selected, with the categories that there are
 */
export function selectAnnotations(
  name: string,
  size: Size,
  annotations: readonly Annotation[],
  selector?: string,
): Mask {
  const named = annotations.filter(
    ({ category, color }) =>
      selector === undefined || category === selector || (color !== undefined && color === selector.toLowerCase()),
  );
  const isNumber = (value: string): boolean => /^\d+$/.test(value);
  const hasNumbers = annotations.some(({ category }) => isNumber(category));
  const rank = selector !== undefined && isNumber(selector) && !hasNumbers ? Number(selector) : 0;
  const chosen = named.length > 0 || rank === 0 ? named : annotations.slice(rank - 1, rank);
  if (chosen.length === 0) {
    const categories = [...new Set(annotations.map(({ category }) => category))];
    throw new MaskwrightError(
      'INPUT_FORMAT',
      selector === undefined ? `${name} has no annotations of the image` : `${name} has no annotation "${selector}"`,
      {
        hint:
          categories.length === 0
            ? 'the file has no annotation of this image'
            : `it has ${categories.slice(0, 20).join(', ')}${hasNumbers ? '' : `, and numbers from 1 to ${annotations.length}`}`,
      },
    );
  }
  const out = createMask(size.width, size.height);
  for (const { mask } of chosen) {
    for (let i = 0; i < out.data.length; i++) {
      if (mask.data[i]! >= 128) {
        out.data[i] = 255;
      }
    }
  }
  return out;
}

/** An `INPUT_FORMAT` error: the file, what is wrong with it, and what to do. */
export function annotationError(name: string, problem: string, hint: string): MaskwrightError {
  return new MaskwrightError('INPUT_FORMAT', `${name} ${problem}`, { hint });
}
