import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { damaged, readModelJson } from '../registry/validate-model-file.js';
import type { PhraseReading } from './text-segmenter.js';
import { TimeLimitPassed, withTimeLimit } from './timeout.js';

/** For one phrase. The file has regular expressions, and some never end. */
const LIMIT_MS = 4000;

export interface ClipSegTokenizer {
  /** Token ids of a phrase, framed, at most `limit` of them. */
  readonly encode: (phrase: string) => number[];
  readonly read: (phrase: string) => PhraseReading;
}

/**
 * The tokenizer of a CLIPSeg's folder: that of transformers.js, without the rest of it.
 * `limit` counts the two tokens that frame a phrase.
 */
export async function openTokenizer(folder: string, limit: number): Promise<ClipSegTokenizer> {
  const path = join(folder, 'tokenizer.json');
  const [json, config] = await Promise.all([readModelJson(path), readModelJson(join(folder, 'tokenizer_config.json'))]);
  let tokenizer: Tokenizer;
  try {
    tokenizer = new Tokenizer(json, config);
  } catch (error) {
    throw damaged(path, `it describes no tokenizer (${(error as Error).message})`, error);
  }
  const tokenize = (phrase: string): number[] => {
    try {
      return withTimeLimit(() => tokenizer.encode(phrase).ids, LIMIT_MS);
    } catch (error) {
      throw error instanceof TimeLimitPassed
        ? damaged(path, `${error.message} to read ${JSON.stringify(phrase)}`)
        : error;
    }
  };
  return {
    // The network pools at the end-of-text token: a phrase that is cut must keep it.
    encode: (phrase) => {
      const ids = tokenize(phrase);
      return ids.length <= limit ? ids : [...ids.slice(0, limit - 1), ids.at(-1)!];
    },
    read: (phrase) => {
      const ids = tokenize(phrase);
      if (ids.length <= limit) {
        return { phrase, tokens: ids.length, kept: phrase, dropped: '' };
      }
      const text = (part: number[]): string => tokenizer.decode(part, { skip_special_tokens: true }).trim();
      return {
        phrase,
        tokens: ids.length,
        kept: text(ids.slice(1, limit - 1)),
        dropped: text(ids.slice(limit - 1, -1)),
      };
    },
  };
}
