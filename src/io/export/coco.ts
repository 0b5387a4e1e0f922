import type { Mask, Size } from '../../raster/index.js';
import { type AnnotatedImage, type Annotation, annotationError, categoriesOf } from './annotation.js';
import { fillPolygons, isOuterRing, type Ring, traceOutlines } from './polygons.js';
import { type CocoRle, decodeRle, encodeRle } from './run-length-encoding.js';

/**
 * Images and their annotations as COCO JSON (https://cocodataset.org/#format-data): polygons where a thing has no
 * holes, else run lengths, since COCO's polygons cannot have holes. Both describe the mask exactly. Identifiers count
 * from 1.
 *
 * @param categories in the order of their identifiers, where that is not the order of their first annotations
 */
export function writeCoco(
  images: readonly AnnotatedImage[],
  categories: readonly string[] = categoriesOf(images),
): string {
  let id = 0;
  return `${JSON.stringify(
    {
      info: { description: 'masks of maskwright' },
      images: images.map(({ fileName, width, height }, k) => ({ id: k + 1, file_name: fileName, width, height })),
      categories: categories.map((name, k) => ({ id: k + 1, name, supercategory: '' })),
      annotations: images.flatMap(({ annotations }, k) =>
        annotations.map(({ category, mask, score }) => ({
          id: ++id,
          image_id: k + 1,
          category_id: categories.indexOf(category) + 1,
          ...shapeOf(mask),
          iscrowd: 0,
          ...(score === undefined ? {} : { score }),
        })),
      ),
    },
    undefined,
    1,
  )}\n`;
}

function shapeOf(mask: Mask): { segmentation: CocoRle | Ring[]; area: number; bbox: number[] } {
  const rings = traceOutlines(mask);
  const xs = rings.flatMap((ring) => ring.filter((_, i) => i % 2 === 0));
  const ys = rings.flatMap((ring) => ring.filter((_, i) => i % 2 === 1));
  const [left, top] = [minOf(xs), minOf(ys)];
  let area = 0;
  for (const value of mask.data) {
    area += value >> 7;
  }
  return {
    segmentation: rings.length > 0 && rings.every(isOuterRing) ? rings : encodeRle(mask),
    area,
    bbox:
      rings.length === 0
        ? [0, 0, 0, 0]
        : [left, top, -minOf(xs.map((x) => -x)) - left, -minOf(ys.map((y) => -y)) - top],
  };
}

function minOf(values: readonly number[]): number {
  return values.reduce((min, value) => Math.min(min, value), Infinity);
}

/**
 * The annotations of one image in a COCO file: those of the image whose `file_name` has the given base name, with or
 * without its ending, or of the only image of the file.
 *
 * @throws `INPUT_FORMAT` for text that is not COCO JSON, an image that is not in it or has another size, a
 * segmentation that cannot be read
 */
export function readCoco(name: string, text: string, imageName: string, size: Size): Annotation[] {
  const file = parse(name, text);
  const image = findImage(name, file, imageName);
  if (image['width'] !== size.width || image['height'] !== size.height) {
    throw annotationError(
      name,
      `is of an image of ${String(image['width'])} x ${String(image['height'])}, not ${size.width} x ${size.height} pixels`,
      'use the annotations of this image, or the image that they were drawn on',
    );
  }
  const categories = new Map(file.categories.map((category) => [category['id'], category['name']]));
  return file.annotations
    .filter((annotation) => annotation['image_id'] === image['id'])
    .map((annotation) => {
      const category = categories.get(annotation['category_id']);
      const mask = readSegmentation(annotation['segmentation'], size);
      if (typeof category !== 'string' || mask === undefined) {
        throw annotationError(
          name,
          `has an annotation (id ${String(annotation['id'])}) without ${mask === undefined ? 'a segmentation that can be read' : 'a category'}`,
          'polygons and run lengths (compressed or not) are read',
        );
      }
      const score = annotation['score'];
      return { category, mask, ...(typeof score === 'number' ? { score } : {}) };
    });
}

type Entry = Readonly<Record<string, unknown>>;

interface CocoFile {
  readonly images: readonly Entry[];
  readonly categories: readonly Entry[];
  readonly annotations: readonly Entry[];
}

function parse(name: string, text: string): CocoFile {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw annotationError(name, 'is not JSON', 'annotations in COCO format are read');
  }
  const file = isEntry(value) ? value : {};
  const listOf = (key: string): Entry[] => {
    const list = file[key];
    if (!Array.isArray(list) || !list.every(isEntry)) {
      throw annotationError(name, `is not COCO JSON: it has no list "${key}"`, 'annotations in COCO format are read');
    }
    return list;
  };
  return { images: listOf('images'), categories: listOf('categories'), annotations: listOf('annotations') };
}

function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function findImage(name: string, { images }: CocoFile, imageName: string): Entry {
  const baseOf = (path: unknown): string => String(path).split(/[/\\]/).at(-1)!;
  const stemOf = (path: unknown): string => baseOf(path).replace(/\.[^.]*$/, '');
  const found =
    images.find((image) => baseOf(image['file_name']) === baseOf(imageName)) ??
    images.find((image) => stemOf(image['file_name']) === stemOf(imageName)) ??
    (images.length === 1 ? images[0] : undefined);
  if (found === undefined) {
    throw annotationError(
      name,
      `has no image ${baseOf(imageName)}`,
      `it has ${
        images.length === 0
          ? 'no images'
          : images
              .slice(0, 5)
              .map((image) => baseOf(image['file_name']))
              .join(', ')
      }`,
    );
  }
  return found;
}

function readSegmentation(segmentation: unknown, size: Size): Mask | undefined {
  if (Array.isArray(segmentation)) {
    const rings = segmentation.filter(isRing);
    if (rings.length !== segmentation.length || rings.length === 0) {
      return undefined;
    }
    // Each polygon is a part by itself; overlapping ones add up.
    return fillPolygons(
      rings.map((ring) => [ring]),
      size,
    );
  }
  if (!isEntry(segmentation)) {
    return undefined;
  }
  const { size: stated, counts } = segmentation;
  const isNumbers = (value: unknown): value is number[] =>
    Array.isArray(value) && value.every((count) => typeof count === 'number');
  return isNumbers(stated) && stated.length === 2 && (typeof counts === 'string' || isNumbers(counts))
    ? decodeRle({ size: [stated[0]!, stated[1]!], counts }, size)
    : undefined;
}

function isRing(value: unknown): value is number[] {
  return (
    Array.isArray(value) && value.length >= 6 && value.length % 2 === 0 && value.every((one) => Number.isFinite(one))
  );
}
