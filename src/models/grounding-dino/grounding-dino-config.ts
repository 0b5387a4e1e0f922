import { join } from 'node:path';
import { MaskwrightError } from '../../errors.js';
import { roundHalfEven } from '../../raster/arithmetic.js';
import type { Size } from '../../raster/index.js';
import { type PixelNormalization, readNormalization } from '../preprocess/pixel-normalization.js';
import { damagedFile, isWholeNumber, quote, readModelJson } from '../registry/validate-model-file.js';

export interface GroundingDinoConfig extends PixelNormalization {
  /** Images are scaled so that their shorter side has this length, */
  readonly shortestEdge: number;
  /** or their longer side this one, where it would be longer. */
  readonly longestEdge: number;
  /** Tokens of a phrase, its start and end included. */
  readonly tokenLimit: number;
}

/** Of sides in pixels, and of tokens. */
const LEAST = 4;
const LARGEST_SIDE = 4096;
const LARGEST_TOKEN_LIMIT = 4096;
/** `max_text_len` of the published models. */
const TOKEN_LIMIT = 256;

/** The configuration in the JSON files of a Grounding DINO. Throws `MODEL_DAMAGED`. */
export async function readGroundingDinoConfig(folder: string): Promise<GroundingDinoConfig> {
  const path = join(folder, 'preprocessor_config.json');
  const configPath = join(folder, 'config.json');
  const processor = await readModelJson(path);
  const { max_text_len: tokenLimit = TOKEN_LIMIT } = await readModelJson(configPath);
  const { shortest_edge: shortestEdge, longest_edge: longestEdge } = (processor['size'] ?? {}) as Record<
    string,
    unknown
  >;
  if (
    !isWholeNumber(shortestEdge, LEAST, LARGEST_SIDE) ||
    !isWholeNumber(longestEdge, LEAST, LARGEST_SIDE) ||
    longestEdge < shortestEdge
  ) {
    throw damagedFile(
      path,
      `its size is ${quote(processor['size'])}, not a shortest_edge and a longest_edge in pixels`,
    );
  }
  if (!isWholeNumber(tokenLimit, LEAST, LARGEST_TOKEN_LIMIT)) {
    throw damagedFile(configPath, `its max_text_len is ${quote(tokenLimit)}, not a number of tokens`);
  }
  return { shortestEdge, longestEdge, tokenLimit, ...readNormalization(processor, path) };
}

/** With more, the shorter side would have fewer pixels than a cell of the model's coarsest features: 64 of 1333. */
const LARGEST_ASPECT = 20;

/**
 * The size of the model's input for an image. The rule of transformers' `get_size_with_aspect_ratio`. Throws
 * `INPUT_FORMAT` for an image that is more than 20 times as long as it is wide.
 */
export function groundingInputSize(
  { width, height }: Size,
  { shortestEdge, longestEdge }: Pick<GroundingDinoConfig, 'shortestEdge' | 'longestEdge'>,
): Size {
  const [least, most] = [Math.min(width, height), Math.max(width, height)];
  if (most > LARGEST_ASPECT * least) {
    throw new MaskwrightError(
      'INPUT_FORMAT',
      `the image is ${width} x ${height}: Grounding DINO takes none beyond ${LARGEST_ASPECT}:1`,
      { hint: 'cut it into parts that are less long, or use --ground-model owlv2' },
    );
  }
  const isLong = (most / least) * shortestEdge > longestEdge;
  // Not rounded: the longer side is computed of it.
  const shorter = isLong ? (longestEdge * least) / most : shortestEdge;
  const side = roundHalfEven(shorter);
  if (least === side) {
    return { width, height };
  }
  const longer = Math.max(1, Math.trunc((shorter * most) / least));
  const rounded = Math.max(1, side);
  return width < height ? { width: rounded, height: longer } : { width: longer, height: rounded };
}
