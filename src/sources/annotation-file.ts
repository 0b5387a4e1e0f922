import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readInput } from '../io/files/read-input.js';
import { type Annotation, annotationError, selectAnnotations } from '../io/export/annotation.js';
import { readCoco } from '../io/export/coco.js';
import { readLabels } from '../io/export/label-image.js';
import { readPsdFile } from '../io/export/psd.js';
import { readSvg } from '../io/export/svg.js';
import { readYolo } from '../io/export/yolo.js';
import { decodeImage, type ImageSource } from '../io/image/decode-image.js';
import { readPngPalette } from '../io/image/png/png-chunks.js';
import type { AnnotationPath } from './annotation-path.js';
import type { Mask, Size } from '../raster/index.js';

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
      return readYolo(path, text(), image, await readClasses(path));
    case 'psd':
    case 'psb': {
      const psd = await readPsdFile(path, bytes);
      assertSize(path, psd, image);
      return psd.annotations;
    }
    default: {
      const { raster } = await decodeImage(bytes, path);
      assertSize(path, raster, image);
      return readLabels(path, raster, isIndexed(bytes) ? readPngPalette(bytes) : undefined);
    }
  }
}

/** The names of YOLO's categories: `labels.classes.txt` or `classes.txt` beside `labels.txt`; none without such a file. */
async function readClasses(path: string): Promise<readonly string[]> {
  for (const file of [path.replace(/\.txt$/i, '.classes.txt'), join(dirname(path), 'classes.txt')]) {
    const list = await readFile(file, 'utf8').catch(() => undefined);
    if (list !== undefined) {
      return list.split(/\r?\n/).filter((line, i, lines) => line !== '' || i < lines.length - 1);
    }
  }
  return [];
}

/** Whether a PNG stores numbers of a palette: color type 3 of its header. A palette may also be a mere suggestion. */
function isIndexed(png: Uint8Array): boolean {
  return png[25] === 3;
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
