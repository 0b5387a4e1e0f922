/** Just enough of a protobuf writer to make ONNX files for tests, by the field numbers of onnx.proto. */

export function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}

export function bytesField(field: number, bytes: Uint8Array | string): Buffer {
  const content = Buffer.from(bytes as Uint8Array);
  return Buffer.concat([Buffer.from([...varint(field * 8 + 2), ...varint(content.length)]), content]);
}

export function numberField(field: number, value: number): Buffer {
  return Buffer.from([...varint(field * 8), ...varint(value)]);
}

const FLOAT = 1;
const INT64 = 7;

export function tensor(name: string, dims: readonly number[], values: Float32Array | BigInt64Array): Buffer {
  return Buffer.concat([
    ...dims.map((dim) => numberField(1, dim)),
    numberField(2, values instanceof Float32Array ? FLOAT : INT64),
    bytesField(8, name),
    bytesField(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
  ]);
}

export function valueInfo(name: string, type: 'float' | 'int64', dims: readonly (number | string)[]): Buffer {
  const shape = Buffer.concat(
    dims.map((dim) => bytesField(1, typeof dim === 'number' ? numberField(1, dim) : bytesField(2, dim))),
  );
  const tensorType = Buffer.concat([numberField(1, type === 'float' ? FLOAT : INT64), bytesField(2, shape)]);
  return Buffer.concat([bytesField(1, name), bytesField(2, bytesField(1, tensorType))]);
}

export function node(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, number | readonly number[]>> = {},
): Buffer {
  return Buffer.concat([
    ...inputs.map((name) => bytesField(1, name)),
    ...outputs.map((name) => bytesField(2, name)),
    bytesField(3, `${op} ${outputs[0]}`),
    bytesField(4, op),
    ...Object.entries(attributes).map(([name, value]) => bytesField(5, attribute(name, value))),
  ]);
}

function attribute(name: string, value: number | readonly number[]): Buffer {
  return typeof value === 'number'
    ? Buffer.concat([bytesField(1, name), numberField(3, value), numberField(20, 2)])
    : Buffer.concat([bytesField(1, name), ...value.map((item) => numberField(8, item)), numberField(20, 7)]);
}

export interface OnnxParts {
  readonly nodes: readonly Buffer[];
  readonly initializers: readonly Buffer[];
  readonly inputs: readonly Buffer[];
  readonly outputs: readonly Buffer[];
}

export function onnxModel({ nodes, initializers, inputs, outputs }: OnnxParts): Buffer {
  const graph = Buffer.concat([
    ...nodes.map((item) => bytesField(1, item)),
    bytesField(2, 'graph'),
    ...initializers.map((item) => bytesField(5, item)),
    ...inputs.map((item) => bytesField(11, item)),
    ...outputs.map((item) => bytesField(12, item)),
  ]);
  return Buffer.concat([
    numberField(1, 8),
    bytesField(7, graph),
    bytesField(8, Buffer.concat([bytesField(1, ''), numberField(2, 13)])),
  ]);
}
