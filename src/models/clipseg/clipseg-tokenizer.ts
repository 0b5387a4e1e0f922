import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { damagedFile, quote, readModelJson } from '../registry/validate-model-file.js';
import type { PhraseReading } from './clipseg-network.js';
import { TimeLimitPassed, withTimeLimit } from './time-limit.js';

/** For one phrase. The file contains regular expressions, and some never end. */
const LIMIT_MS = 4000;

export interface ClipSegTokenizer {
  /** Token ids of a phrase with start and end of text, at most `limit` of them. */
  readonly encode: (phrase: string, limit: number) => number[];
  readonly read: (phrase: string, limit: number) => PhraseReading;
}

/** The tokenizer in a CLIPSeg's folder, by the library that transformers.js uses, without the rest of transformers.js. */
export async function openTokenizer(folder: string): Promise<ClipSegTokenizer> {
  const path = join(folder, 'tokenizer.json');
  const [json, config] = await Promise.all([readModelJson(path), readModelJson(join(folder, 'tokenizer_config.json'))]);
  let tokenizer: Tokenizer;
  try {
    tokenizer = new Tokenizer(json, config);
  } catch (error) {
    throw damagedFile(path, `it describes no tokenizer (${(error as Error).message.slice(0, 200)})`, error);
  }
  const tokenize = (phrase: string): number[] => {
    try {
      return withTimeLimit(() => tokenizer.encode(phrase).ids, LIMIT_MS);
    } catch (error) {
      throw error instanceof TimeLimitPassed ? damagedFile(path, `${error.message} to read ${quote(phrase)}`) : error;
    }
  };
  return {
    // The model pools at the end-of-text token: a truncated phrase must keep it.
    encode: (phrase, limit) => {
      const ids = tokenize(phrase);
      return ids.length <= limit ? ids : [...ids.slice(0, limit - 1), ids.at(-1)!];
    },
    read: (phrase, limit) => {
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
