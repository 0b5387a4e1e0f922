import { join } from 'node:path';
import { type PixelNormalization, readNormalization } from '../preprocess/pixel-normalization.js';
import { damagedFile, quote, readModelJson } from '../registry/validate-model-file.js';

export interface ClipSegConfig extends PixelNormalization {
  /** Side of the square input in pixels. */
  readonly inputSize: number;
  /** The largest number of tokens of a phrase, start and end of text included. */
  readonly tokenLimit: number;
}

const LARGEST_SIDE = 4096;

/** The configuration in the JSON files of a CLIPSeg. Throws `MODEL_DAMAGED`. */
export async function readClipSegConfig(folder: string): Promise<ClipSegConfig> {
  const configPath = join(folder, 'config.json');
  const config = await readModelJson(configPath);
  const text = config['text_config'] as Record<string, unknown> | null | undefined;
  const tokenLimit = text?.['max_position_embeddings'] ?? 77;
  if (typeof tokenLimit !== 'number' || !Number.isInteger(tokenLimit) || tokenLimit < 3) {
    throw damagedFile(
      configPath,
      `its text_config.max_position_embeddings is ${quote(tokenLimit)}, not a number from 3`,
    );
  }
  const processorPath = join(folder, 'preprocessor_config.json');
  const processor = await readModelJson(processorPath);
  return {
    inputSize: readSide(processor, processorPath),
    tokenLimit,
    ...readNormalization(processor, processorPath),
  };
}

function readSide(processor: Record<string, unknown>, path: string): number {
  const size = processor['size'];
  const { height, width } =
    typeof size === 'number' ? { height: size, width: size } : ((size ?? {}) as Record<string, unknown>);
  if (
    typeof height !== 'number' ||
    !Number.isInteger(height) ||
    height < 1 ||
    height > LARGEST_SIDE ||
    height !== width
  ) {
    throw damagedFile(path, `its size is ${quote(size)}, not a square of pixels`);
  }
  return height;
}
