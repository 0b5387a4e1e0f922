import { join } from 'node:path';
import type { Size } from '../../raster/index.js';
import { type PixelNormalization, readNormalization } from '../preprocess/pixel-normalization.js';
import { damagedFile, quote, readModelJson } from '../registry/validate-model-file.js';

export interface ImageSegmentationConfig extends PixelNormalization {
  /** The size that every image is scaled to, or the length of its shorter side. */
  readonly size: Size | { readonly shortestEdge: number };
  /** Sides are rounded down to multiples of this. */
  readonly multiple: number;
  readonly filter: 'bilinear' | 'bicubic';
  /** The names of the output's planes, by `id2label`; empty where there is one plane without a name. */
  readonly labels: readonly string[];
}

const LARGEST_SIDE = 4096;
/** Pillow's number of the bicubic filter. */
const BICUBIC = 3;

/** The configuration in the JSON files of the model. Throws `MODEL_DAMAGED`. */
export async function readImageSegmentationConfig(folder: string): Promise<ImageSegmentationConfig> {
  const path = join(folder, 'preprocessor_config.json');
  const processor = await readModelJson(path);
  const { id2label } = await readModelJson(join(folder, 'config.json'));
  return {
    size: readSize(processor['size'], path),
    multiple: assertSide(processor['size_divisibility'] ?? 1, 'size_divisibility', path),
    filter: processor['resample'] === BICUBIC ? 'bicubic' : 'bilinear',
    labels: readLabels(id2label),
    ...readScaledNormalization(processor, path),
  };
}

/** The size of the model's input for an image. */
export function segmentationInputSize(image: Size, { size, multiple }: ImageSegmentationConfig): Size {
  const scale = 'shortestEdge' in size ? size.shortestEdge / Math.min(image.width, image.height) : 1;
  const wanted = 'shortestEdge' in size ? { width: image.width * scale, height: image.height * scale } : size;
  const side = (length: number): number =>
    Math.min(LARGEST_SIDE, Math.max(multiple, Math.floor(Math.round(length) / multiple) * multiple));
  return { width: side(wanted.width), height: side(wanted.height) };
}

/** Values are scaled by `rescale_factor`, 1/255 as a rule, and normalized unless `do_normalize` is false. */
function readScaledNormalization(processor: Record<string, unknown>, path: string): PixelNormalization {
  const factor = processor['do_rescale'] === false ? 1 : (processor['rescale_factor'] ?? 1 / 255);
  if (typeof factor !== 'number' || !(factor > 0)) {
    throw damagedFile(path, `its rescale_factor is ${quote(factor)}, not a number above 0`);
  }
  const { mean, std }: PixelNormalization =
    processor['do_normalize'] === false ? { mean: [0, 0, 0], std: [1, 1, 1] } : readNormalization(processor, path);
  // `toPixelValues` divides by 255.
  const per = (values: readonly [number, number, number]): [number, number, number] =>
    values.map((value) => value / (255 * factor)) as [number, number, number];
  return { mean: per(mean), std: per(std) };
}

function readSize(size: unknown, path: string): ImageSegmentationConfig['size'] {
  if (typeof size === 'number') {
    return { width: assertSide(size, 'size', path), height: size };
  }
  const { width, height, shortest_edge: shortestEdge } = (size ?? {}) as Record<string, unknown>;
  return shortestEdge === undefined
    ? { width: assertSide(width, 'size.width', path), height: assertSide(height, 'size.height', path) }
    : { shortestEdge: assertSide(shortestEdge, 'size.shortest_edge', path) };
}

function readLabels(labels: unknown): string[] {
  const entries = Object.entries((labels ?? {}) as Record<string, unknown>);
  const names: string[] = [];
  for (const [id, label] of entries) {
    if (/^\d{1,4}$/.test(id) && typeof label === 'string') {
      names[Number(id)] = label;
    }
  }
  return Array.from(names, (name, id) => name ?? String(id));
}

function assertSide(value: unknown, name: string, path: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > LARGEST_SIDE) {
    throw damagedFile(path, `its ${name} is ${quote(value)}, not a number of pixels`);
  }
  return value;
}
