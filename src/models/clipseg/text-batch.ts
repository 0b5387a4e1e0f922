import { Tensor } from 'onnxruntime-node';
import { toHalf } from '../onnx/float16.js';
import type { DeclaredInput } from '../onnx/inference-session.js';
import type { ValueNames } from '../onnx/value-names.js';
import type { Tokens } from './clipseg-network.js';

/** An input of a graph by its name, and its element type. */
export interface TextInput {
  readonly name: string;
  readonly type: string;
}

/** The form that an exported graph wants its text in. */
export interface TextShape {
  /** The number of phrases that every run must have; undefined where any will do. */
  readonly batch: number | undefined;
  /** The number of tokens that every phrase must have. */
  readonly length: number | undefined;
  readonly ids: TextInput;
  readonly mask: TextInput;
}

/** The form by the declared inputs of a graph. */
export function textShapeOf(
  inputs: ReadonlyMap<string, DeclaredInput>,
  { ids, mask }: Pick<ValueNames, 'ids' | 'mask'>,
): TextShape {
  const [batch, length] = (inputs.get(ids)?.shape ?? []).map((dim) =>
    typeof dim === 'number' && dim > 0 ? dim : undefined,
  );
  const input = (name: string): TextInput => ({ name, type: inputs.get(name)?.type ?? 'int64' });
  return { batch, length, ids: input(ids), mask: input(mask) };
}

/** Whether text and image declare one batch dimension: then a run with one image takes one phrase. */
export function sharesBatch(text: DeclaredInput | undefined, image: DeclaredInput | undefined): boolean {
  const [ours, theirs] = [text?.shape[0], image?.shape[0]];
  return typeof ours === 'string' && ours !== '' && ours === theirs;
}

/**
 * Phrases of any lengths as one batch. Shorter ones are padded with their end-of-text token: the model pools at the
 * first of them, and attention is causal. A fixed batch is filled up with the first phrase.
 */
export function textFeeds(phrases: readonly Tokens[], shape: TextShape): Record<string, Tensor> {
  const length = shape.length ?? Math.max(...phrases.map((ids) => ids.length));
  const count = shape.batch ?? phrases.length;
  const rows = ({ type }: TextInput, valueAt: (ids: Tokens, place: number) => number): Tensor => {
    const values = Array.from({ length: count }, (_, row) =>
      Array.from({ length }, (_, place) => valueAt(phrases[row] ?? phrases[0]!, place)),
    ).flat();
    return tensorOf(type, values, [count, length]);
  };
  return {
    [shape.ids.name]: rows(shape.ids, (ids, place) => ids[place] ?? ids.at(-1)!),
    [shape.mask.name]: rows(shape.mask, (ids, place) => Number(place < ids.length)),
  };
}

/** Whole numbers as a tensor of an element type; exporters write attention masks in many. */
function tensorOf(type: string, values: readonly number[], dims: readonly number[]): Tensor {
  switch (type) {
    case 'int32':
      return new Tensor(type, Int32Array.from(values), dims);
    case 'float32':
      return new Tensor(type, Float32Array.from(values), dims);
    case 'float16':
      return new Tensor(type, toHalf(Float32Array.from(values)) as never, dims);
    case 'bool':
      return new Tensor(type, Uint8Array.from(values), dims);
    default:
      return new Tensor('int64', BigInt64Array.from(values, BigInt), dims);
  }
}

/** What a text encoder gave for a batch of phrases. */
export interface TextBatch {
  /** The values of each phrase, as a batch of one. */
  readonly rows: readonly Record<string, Tensor>[];
  /** Values that depend on the number of phrases alone: dimensions that the mask decoder reshapes to. */
  readonly counts: Record<string, Tensor>;
}

const WHOLE_NUMBERS: ReadonlySet<string> = new Set(['int64', 'int32']);

/** Splits a batch; undefined where some value is neither one row a phrase nor a count. */
export function splitBatch(values: Readonly<Record<string, Tensor>>, count: number): TextBatch | undefined {
  const entries = Object.entries(values);
  const isCount = ({ type }: Tensor): boolean => WHOLE_NUMBERS.has(type);
  const perPhrase = entries.filter(([, value]) => !isCount(value));
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
    counts: Object.fromEntries(entries.filter(([, value]) => isCount(value))),
  };
}

/** Joins the rows of several phrases to one batch. */
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
