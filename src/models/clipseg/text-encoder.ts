import type { Tensor } from 'onnxruntime-node';
import { trimToSize, useKey } from '../../lru-map.js';
import type { Values } from '../onnx/inference-session.js';
import type { Tokens } from './clipseg-network.js';
import { joinRows, splitBatch, textFeeds, type TextShape } from './text-batch.js';

/** Bounds memory: a phrase takes some 10 MB in the layers of the mask decoder. */
const LARGEST_BATCH = 16;
/** Phrases whose encoding is kept: two kilobytes each. */
const PHRASES_KEPT = 512;

/** Inputs of the mask decoder for so many phrases; a graph with a fixed batch gives more rows than that. */
export interface EncodedBatch {
  readonly count: number;
  readonly values: Record<string, Tensor>;
}

/** The text encoder of a partitioned model, with a cache of encoded phrases. */
export interface TextEncoder {
  /** The inputs of the mask decoder for phrases in their order. */
  readonly encode: (phrases: readonly Tokens[]) => Promise<EncodedBatch[]>;
  /** From now on one phrase a batch. False where that was so already. */
  readonly useSinglePhrases: () => boolean;
  readonly phrasesPerRun: () => number;
}

/**
 * `run` runs the graph of the text encoder. `isBatched`: several phrases a run, where its values turn out to be one row
 * a phrase.
 */
export function createTextEncoder(
  run: (feeds: Record<string, Tensor>) => Promise<Values>,
  shape: TextShape,
  isBatched: boolean,
): TextEncoder {
  const encoded = new Map<string, Record<string, Tensor>>();
  const counts = new Map<number, Record<string, Tensor>>();
  let size = isBatched ? (shape.batch ?? LARGEST_BATCH) : 1;

  const useSinglePhrases = (): boolean => {
    const before = size;
    size = 1;
    encoded.clear();
    counts.clear();
    return before > 1;
  };
  const encodeBatch = async (phrases: readonly Tokens[]): Promise<void> => {
    const values = await run(textFeeds(phrases, shape));
    if (size === 1) {
      encoded.set(keyOf(phrases[0]!), { ...values });
      return;
    }
    const batch = splitBatch(values, shape.batch ?? phrases.length);
    if (batch === undefined) {
      useSinglePhrases();
    } else {
      counts.set(phrases.length, batch.counts);
      phrases.forEach((ids, row) => encoded.set(keyOf(ids), batch.rows[row]!));
    }
  };
  /** The next batch to encode: phrases that are not in the cache, then any for a batch size that was not seen yet. */
  const next = (phrases: readonly Tokens[]): readonly Tokens[] | undefined => {
    const distinct = new Map(phrases.map((ids) => [keyOf(ids), ids]));
    const unknown = [...distinct].flatMap(([key, ids]) => (encoded.has(key) ? [] : [ids]));
    if (unknown.length > 0) {
      return unknown.slice(0, size);
    }
    return size === 1 ? undefined : chunks(phrases, size).find((part) => !counts.has(part.length));
  };
  return {
    useSinglePhrases,
    phrasesPerRun: () => size,
    encode: async (phrases) => {
      for (let part = next(phrases); part !== undefined; part = next(phrases)) {
        await encodeBatch(part);
      }
      const rows = phrases.map((ids) => useKey(encoded, keyOf(ids))!);
      trimToSize(encoded, PHRASES_KEPT);
      return chunks(rows, size).map((part) => ({
        count: part.length,
        values: size === 1 ? part[0]! : { ...joinRows(part), ...counts.get(part.length) },
      }));
    },
  };
}

function keyOf(ids: Tokens): string {
  return ids.join(' ');
}

function chunks<T>(values: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, i) => values.slice(i * size, (i + 1) * size));
}
