import { readEntry } from './external-data.js';
import {
  ATTRIBUTE_GRAPH,
  ATTRIBUTE_GRAPHS,
  ATTRIBUTE_INT,
  ATTRIBUTE_NAME,
  ENTRY_KEY,
  ENTRY_VALUE,
  GRAPH_INITIALIZER,
  GRAPH_INPUT,
  GRAPH_NAME,
  GRAPH_NODE,
  GRAPH_OUTPUT,
  GRAPH_SPARSE_INITIALIZER,
  LOCATION_EXTERNAL,
  MODEL_FUNCTIONS,
  MODEL_GRAPH,
  NODE_ATTRIBUTE,
  NODE_INPUT,
  NODE_OP_TYPE,
  NODE_OUTPUT,
  TENSOR_DATA_LOCATION,
  TENSOR_DATA_TYPE,
  TENSOR_DIMS,
  TENSOR_EXTERNAL_DATA,
  TENSOR_NAME,
  TENSOR_RAW_DATA,
  TENSOR_TYPE_ELEMENT,
  TYPE_INT64,
  TYPE_TENSOR,
  VALUE_NAME,
  VALUE_TYPE,
} from './onnx-fields.js';
import { bytesField, bytesSource, type ByteSource, type Field, fieldsOf, numberField, textField } from './protobuf.js';

/** Weights from this size on stay in their file. Smaller ones may be shapes, which the graph itself must contain. */
const EXTERNAL_BYTES = 1024;

export interface OnnxNode {
  readonly op: string;
  /** Names of values, with those that subgraphs take from the graph around them. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Attributes that are whole numbers. */
  readonly integers: ReadonlyMap<string, number>;
  readonly raw: Uint8Array;
}

/** A constant of the graph. */
export interface Initializer {
  /** Bytes of its data, wherever they are. */
  readonly bytes: number;
  readonly raw: Uint8Array;
}

/** An ONNX file as parts. Each `raw` is a whole field, tag included. Large weights are references. */
export interface OnnxFile {
  /** Everything but the graph: versions, operator sets, functions, metadata. */
  readonly header: readonly Uint8Array[];
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, Initializer>;
  readonly inputs: ReadonlyMap<string, Uint8Array>;
  readonly outputs: ReadonlyMap<string, Uint8Array>;
  /** The operators that the model defines itself; a dynamo export may hide whole layers in them. */
  readonly hasFunctions: boolean;
}

/** Where the data of an ONNX file are. */
export interface DataFiles {
  /** The name that the file itself is to be referred to by; names are relative to one folder. */
  readonly own: string;
  /** The same for a file of external data that the model names. Throws `RangeError` where it is in another folder. */
  readonly external: (location: string) => string;
  /** Bytes of a file of external data. */
  readonly read: (location: string, offset: number, length: number) => Uint8Array;
}

/**
 * Splits an ONNX file without reading its large weights: they become references to their place in the file, as ONNX's
 * external data. Throws `RangeError` for what is not such a file.
 */
export function readOnnxFile(source: ByteSource, data: DataFiles): OnnxFile {
  const header: Uint8Array[] = [];
  const nodes: OnnxNode[] = [];
  const initializers = new Map<string, Initializer>();
  const inputs = new Map<string, Uint8Array>();
  const outputs = new Map<string, Uint8Array>();
  let hasFunctions = false;
  for (const top of fieldsOf(source, 0, source.size)) {
    if (top.number !== MODEL_GRAPH) {
      header.push(rawOf(source, top));
      hasFunctions ||= top.number === MODEL_FUNCTIONS;
      continue;
    }
    for (const field of fieldsOf(source, top.content, top.end)) {
      switch (field.number) {
        case GRAPH_NODE:
          nodes.push(readNode(source, field));
          break;
        case GRAPH_INITIALIZER:
          initializers.set(textIn(source, field, TENSOR_NAME), readInitializer(source, field, data));
          break;
        case GRAPH_INPUT:
          inputs.set(textIn(source, field, VALUE_NAME), rawOf(source, field));
          break;
        case GRAPH_OUTPUT:
          outputs.set(textIn(source, field, VALUE_NAME), rawOf(source, field));
          break;
        case GRAPH_SPARSE_INITIALIZER:
          throw new RangeError('the graph has sparse weights');
        default:
      }
    }
  }
  return { header, nodes, initializers, inputs, outputs, hasFunctions };
}

/** The names of the operators that a file uses, those of its functions and subgraphs included. */
export function operatorsOf(source: ByteSource): Set<string> {
  const found = new Set<string>();
  const visitNode = (node: Field): void => {
    for (const field of fieldsOf(source, node.content, node.end)) {
      if (field.number === NODE_OP_TYPE) {
        found.add(textOf(source, field));
      } else if (field.number === NODE_ATTRIBUTE) {
        visitSubgraphs(field);
      }
    }
  };
  const visitGraph = (graph: Field, nodeField: number): void => {
    for (const field of fieldsOf(source, graph.content, graph.end)) {
      if (field.number === nodeField) {
        visitNode(field);
      }
    }
  };
  const visitSubgraphs = (attribute: Field): void => {
    for (const field of fieldsOf(source, attribute.content, attribute.end)) {
      if (field.number === ATTRIBUTE_GRAPH || field.number === ATTRIBUTE_GRAPHS) {
        visitGraph(field, GRAPH_NODE);
      }
    }
  };
  for (const top of fieldsOf(source, 0, source.size)) {
    if (top.number === MODEL_GRAPH) {
      visitGraph(top, GRAPH_NODE);
    } else if (top.number === MODEL_FUNCTIONS) {
      visitGraph(top, 7);
    }
  }
  return found;
}

export interface GraphParts {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly Uint8Array[];
  /** Descriptions of values, by `describeValue` or from a file. */
  readonly inputs: readonly Uint8Array[];
  readonly outputs: readonly Uint8Array[];
}

/** Writes a graph as an ONNX file. */
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

/** A value of a graph by its name, of any shape, with its ONNX element type where that is known. */
export function describeValue(name: string, elementType?: number): Uint8Array {
  const type =
    elementType === undefined
      ? []
      : bytesField(VALUE_TYPE, bytesField(TYPE_TENSOR, numberField(TENSOR_TYPE_ELEMENT, elementType)));
  return Buffer.concat(bytesField(GRAPH_INPUT, [...textField(VALUE_NAME, name), ...type]));
}

/** The ONNX element type of a value by its description; undefined where that names none. */
export function elementTypeOf(description: Uint8Array): number | undefined {
  const source = bytesSource(description);
  let message: Field | undefined = [...fieldsOf(source, 0, source.size)][0];
  for (const number of [VALUE_TYPE, TYPE_TENSOR, TENSOR_TYPE_ELEMENT]) {
    message = message && [...fieldsOf(source, message.content, message.end)].find((field) => field.number === number);
  }
  return message?.value;
}

/** An initializer of one int64. */
export function int64Initializer(name: string, value: number): Initializer {
  const raw = new Uint8Array(new BigInt64Array([BigInt(value)]).buffer);
  const tensor = [
    ...numberField(TENSOR_DIMS, 1),
    ...numberField(TENSOR_DATA_TYPE, TYPE_INT64),
    ...textField(TENSOR_NAME, name),
    ...bytesField(TENSOR_RAW_DATA, [raw]),
  ];
  return { bytes: raw.length, raw: Buffer.concat(bytesField(GRAPH_INITIALIZER, tensor)) };
}

/** Field numbers below 16 take one byte together with their wire type: inputs and outputs differ in it alone. */
function renumber(field: Uint8Array, number: number): Uint8Array {
  const copy = field.slice();
  copy[0] = number * 8 + (field[0]! % 8);
  return copy;
}

function readNode(source: ByteSource, node: Field): OnnxNode {
  let op = '';
  const integers = new Map<string, number>();
  for (const field of fieldsOf(source, node.content, node.end)) {
    if (field.number === NODE_OP_TYPE) {
      op = textOf(source, field);
    } else if (field.number === NODE_ATTRIBUTE) {
      for (const { number, value } of fieldsOf(source, field.content, field.end)) {
        if (number === ATTRIBUTE_INT) {
          integers.set(textIn(source, field, ATTRIBUTE_NAME), value);
        }
      }
    }
  }
  return { op, integers, ...connectionsOf(source, node), raw: rawOf(source, node) };
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
  return { inputs: inputs.filter((name) => name !== ''), outputs: outputs.filter((name) => name !== '') };
}

/** Names that the nodes of an attribute's subgraphs use: some of them are values of the graph around it. */
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

function readInitializer(source: ByteSource, tensor: Field, files: DataFiles): Initializer {
  const fields = [...fieldsOf(source, tensor.content, tensor.end)];
  const data = fields.find(({ number }) => number === TENSOR_RAW_DATA);
  const external = fields.filter(({ number }) => number === TENSOR_EXTERNAL_DATA);
  if (data !== undefined && data.end - data.content >= EXTERNAL_BYTES) {
    return referTo(source, fields, files.own, data.content, data.end - data.content);
  }
  if (external.length === 0 || data !== undefined) {
    return { bytes: tensor.end - tensor.content, raw: rawOf(source, tensor) };
  }
  const entries = new Map(external.map((field) => Object.values(readEntry(source, field)) as [string, string]));
  const location = entries.get('location') ?? '';
  const [offset, length] = [entries.get('offset') ?? '0', entries.get('length') ?? ''].map(toByteCount) as [
    number,
    number,
  ];
  if (length >= EXTERNAL_BYTES) {
    return referTo(source, fields, files.external(location), offset, length);
  }
  const kept = keptFields(source, fields);
  const raw = bytesField(TENSOR_RAW_DATA, [files.read(location, offset, length)]);
  return { bytes: length, raw: Buffer.concat(bytesField(GRAPH_INITIALIZER, [...kept, ...raw])) };
}

function toByteCount(text: string): number {
  if (!/^\d{1,15}$/.test(text)) {
    throw new RangeError('external data without offset and length');
  }
  return Number(text);
}

/** The fields of a tensor without its data, or where these are. */
function keptFields(source: ByteSource, fields: readonly Field[]): Uint8Array[] {
  const data = new Set([TENSOR_RAW_DATA, TENSOR_EXTERNAL_DATA, TENSOR_DATA_LOCATION]);
  return fields.filter(({ number }) => !data.has(number)).map((field) => rawOf(source, field));
}

function referTo(
  source: ByteSource,
  fields: readonly Field[],
  location: string,
  offset: number,
  length: number,
): Initializer {
  const entry = (key: string, value: string): Uint8Array[] =>
    bytesField(TENSOR_EXTERNAL_DATA, [...textField(ENTRY_KEY, key), ...textField(ENTRY_VALUE, value)]);
  const tensor = [
    ...keptFields(source, fields),
    ...entry('location', location),
    ...entry('offset', String(offset)),
    ...entry('length', String(length)),
    ...numberField(TENSOR_DATA_LOCATION, LOCATION_EXTERNAL),
  ];
  return { bytes: length, raw: Buffer.concat(bytesField(GRAPH_INITIALIZER, tensor)) };
}

function rawOf(source: ByteSource, { begin, end }: Field): Uint8Array {
  return source.read(begin, end - begin).slice();
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
