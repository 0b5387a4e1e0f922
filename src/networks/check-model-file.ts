import { open, readFile, stat } from 'node:fs/promises';
import { MaskwrightError } from '../errors.js';

/**
 * Looks at a model's file without loading it, so that what is broken is named before a native library
 * meets it. Throws `MODEL_DAMAGED`.
 */
export async function checkModelFile(path: string): Promise<void> {
  const flaw = await findFlaw(path, path);
  if (flaw !== undefined) {
    throw damaged(path, flaw);
  }
}

/** What is wrong with a file that is, or is to be, called `name`; undefined where nothing is. */
export async function findFlaw(path: string, name: string): Promise<string | undefined> {
  const { size } = await stat(path);
  if (size === 0) {
    return 'it is empty';
  }
  if (name.endsWith('.json')) {
    return parseObject(await readFile(path, 'utf8')).flaw;
  }
  return name.endsWith('.onnx') ? findOnnxFlaw(path, size) : undefined;
}

/** The object in a model's JSON file. Throws `MODEL_DAMAGED`. */
export async function readModelJson(path: string): Promise<Record<string, unknown>> {
  const { value, flaw } = parseObject(await readFile(path, 'utf8'));
  if (value === undefined) {
    throw damaged(path, flaw!);
  }
  return value;
}

function parseObject(text: string): { value?: Record<string, unknown>; flaw?: string } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { value: value as Record<string, unknown> }
      : { flaw: 'it is not a JSON object' };
  } catch {
    return { flaw: looksLikeHtml(text) ? 'it is a web page' : 'it is not JSON' };
  }
}

export function damaged(path: string, reason: string, cause?: unknown): MaskwrightError {
  return new MaskwrightError('MODEL_DAMAGED', `the model file ${path} cannot be used: ${reason}`, {
    hint: 'if it was downloaded, maskwright models rm <model> removes it; then pull it again',
    cause,
  });
}

function looksLikeHtml(text: string): boolean {
  return /^\s*<(?:!doctype|html|head|\?xml)/i.test(text);
}

const GRAPH_FIELD = 7;
const WIRE_VARINT = 0;
const WIRE_EIGHT_BYTES = 1;
const WIRE_LENGTH = 2;
const WIRE_FOUR_BYTES = 5;
/** The longest top level header: a tag and a length, ten bytes each at most. */
const HEADER_BYTES = 20;

/** An ONNX file is one protobuf message: its top level fields must fill the file exactly, a graph among them. */
async function findOnnxFlaw(path: string, size: number): Promise<string | undefined> {
  const file = await open(path);
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    let position = 0;
    let hasGraph = false;
    while (position < size) {
      const { bytesRead } = await file.read(header, 0, HEADER_BYTES, position);
      const [tag, tagBytes] = varint(header, 0, bytesRead);
      const [value, valueBytes] = varint(header, tagBytes, bytesRead);
      const field = Math.floor(tag / 8);
      hasGraph ||= field === GRAPH_FIELD;
      const length = lengthAfterTag(tag % 8, value, valueBytes);
      if (field === 0 || Number.isNaN(length)) {
        return looksLikeHtml(await readStart(file, size)) ? 'it is a web page' : 'it is not an ONNX file';
      }
      position += tagBytes + length;
    }
    if (position !== size) {
      return `it is cut off: ${size} bytes of ${position}`;
    }
    return hasGraph ? undefined : 'it is not an ONNX file';
  } finally {
    await file.close();
  }
}

async function readStart(file: Awaited<ReturnType<typeof open>>, size: number): Promise<string> {
  const start = Buffer.alloc(Math.min(size, 64));
  await file.read(start, 0, start.length, 0);
  return start.toString('latin1');
}

/** Bytes of a field behind its tag, by its wire type; NaN for what is no field. */
function lengthAfterTag(wireType: number, value: number, valueBytes: number): number {
  switch (wireType) {
    case WIRE_VARINT:
      return valueBytes;
    case WIRE_EIGHT_BYTES:
      return 8;
    case WIRE_LENGTH:
      return valueBytes + value;
    case WIRE_FOUR_BYTES:
      return 4;
    default:
      return Number.NaN;
  }
}

/** A protobuf varint and its length in bytes; NaN where it does not end. */
function varint(bytes: Uint8Array, begin: number, end: number): [value: number, bytes: number] {
  let value = 0;
  let scale = 1;
  for (let i = begin; i < Math.min(end, begin + 10); i++) {
    value += (bytes[i]! & 127) * scale;
    if (bytes[i]! < 128) {
      return [value, i + 1 - begin];
    }
    scale *= 128;
  }
  return [Number.NaN, 0];
}
