import type { Tensor } from 'onnxruntime-node';
import type { Tokens } from './clipseg-network.js';
import { joinRows, splitBatch, textFeeds } from './text-batch.js';

type Values = Record<string, Tensor>;

/** Bounds memory: a phrase takes some 10 MB on its way through the layers that make its mask. */
const PHRASES_AT_ONCE = 16;
/** Phrases of which is kept what was made of them: two kilobytes each. */
const PHRASES_KEPT = 512;

/**
 * The text's part of a cut network, with what it made of the last phrases kept. It gives what the joining part
 * needs, phrases in their order, several at once where the network allows it (`isBatched`, and its values are one
 * row a phrase), else one by one.
 */
export function textPart(
  run: (feeds: Values) => Promise<Values>,
  isBatched: boolean,
): (phrases: readonly Tokens[]) => Promise<Values[]> {
  const known = new Map<string, Values>();
  const counts = new Map<number, Values>();
  let size = isBatched ? PHRASES_AT_ONCE : 1;

  const encode = async (phrases: readonly Tokens[]): Promise<void> => {
    const made = await run(textFeeds(phrases));
    if (size === 1) {
      known.set(keyOf(phrases[0]!), made);
      return;
    }
    const batch = splitBatch(made, phrases.length);
    if (batch === undefined) {
      size = 1;
      known.clear();
    } else {
      counts.set(phrases.length, batch.counts);
      phrases.forEach((ids, row) => known.set(keyOf(ids), batch.rows[row]!));
    }
  };
  /** What is to be encoded next: phrases not known yet, then any for a number of them that was not seen yet. */
  const next = (phrases: readonly Tokens[]): readonly Tokens[] | undefined => {
    const distinct = new Map(phrases.map((ids) => [keyOf(ids), ids]));
    const unknown = [...distinct].flatMap(([key, ids]) => (known.has(key) ? [] : [ids]));
    if (unknown.length > 0) {
      return unknown.slice(0, size);
    }
    return size === 1 ? undefined : chunks(phrases, size).find((part) => !counts.has(part.length));
  };
  return async (phrases) => {
    for (let part = next(phrases); part !== undefined; part = next(phrases)) {
      await encode(part);
    }
    const rows = phrases.map((ids) => {
      const key = keyOf(ids);
      const row = known.get(key)!;
      // Last in is last out.
      known.delete(key);
      known.set(key, row);
      return row;
    });
    for (const key of [...known.keys()].slice(0, Math.max(0, known.size - PHRASES_KEPT))) {
      known.delete(key);
    }
    return chunks(rows, size).map((part) =>
      size === 1 ? part[0]! : { ...joinRows(part), ...counts.get(part.length) },
    );
  };
}

function keyOf(ids: Tokens): string {
  return ids.join(' ');
}

function chunks<T>(values: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, i) => values.slice(i * size, (i + 1) * size));
}
