import { damagedFile, quote } from '../registry/validate-model-file.js';

/** The normalization of pixels: `(value / 255 - mean) / std` for each channel, red first. */
export interface PixelNormalization {
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

/** Mean and standard deviation by a preprocessor_config.json; ImageNet's where it names none. Throws `MODEL_DAMAGED`. */
export function readNormalization(processor: Record<string, unknown>, path: string): PixelNormalization {
  const mean = readTriple(processor['image_mean'] ?? [0.485, 0.456, 0.406], 'image_mean', path);
  const std = readTriple(processor['image_std'] ?? [0.229, 0.224, 0.225], 'image_std', path);
  if (!std.every((value) => value > 0)) {
    throw damagedFile(path, `its image_std is ${quote(std)}, and must be above 0`);
  }
  return { mean, std };
}

function readTriple(value: unknown, name: string, path: string): [number, number, number] {
  if (!Array.isArray(value) || value.length !== 3 || !value.every((item) => Number.isFinite(item))) {
    throw damagedFile(path, `its ${name} is ${quote(value)}, not three numbers`);
  }
  return value as [number, number, number];
}
