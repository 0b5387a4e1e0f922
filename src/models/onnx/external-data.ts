import { ENTRY_KEY, ENTRY_VALUE, TENSOR_EXTERNAL_DATA } from './onnx-fields.js';
import { type ByteSource, type Field, fieldsOf } from './protobuf.js';

/** A message of onnx.proto: which of its fields are messages that can contain tensors. */
interface Shape {
  readonly fields: Readonly<Record<number, Shape>>;
}

// By the field numbers of onnx.proto. Graphs are in attributes of nodes of graphs.
const TENSOR: Shape = { fields: {} };
const SPARSE_TENSOR: Shape = { fields: { 1: TENSOR, 2: TENSOR } };
const GRAPH: { fields: Record<number, Shape> } = { fields: { 5: TENSOR, 15: SPARSE_TENSOR } };
const ATTRIBUTE: Shape = {
  fields: { 5: TENSOR, 6: GRAPH, 10: TENSOR, 11: GRAPH, 22: SPARSE_TENSOR, 23: SPARSE_TENSOR },
};
const NODE: Shape = { fields: { 5: ATTRIBUTE } };
GRAPH.fields[1] = NODE;
const FUNCTION: Shape = { fields: { 7: NODE, 11: ATTRIBUTE } };
const TRAINING: Shape = { fields: { 1: GRAPH, 2: GRAPH } };
const MODEL: Shape = { fields: { 7: GRAPH, 20: TRAINING, 25: FUNCTION } };

/**
 * The files that an ONNX file keeps weights in (ONNX's external data), as it names them. Weights are not read.
 * Throws `RangeError` for what is not an ONNX file.
 */
export function externalDataFiles(source: ByteSource): Set<string> {
  const found = new Set<string>();
  visit(source, 0, source.size, MODEL, found);
  return found;
}

function visit(source: ByteSource, begin: number, end: number, shape: Shape, found: Set<string>): void {
  for (const field of fieldsOf(source, begin, end)) {
    if (shape === TENSOR && field.number === TENSOR_EXTERNAL_DATA) {
      const { key, value } = readEntry(source, field);
      if (key === 'location') {
        found.add(value);
      }
    }
    const inner = shape.fields[field.number];
    if (inner !== undefined) {
      visit(source, field.content, field.end, inner, found);
    }
  }
}

/** A StringStringEntryProto, which ONNX describes external data with: `location`, `offset`, `length`. */
export function readEntry(source: ByteSource, message: Field): { key: string; value: string } {
  const texts = new Map<number, string>();
  for (const { number, content, end } of fieldsOf(source, message.content, message.end)) {
    texts.set(number, Buffer.from(source.read(content, end - content)).toString('utf8'));
  }
  return { key: texts.get(ENTRY_KEY) ?? '', value: texts.get(ENTRY_VALUE) ?? '' };
}
