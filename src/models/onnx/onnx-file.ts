import { bytesField, type ByteSource, type Field, fieldsOf, numberField, textField } from './protobuf.js';

// Field numbers of onnx.proto.
export const MODEL_GRAPH = 7;
const GRAPH_NODE = 1;
const GRAPH_NAME = 2;
const GRAPH_INITIALIZER = 5;
const GRAPH_INPUT = 11;
const GRAPH_OUTPUT = 12;
const GRAPH_VALUE_INFO = 13;
const GRAPH_SPARSE_INITIALIZER = 15;
const NODE_INPUT = 1;
const NODE_OUTPUT = 2;
const NODE_ATTRIBUTE = 5;
const ATTRIBUTE_GRAPH = 6;
const ATTRIBUTE_GRAPHS = 11;
const TENSOR_NAME = 8;
const TENSOR_RAW_DATA = 9;
const TENSOR_EXTERNAL_DATA = 13;
const TENSOR_DATA_LOCATION = 14;
const VALUE_NAME = 1;
const VALUE_TYPE = 2;
const TYPE_TENSOR = 1;
const TENSOR_TYPE_ELEMENT = 1;
const ENTRY_KEY = 1;
const ENTRY_VALUE = 2;
const EXTERNAL = 1;

/** Weights from this size on stay in their file; smaller ones may be shapes, which are needed in the graph. */
const EXTERNAL_BYTES = 1024;

export interface OnnxNode {
  /** Names of values, those that subgraphs take from outside included. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly raw: Uint8Array;
}

/** An ONNX file taken apart. Each `raw` is a whole field, tag included. Large weights are only pointed at. */
export interface OnnxFile {
  /** Everything but the graph: versions, operator sets, metadata. */
  readonly header: readonly Uint8Array[];
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, Uint8Array>;
  readonly inputs: ReadonlyMap<string, Uint8Array>;
  readonly outputs: ReadonlyMap<string, Uint8Array>;
  /** Types of values inside, as far as the file tells them. */
  readonly values: ReadonlyMap<string, Uint8Array>;
}

/**
 * Takes an ONNX file apart without reading its large weights: they become references to their place in the
 * file called `location`, as ONNX's external data. Throws `RangeError` for what is not such a file.
 */
export function readOnnxFile(source: ByteSource, location: string): OnnxFile {
  const header: Uint8Array[] = [];
  const nodes: OnnxNode[] = [];
  const initializers = new Map<string, Uint8Array>();
  const inputs = new Map<string, Uint8Array>();
  const outputs = new Map<string, Uint8Array>();
  const values = new Map<string, Uint8Array>();
  const raw = ({ begin, end }: Field): Uint8Array => source.read(begin, end - begin).slice();
  for (const top of fieldsOf(source, 0, source.size)) {
    if (top.number !== MODEL_GRAPH) {
      header.push(raw(top));
      continue;
    }
    for (const field of fieldsOf(source, top.content, top.end)) {
      switch (field.number) {
        case GRAPH_NODE:
          nodes.push({ ...connectionsOf(source, field), raw: raw(field) });
          break;
        case GRAPH_INITIALIZER:
          initializers.set(textIn(source, field, TENSOR_NAME), initializer(source, field, location));
          break;
        case GRAPH_INPUT:
          inputs.set(textIn(source, field, VALUE_NAME), raw(field));
          break;
        case GRAPH_OUTPUT:
          outputs.set(textIn(source, field, VALUE_NAME), raw(field));
          break;
        case GRAPH_VALUE_INFO:
          values.set(textIn(source, field, VALUE_NAME), raw(field));
          break;
        case GRAPH_SPARSE_INITIALIZER:
          throw new RangeError('the graph has sparse weights');
        default:
      }
    }
  }
  return { header, nodes, initializers, inputs, outputs, values };
}

export interface GraphParts {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly Uint8Array[];
  /** Descriptions of values, made by `describeValue` or taken from a file. */
  readonly inputs: readonly Uint8Array[];
  readonly outputs: readonly Uint8Array[];
}

/** Puts a graph together as a file of its own. */
export function writeOnnxFile(
  header: readonly Uint8Array[],
  { nodes, initializers, inputs, outputs }: GraphParts,
): Uint8Array {
  const graph = [
    ...nodes.map(({ raw }) => raw),
    ...textField(GRAPH_NAME, 'part'),
    ...initializers,
    ...inputs.map((value) => renumber(value, GRAPH_INPUT)),
    ...outputs.map((value) => renumber(value, GRAPH_OUTPUT)),
  ];
  return Buffer.concat([...header, ...bytesField(MODEL_GRAPH, graph)]);
}

/** A value of a graph by its name, and where it is known by its ONNX element type; of any shape. */
export function describeValue(name: string, elementType?: number): Uint8Array {
  const type =
    elementType === undefined
      ? []
      : bytesField(VALUE_TYPE, bytesField(TYPE_TENSOR, numberField(TENSOR_TYPE_ELEMENT, elementType)));
  return Buffer.concat(bytesField(GRAPH_INPUT, [...textField(VALUE_NAME, name), ...type]));
}

/** Field numbers under 16 take one byte together with their wire type: inputs and outputs differ in it alone. */
function renumber(field: Uint8Array, number: number): Uint8Array {
  const copy = field.slice();
  copy[0] = number * 8 + (field[0]! % 8);
  return copy;
}

function connectionsOf(source: ByteSource, node: Field): { inputs: string[]; outputs: string[] } {
  const inputs: string[] = [];
  const outputs: string[] = [];
  for (const field of fieldsOf(source, node.content, node.end)) {
    if (field.number === NODE_INPUT) {
      inputs.push(textOf(source, field));
    } else if (field.number === NODE_OUTPUT) {
      outputs.push(textOf(source, field));
    } else if (field.number === NODE_ATTRIBUTE) {
      inputs.push(...subgraphInputs(source, field));
    }
  }
  return { inputs: inputs.filter((name) => name !== ''), outputs };
}

/** Names that the nodes of an attribute's subgraphs use: some of them are values of the graph around. */
function subgraphInputs(source: ByteSource, attribute: Field): string[] {
  const names: string[] = [];
  for (const field of fieldsOf(source, attribute.content, attribute.end)) {
    if (field.number === ATTRIBUTE_GRAPH || field.number === ATTRIBUTE_GRAPHS) {
      for (const inner of fieldsOf(source, field.content, field.end)) {
        if (inner.number === GRAPH_NODE) {
          names.push(...connectionsOf(source, inner).inputs);
        } else if (inner.number === GRAPH_OUTPUT) {
          names.push(textIn(source, inner, VALUE_NAME));
        }
      }
    }
  }
  return names;
}

function initializer(source: ByteSource, tensor: Field, location: string): Uint8Array {
  const fields = [...fieldsOf(source, tensor.content, tensor.end)];
  const data = fields.find(({ number }) => number === TENSOR_RAW_DATA);
  if (data === undefined || data.end - data.content < EXTERNAL_BYTES) {
    return source.read(tensor.begin, tensor.end - tensor.begin).slice();
  }
  const reference = [
    ...fields.filter((field) => field !== data).map(({ begin, end }) => source.read(begin, end - begin).slice()),
    ...externalEntry('location', location),
    ...externalEntry('offset', String(data.content)),
    ...externalEntry('length', String(data.end - data.content)),
    ...numberField(TENSOR_DATA_LOCATION, EXTERNAL),
  ];
  return Buffer.concat(bytesField(GRAPH_INITIALIZER, reference));
}

function externalEntry(key: string, value: string): Uint8Array[] {
  return bytesField(TENSOR_EXTERNAL_DATA, [...textField(ENTRY_KEY, key), ...textField(ENTRY_VALUE, value)]);
}

function textIn(source: ByteSource, message: Field, number: number): string {
  for (const field of fieldsOf(source, message.content, message.end)) {
    if (field.number === number) {
      return textOf(source, field);
    }
  }
  return '';
}

function textOf(source: ByteSource, { content, end }: Field): string {
  return Buffer.from(source.read(content, end - content)).toString('utf8');
}
