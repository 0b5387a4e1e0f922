/** Kinds of work that models do here, by transformers.js's names where it has one. */
export type ModelTask =
  | 'text-segmentation'
  | 'depth-estimation'
  | 'mask-generation'
  | 'background-removal'
  | 'image-segmentation'
  | 'zero-shot-object-detection'
  | 'image-matting';
