import {
  describeValue,
  type Initializer,
  int64Initializer,
  type OnnxFile,
  type OnnxNode,
  writeOnnxFile,
} from './onnx-file.js';

/** A model as three graphs: image encoder, text encoder, and the mask decoder that takes what both give. */
export interface PartitionedModel {
  /** Values that the image encoder gives, and the text encoder. */
  readonly imageValues: readonly string[];
  readonly textValues: readonly string[];
  readonly imageEncoder: Uint8Array;
  readonly textEncoder: Uint8Array;
  /** The mask decoder; its inputs are described by the ONNX element type of each value. */
  readonly maskDecoder: (elementType: (value: string) => number) => Uint8Array;
  /** True where the parts hold for one phrase a run only. */
  readonly isSinglePhrase: boolean;
  /** Bytes of the weights that each phrase is multiplied with again. */
  readonly decoderBytes: number;
}

const IMAGE = 1;
const TEXT = 2;
const BOTH = IMAGE | TEXT;

/** With less of the weights than this in the image encoder, its layers are in the mask decoder. */
const MIN_IMAGE_SHARE = 0.25;
/** A batch of one phrase pays where it takes this much of the weights out of the mask decoder. */
const MAX_SINGLE_SHARE = 0.75;

/**
 * Splits a model by dependency: into what needs the image alone, the text alone, and both. The parts compute the same
 * numbers by the same nodes.
 *
 * torch's dynamo exporter may give text and image one batch dimension, and reads it off either input. Layers of the
 * image encoder then depend on the shape of the text. Such a batch dimension is replaced by 1, and the parts take one
 * phrase a run.
 *
 * Undefined where partitioning would spare no work: text and image meet before the image is encoded.
 */
export function partitionGraph(file: OnnxFile, imageInput: string, output: string): PartitionedModel | undefined {
  const any = split(file, imageInput, output, false);
  const single = split(withSingleBatch(file), imageInput, output, true);
  return any === undefined || (single?.decoderBytes ?? Infinity) < MAX_SINGLE_SHARE * any.decoderBytes ? single : any;
}

function split(
  file: OnnxFile,
  imageInput: string,
  output: string,
  isSinglePhrase: boolean,
): PartitionedModel | undefined {
  const { inputs, outputs, initializers } = file;
  const graphInputs = [...inputs.keys()].filter((value) => !initializers.has(value));
  const leading = subgraph(file, graphInputs, [output]).nodes;
  const depends = dependencies(leading, graphInputs, imageInput);
  const kindOf = (value: string): number => depends.get(value) ?? 0;
  const joining = leading.filter((node) => unionOf(node.inputs, kindOf) === BOTH);
  const needed = [...new Set(joining.flatMap((node) => node.inputs))];
  const imageValues = needed.filter((value) => kindOf(value) === IMAGE);
  const textValues = needed.filter((value) => kindOf(value) === TEXT);
  if (imageValues.length === 0 || textValues.length === 0 || needed.some((value) => graphInputs.includes(value))) {
    return undefined;
  }
  const imageBytes = weightBytes(file, graphInputs, imageValues);
  const decoderBytes = weightBytes(file, [...imageValues, ...textValues], [output]);
  if (imageBytes < MIN_IMAGE_SHARE * (imageBytes + decoderBytes)) {
    return undefined;
  }
  const encoder = (kind: number, values: readonly string[]): Uint8Array => {
    const from = graphInputs.filter((value) => kindOf(value) === kind);
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
    isSinglePhrase,
    decoderBytes,
    imageEncoder: encoder(IMAGE, imageValues),
    textEncoder: encoder(TEXT, textValues),
    maskDecoder: (elementType) => {
      const from = [...imageValues, ...textValues];
      const described = from.map((value) => describeValue(value, elementType(value)));
      return writePart(file, from, described, [output], [outputs.get(output)!]);
    },
  };
}

/** The file with a batch of 1: nodes that read the batch dimension off an input give the constant 1. */
function withSingleBatch(file: OnnxFile): OnnxFile {
  const isBatch = ({ op, inputs, integers }: OnnxNode): boolean =>
    op === 'Shape' && file.inputs.has(inputs[0]!) && (integers.get('start') ?? 0) === 0 && integers.get('end') === 1;
  const batches = file.nodes.filter(isBatch).flatMap(({ outputs }) => outputs);
  return {
    ...file,
    nodes: file.nodes.filter((node) => !isBatch(node)),
    initializers: new Map([...file.initializers, ...batches.map((name) => [name, int64Initializer(name, 1)] as const)]),
  };
}

/** For each value, whether it depends on the image, the text, both or neither. Nodes are in order of execution. */
function dependencies(
  nodes: readonly OnnxNode[],
  graphInputs: readonly string[],
  imageInput: string,
): Map<string, number> {
  const depends = new Map(graphInputs.map((name) => [name, name === imageInput ? IMAGE : TEXT]));
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

function weightBytes(file: OnnxFile, from: readonly string[], to: readonly string[]): number {
  return subgraph(file, from, to).initializers.reduce((sum, { bytes }) => sum + bytes, 0);
}

function writePart(
  file: OnnxFile,
  from: readonly string[],
  inputs: readonly Uint8Array[],
  to: readonly string[],
  outputs: readonly Uint8Array[],
): Uint8Array {
  const { nodes, initializers } = subgraph(file, from, to);
  return writeOnnxFile(file.header, { nodes, initializers: initializers.map(({ raw }) => raw), inputs, outputs });
}

/**
 * The nodes and weights between the values `from` and the values `to`, in order of execution, whatever their order in
 * the file: some converters append nodes. Throws `RangeError` where the graph has a cycle.
 */
function subgraph(
  { nodes, initializers }: OnnxFile,
  from: readonly string[],
  to: readonly string[],
): { nodes: OnnxNode[]; initializers: Initializer[] } {
  const producers = new Map<string, OnnxNode>(nodes.flatMap((node) => node.outputs.map((output) => [output, node])));
  const ordered = new Set<OnnxNode>();
  const entered = new Set<OnnxNode>();
  const weights = new Map<string, Initializer>();
  const known = new Set(from);
  // Depth first without recursion: a node is visited when it is met, and placed when all that it needs is placed.
  const stack: { readonly node: OnnxNode; next: number }[] = [];
  const enter = (value: string): void => {
    const weight = initializers.get(value);
    const producer = producers.get(value);
    if (known.has(value)) {
      return;
    }
    if (weight !== undefined) {
      weights.set(value, weight);
    } else if (producer !== undefined && !ordered.has(producer)) {
      if (entered.has(producer)) {
        throw new RangeError('the graph has a cycle');
      }
      entered.add(producer);
      stack.push({ node: producer, next: 0 });
    }
  };
  for (const value of to) {
    enter(value);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const input = top.node.inputs[top.next++];
      if (input !== undefined) {
        enter(input);
      } else {
        ordered.add(top.node);
        stack.pop();
      }
    }
  }
  return { nodes: [...ordered], initializers: [...weights.values()] };
}
