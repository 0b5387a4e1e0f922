import { readInput } from '../io/files/read-input.js';
import { type Annotation, annotationError, selectAnnotations } from '../io/export/annotation.js';
import { readCoco } from '../io/export/coco.js';
import { readLabels } from '../io/export/label-image.js';
import { readPsdFile } from '../io/export/psd.js';
import { readSvg } from '../io/export/svg.js';
import { readYolo } from '../io/export/yolo.js';
import { decodeImage, type ImageSource } from '../io/image/decode-image.js';
import type { Mask, Size } from '../raster/index.js';

/** A path with a selector behind `#`: `annotations.json#person`, `labels.png#3`, `labels.png##ff0000`. */
export interface AnnotationPath {
  readonly path: string;
  readonly selector: string | undefined;
}

const SELECTED = /^(.+\.(?:json|svg|psd|psb|txt|png|tiff?|bmp|gif|webp))#(.+)$/i;
const ANNOTATIONS = /\.(?:json|svg|psd|psb|txt)$/i;

/** Splits a path and its selector. A path of another kind, or without a selector, stays whole. */
export function splitSelector(path: string): AnnotationPath {
  const [, file, selector] = SELECTED.exec(path) ?? [];
  return { path: file ?? path, selector };
}

/** Whether a mask is read from annotations: files of COCO, YOLO, SVG and Photoshop, and label images with a selector. */
export function isAnnotationFile(path: string): boolean {
  const { path: file, selector } = splitSelector(path);
  return selector !== undefined || ANNOTATIONS.test(file);
}

/**
 * The union of the annotations that a path with a selector names, for one image. Without selector all of them.
 *
 * @param source what `path` is read from
 * @throws `INPUT_FORMAT` where the file cannot be read or has no such annotation, `SIZE_MISMATCH` for label images and
 * Photoshop files of another size
 */
export async function readAnnotationMask(
  { path, selector }: AnnotationPath,
  source: ImageSource,
  image: { readonly name: string } & Size,
): Promise<Mask> {
  const annotations = await readAnnotations(path, source, image);
  return selectAnnotations(path, image, annotations, selector);
}

async function readAnnotations(
  path: string,
  source: ImageSource,
  image: { readonly name: string } & Size,
): Promise<readonly Annotation[]> {
  const ending = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
  const bytes = typeof source === 'string' ? await readInput(source) : source;
  const text = (): string => new TextDecoder().decode(bytes);
  switch (ending) {
    case 'json':
      return readCoco(path, text(), image.name, image);
    case 'svg':
      return readSvg(path, text(), image);
    case 'txt':
      return readYolo(path, text(), image, []);
    case 'psd':
    case 'psb': {
      const psd = await readPsdFile(path, bytes);
      assertSize(path, psd, image);
      return psd.annotations;
    }
    default: {
      const { raster } = await decodeImage(bytes, path);
      assertSize(path, raster, image);
      return readLabels(path, raster);
    }
  }
}

function assertSize(path: string, { width, height }: Size, image: { readonly name: string } & Size): void {
  if (width !== image.width || height !== image.height) {
    throw annotationError(
      path,
      `is ${width} x ${height}, the image ${image.name} is ${image.width} x ${image.height} pixels`,
      'use annotations of the same size',
    );
  }
}
