import { readFile, stat } from 'node:fs/promises';
import { MaskwrightError } from '../../errors.js';
import { externalFiles } from '../onnx/external-data.js';
import { withFileSource } from '../onnx/byte-source.js';
import { MODEL_GRAPH } from '../onnx/onnx-file.js';
import { fieldsOf } from '../onnx/protobuf.js';

/**
 * Detections at a model's file without loading it, so that what is broken is named before a native library
 * meets it. Throws `MODEL_DAMAGED`.
 */
export async function checkModelFile(path: string): Promise<void> {
  const problem = await findProblem(path, path);
  if (problem !== undefined) {
    throw damaged(path, problem);
  }
}

/** What is wrong with a file that is, or is to be, called `name`; undefined where nothing is. */
export async function findProblem(path: string, name: string): Promise<string | undefined> {
  const { size } = await stat(path);
  if (size === 0) {
    return 'it is empty';
  }
  if (name.endsWith('.json')) {
    return parseObject(await readFile(path, 'utf8')).problem;
  }
  return name.endsWith('.onnx') ? findOnnxProblem(path) : undefined;
}

/** The object in a model's JSON file. Throws `MODEL_DAMAGED`. */
export async function readModelJson(path: string): Promise<Record<string, unknown>> {
  const { value, problem } = parseObject(await readFile(path, 'utf8'));
  if (value === undefined) {
    throw damaged(path, problem!);
  }
  return value;
}

function parseObject(text: string): { value?: Record<string, unknown>; problem?: string } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { value: value as Record<string, unknown> }
      : { problem: 'it is not a JSON object' };
  } catch {
    if (text === '') {
      return { problem: 'it is empty' };
    }
    return { problem: looksLikeHtml(text) ? 'it is a web page' : 'it is not JSON' };
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

/**
 * An ONNX file is one protobuf message: its top level fields must fill the file exactly, a graph among them. Weights
 * that it keeps elsewhere must be in files beside it: a model reads nothing outside its folder.
 */
function findOnnxProblem(path: string): string | undefined {
  return withFileSource(path, (source) => {
    try {
      const fields = [...fieldsOf(source, 0, source.size)];
      if (!fields.some(({ number }) => number === MODEL_GRAPH)) {
        return 'it is not an ONNX file';
      }
      const outside = [...externalFiles(source)].find((name) => !/^[^/\\:\0]+$/.test(name) || /^\.+$/.test(name));
      return outside === undefined
        ? undefined
        : `it wants weights from outside its folder (${JSON.stringify(outside)})`;
    } catch (error) {
      const start = Buffer.from(source.read(0, Math.min(64, source.size))).toString('latin1');
      return looksLikeHtml(start) ? 'it is a web page' : `it is cut off, or no ONNX file (${(error as Error).message})`;
    }
  });
}
