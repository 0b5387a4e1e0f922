import type { Size } from '../../raster/index.js';
import { type AnnotatedImage, type Annotation, annotationError } from './annotation.js';
import { bridgeRings, fillPolygons, traceOutlines } from './polygons.js';

/** Decimals of a coordinate: a hundredth of a pixel at 16,384 pixels. */
const DECIMALS = 7;

/**
 * The annotations of an image as YOLO segmentation labels (https://docs.ultralytics.com/datasets/segment/): a line for
 * each thing, the index of its category and the corners of its outline relative to the image. Holes and separate parts
 * are joined to one outline by bridges, as YOLO's own converter does. Reading it back gives the mask exactly.
 *
 * @param categories the list that indexes refer to, `classes.txt` beside the labels
 */
export function writeYolo({ width, height, annotations }: AnnotatedImage, categories: readonly string[]): string {
  return annotations
    .flatMap(({ category, mask }) => {
      const ring = bridgeRings(traceOutlines(mask));
      const corners = ring.map((value, i) => trim((value / (i % 2 === 0 ? width : height)).toFixed(DECIMALS)));
      return ring.length === 0 ? [] : [`${[categories.indexOf(category), ...corners].join(' ')}\n`];
    })
    .join('');
}

function trim(decimal: string): string {
  return decimal.replace(/\.?0+$/, '');
}

/**
 * The annotations of YOLO labels; boxes (four numbers: center and size) are read as well.
 *
 * @param categories names of the indexes; an index without a name is its number
 * @throws `INPUT_FORMAT` naming the line that is not a label
 */
export function readYolo(name: string, text: string, size: Size, categories: readonly string[]): Annotation[] {
  return text.split(/\r?\n/).flatMap((line, k) => {
    if (line.trim() === '') {
      return [];
    }
    const [index, ...corners] = line.trim().split(/\s+/).map(Number);
    const isLabel =
      Number.isInteger(index) &&
      index! >= 0 &&
      corners.every((value) => Number.isFinite(value)) &&
      (corners.length === 4 || (corners.length >= 6 && corners.length % 2 === 0));
    if (!isLabel) {
      throw annotationError(
        name,
        `has no label in line ${k + 1}: ${JSON.stringify(line.slice(0, 60))}`,
        'a line is a category index and the corners x y of an outline, relative to the image',
      );
    }
    const ring = (corners.length === 4 ? boxCorners(corners) : corners).map(
      (value, i) => value * (i % 2 === 0 ? size.width : size.height),
    );
    return [{ category: categories[index!] ?? String(index), mask: fillPolygons([[ring]], size) }];
  });
}

function boxCorners([x, y, width, height]: readonly number[]): number[] {
  const [left, right] = [x! - width! / 2, x! + width! / 2];
  const [top, bottom] = [y! - height! / 2, y! + height! / 2];
  return [left, top, right, top, right, bottom, left, bottom];
}
