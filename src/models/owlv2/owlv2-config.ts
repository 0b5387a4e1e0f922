import { join } from 'node:path';
import { type PixelNormalization, readNormalization } from '../preprocess/pixel-normalization.js';
import { damagedFile, isWholeNumber, quote, readModelJson } from '../registry/validate-model-file.js';

export interface Owlv2Config extends PixelNormalization {
  /** Side of the square that the model takes, in pixels. */
  readonly side: number;
  /** Tokens of a phrase, its start and end included; shorter ones are padded to it. */
  readonly tokenLimit: number;
  readonly paddingToken: number;
}

const LARGEST_SIDE = 4096;
/** The model's text encoder has no more places. */
const LARGEST_TOKEN_LIMIT = 256;
/** `max_position_embeddings` of the published models. */
const TOKEN_LIMIT = 16;

/** The configuration in the JSON files of an OWLv2. Throws `MODEL_DAMAGED`. */
export async function readOwlv2Config(folder: string): Promise<Owlv2Config> {
  const path = join(folder, 'preprocessor_config.json');
  const configPath = join(folder, 'config.json');
  const processor = await readModelJson(path);
  const text = ((await readModelJson(configPath))['text_config'] ?? {}) as Record<string, unknown>;
  const { max_position_embeddings: tokenLimit = TOKEN_LIMIT, pad_token_id: paddingToken = 0 } = text;
  const { height, width } = (processor['size'] ?? {}) as Record<string, unknown>;
  if (!isWholeNumber(height, 16, LARGEST_SIDE) || width !== height) {
    throw damagedFile(path, `its size is ${quote(processor['size'])}, not a square of pixels`);
  }
  if (!isWholeNumber(tokenLimit, 3, LARGEST_TOKEN_LIMIT) || !isWholeNumber(paddingToken, 0, Number.MAX_SAFE_INTEGER)) {
    throw damagedFile(
      configPath,
      `its text_config has no number of tokens: ${quote(tokenLimit)}, ${quote(paddingToken)}`,
    );
  }
  return { side: height, tokenLimit, paddingToken, ...readNormalization(processor, path) };
}
