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
