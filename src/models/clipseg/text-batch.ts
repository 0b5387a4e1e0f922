import { Tensor } from 'onnxruntime-node';
import type { Tokens } from './clipseg-network.js';

/**
 * Phrases of any lengths as one batch. Shorter ones are filled up with their end-of-text token: the network
 * reads a phrase off at the first of them, and no token looks ahead.
 */
export function textFeeds(phrases: readonly Tokens[]): Record<string, Tensor> {
  const length = Math.max(...phrases.map((ids) => ids.length));
  const rows = (valueAt: (ids: Tokens, place: number) => number): Tensor =>
    new Tensor(
      'int64',
      BigInt64Array.from(
        phrases.flatMap((ids) => Array.from({ length }, (_, place) => valueAt(ids, place))),
        BigInt,
      ),
      [phrases.length, length],
    );
  return {
    input_ids: rows((ids, place) => ids[place] ?? ids.at(-1)!),
    attention_mask: rows((ids, place) => Number(place < ids.length)),
  };
}

/** What a text part made of a batch of phrases. */
export interface TextBatch {
  /** What was made of each phrase: a batch of one. */
  readonly rows: readonly Record<string, Tensor>[];
  /** What only tells how many phrases there were: the dimensions that the rest of the network reshapes to. */
  readonly counts: Record<string, Tensor>;
}

const WHOLE_NUMBERS: ReadonlySet<string> = new Set(['int64', 'int32']);

/** A batch taken apart; undefined where some value is neither one row a phrase nor a count. */
export function splitBatch(made: Record<string, Tensor>, count: number): TextBatch | undefined {
  const values = Object.entries(made);
  const isCount = ({ type }: Tensor): boolean => WHOLE_NUMBERS.has(type);
  const perPhrase = values.filter(([, value]) => !isCount(value));
  if (!perPhrase.every(([, { dims }]) => dims.length > 1 && dims[0] === count)) {
    return undefined;
  }
  const rowOf = ({ type, dims, data }: Tensor, row: number): Tensor => {
    const size = data.length / count;
    const rowData = (data as Float32Array).slice(row * size, (row + 1) * size);
    return new Tensor(type as 'float32', rowData, [1, ...dims.slice(1)]);
  };
  return {
    rows: Array.from({ length: count }, (_, row) =>
      Object.fromEntries(perPhrase.map(([name, value]) => [name, rowOf(value, row)])),
    ),
    counts: Object.fromEntries(values.filter(([, value]) => isCount(value))),
  };
}

/** The rows of several phrases as one batch again. */
export function joinRows(phrases: readonly Record<string, Tensor>[]): Record<string, Tensor> {
  const [first] = phrases;
  if (phrases.length === 1 || first === undefined) {
    return first ?? {};
  }
  return Object.fromEntries(
    Object.entries(first).map(([name, { type, dims, data }]) => {
      const size = data.length;
      const joined = new (data.constructor as Float32ArrayConstructor)(size * phrases.length);
      phrases.forEach((rows, i) => joined.set(rows[name]!.data as Float32Array, i * size));
      return [name, new Tensor(type as 'float32', joined, [phrases.length, ...dims.slice(1)])];
    }),
  );
}
