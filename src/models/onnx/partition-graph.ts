import { describeValue, type OnnxFile, type OnnxNode, writeOnnxFile } from './onnx-file.js';

/** A network cut where what it makes of an image meets what it makes of a text. */
export interface PartitionedModel {
  /** Values that the image's part makes, and the text's part. */
  readonly imageValues: readonly string[];
  readonly textValues: readonly string[];
  readonly imagePart: Uint8Array;
  readonly textPart: Uint8Array;
  /** The rest: both parts' values are its inputs, and it must be told the ONNX element type of each. */
  readonly joinPart: (elementType: (value: string) => number) => Uint8Array;
}

const IMAGE = 1;
const TEXT = 2;
const BOTH = IMAGE | TEXT;

/**
 * Cuts a network into three by what depends on what: on the image alone, on the text alone, on both. Each
 * part computes the same numbers by the same nodes. Undefined where the file cannot be cut, because text and
 * image meet before either was worked on.
 */
export function partitionGraph(file: OnnxFile, imageInput: string, output: string): PartitionedModel | undefined {
  const { inputs, outputs, initializers } = file;
  const given = [...inputs.keys()].filter((value) => !initializers.has(value));
  const depends = dependencies(file, given, imageInput);
  const kindOf = (value: string): number => depends.get(value) ?? 0;
  const joining = lead(file, given, [output]).nodes.filter((node) => unionOf(node.inputs, kindOf) === BOTH);
  const needed = [...new Set(joining.flatMap((node) => node.inputs))];
  const imageValues = needed.filter((value) => kindOf(value) === IMAGE);
  const textValues = needed.filter((value) => kindOf(value) === TEXT);
  if (imageValues.length === 0 || textValues.length === 0 || needed.some((value) => given.includes(value))) {
    return undefined;
  }
  const first = (kind: number, values: readonly string[]): Uint8Array => {
    const from = given.filter((value) => kindOf(value) === kind);
    return writePart(
      file,
      from,
      from.map((value) => inputs.get(value)!),
      values,
      values.map((value) => describeValue(value)),
    );
  };
  return {
    imageValues,
    textValues,
    imagePart: first(IMAGE, imageValues),
    textPart: first(TEXT, textValues),
    joinPart: (elementType) => {
      const from = [...imageValues, ...textValues];
      const described = from.map((value) => describeValue(value, elementType(value)));
      return writePart(file, from, described, [output], [outputs.get(output)!]);
    },
  };
}

/** For each value, whether the image, the text, both or neither has a say in it. Nodes come in their order of work. */
function dependencies({ nodes }: OnnxFile, given: readonly string[], imageInput: string): Map<string, number> {
  const depends = new Map(given.map((name) => [name, name === imageInput ? IMAGE : TEXT]));
  for (const node of nodes) {
    const kind = unionOf(node.inputs, (value) => depends.get(value) ?? 0);
    for (const output of node.outputs) {
      depends.set(output, kind);
    }
  }
  return depends;
}

function unionOf(values: readonly string[], kindOf: (value: string) => number): number {
  return values.reduce((kind, value) => kind | kindOf(value), 0);
}

function writePart(
  file: OnnxFile,
  given: readonly string[],
  inputs: readonly Uint8Array[],
  wanted: readonly string[],
  outputs: readonly Uint8Array[],
): Uint8Array {
  return writeOnnxFile(file.header, { ...lead(file, given, wanted), inputs, outputs });
}

/** The nodes and weights that lead from the values given to the values wanted. */
function lead(
  { nodes, initializers }: OnnxFile,
  given: readonly string[],
  wanted: readonly string[],
): { nodes: OnnxNode[]; initializers: Uint8Array[] } {
  const makers = new Map<string, OnnxNode>(nodes.flatMap((node) => node.outputs.map((output) => [output, node])));
  const used = new Set<OnnxNode>();
  const weights: Uint8Array[] = [];
  const seen = new Set(given);
  const open = [...wanted];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (seen.has(value)) {
      continue;
    }
    seen.add(value);
    const weight = initializers.get(value);
    const maker = makers.get(value);
    if (weight !== undefined) {
      weights.push(weight);
    } else if (maker !== undefined) {
      used.add(maker);
      open.push(...maker.inputs);
    }
  }
  return { nodes: nodes.filter((node) => used.has(node)), initializers: weights };
}
