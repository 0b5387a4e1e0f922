import { join } from 'node:path';
import { damaged, readModelJson } from '../registry/validate-model-file.js';

/** How pixels become the network's numbers: `(value / 255 - mean) / std` for each channel. */
export interface PixelNormalization {
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

export interface ClipSegConfig extends PixelNormalization {
  /** Side of the square of pixels. */
  readonly inputSize: number;
  readonly tokenLimit: number;
}

/** What the JSON files of a CLIPSeg say. Throws `MODEL_DAMAGED` where they don't say it. */
export async function readClipSegConfig(folder: string): Promise<ClipSegConfig> {
  const configPath = join(folder, 'config.json');
  const config = await readModelJson(configPath);
  const text = config['text_config'] as Record<string, unknown> | undefined;
  const tokenLimit = text?.['max_position_embeddings'] ?? 77;
  if (typeof tokenLimit !== 'number' || !Number.isInteger(tokenLimit) || tokenLimit < 3) {
    throw damaged(configPath, 'its text_config.max_position_embeddings is no whole number');
  }
  const processorPath = join(folder, 'preprocessor_config.json');
  const processor = await readModelJson(processorPath);
  return {
    inputSize: squareSide(processor, processorPath),
    tokenLimit,
    ...readNormalization(processor, processorPath),
  };
}

/** Mean and deviation of each channel; ImageNet's where the file leaves them out. */
export function readNormalization(processor: Record<string, unknown>, path: string): PixelNormalization {
  return {
    mean: triple(processor['image_mean'] ?? [0.485, 0.456, 0.406], 'image_mean', path),
    std: triple(processor['image_std'] ?? [0.229, 0.224, 0.225], 'image_std', path),
  };
}

function squareSide(processor: Record<string, unknown>, path: string): number {
  const size = processor['size'];
  const { height, width } =
    typeof size === 'number' ? { height: size, width: size } : ((size ?? {}) as Record<string, unknown>);
  if (typeof height !== 'number' || !Number.isInteger(height) || height < 1 || height > 4096 || height !== width) {
    throw damaged(path, `its size is ${JSON.stringify(size)}, not a square of pixels`);
  }
  return height;
}

function triple(value: unknown, name: string, path: string): [number, number, number] {
  if (!Array.isArray(value) || value.length !== 3 || !value.every((item) => Number.isFinite(item))) {
    throw damaged(path, `its ${name} is not three numbers`);
  }
  return value as [number, number, number];
}
