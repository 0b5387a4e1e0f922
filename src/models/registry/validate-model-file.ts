import { realpath, stat } from 'node:fs/promises';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { MaskwrightError } from '../../errors.js';
import { withFileSource } from '../onnx/byte-source.js';
import { externalDataFiles } from '../onnx/external-data.js';
import { MODEL_GRAPH } from '../onnx/onnx-fields.js';
import { fieldsOf } from '../onnx/protobuf.js';

/** JSON files of models have some megabytes at most; a larger one is not read into memory. */
export const LARGEST_JSON = 64 * 1024 ** 2;
const QUOTE_LENGTH = 80;

/** Whether a value of a JSON file is a whole number from `least` to `most`. */
export function isWholeNumber(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

/**
 * Checks a model's file without loading it, so that a problem is named before a native library meets the file.
 * `folder` is the model's folder, which the file must be in. Returns the files of external data that it names. Throws
 * `MODEL_DAMAGED`.
 */
export async function validateModelFile(path: string, folder: string): Promise<readonly string[]> {
  await assertOrdinaryFile(path, folder);
  const { problem, external = [] } = await examine(path, path);
  if (problem !== undefined) {
    throw damagedFile(path, problem);
  }
  return external;
}

/**
 * Refuses what a model folder of unknown origin could contain in the place of a file: a folder, a pipe or device (reading
 * never ends), a link to a file elsewhere (a secret that would end up in a message). The hub's cache keeps contents in a
 * `blobs` folder that its snapshots link to; those links are allowed. Throws `MODEL_DAMAGED`, or what `stat` throws.
 */
export async function assertOrdinaryFile(path: string, folder: string): Promise<void> {
  const entry = await stat(path);
  if (!entry.isFile()) {
    throw damagedFile(path, 'it is not an ordinary file');
  }
  const [file, root] = await Promise.all([realpath(path), realpath(folder)]);
  const snapshots = dirname(root);
  const blobs = basename(snapshots) === 'snapshots' ? join(dirname(snapshots), 'blobs') : undefined;
  if (!isInside(file, root) && !(blobs !== undefined && isInside(file, await realpath(blobs).catch(() => blobs)))) {
    throw damagedFile(path, 'it is a link to a place outside the folder of the model', undefined, {
      hint: 'copy the file into the folder, or name the folder that it is in',
    });
  }
}

function isInside(path: string, folder: string): boolean {
  const between = relative(folder, path);
  return between !== '' && between !== '..' && !between.startsWith(`..${sep}`) && !/^(?:[A-Za-z]:)?[\\/]/.test(between);
}

/** The problem of a file whose name is, or will be, `name`; undefined where there is none. */
export async function findProblem(path: string, name: string): Promise<string | undefined> {
  return (await examine(path, name)).problem;
}

/** What is found in a file: a problem, or the files of external data that it names. */
interface Findings {
  readonly problem?: string | undefined;
  readonly external?: readonly string[];
}

async function examine(path: string, name: string): Promise<Findings> {
  const { size } = await stat(path);
  if (size === 0) {
    return { problem: 'it is empty' };
  }
  if (name.endsWith('.json')) {
    const problem = size > LARGEST_JSON ? `it has ${size} bytes` : parseObject(await readFile(path, 'utf8')).problem;
    return { problem };
  }
  return name.endsWith('.onnx') ? examineOnnx(path) : {};
}

/** The object in a model's JSON file. Throws `MODEL_DAMAGED`. */
export async function readModelJson(path: string): Promise<Record<string, unknown>> {
  const { size } = await stat(path);
  if (size > LARGEST_JSON) {
    throw damagedFile(path, `it has ${size} bytes`);
  }
  const { value, problem } = parseObject(await readFile(path, 'utf8'));
  if (value === undefined) {
    throw damagedFile(path, problem!);
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
    return { problem: isHtml(text) ? 'it is a web page' : 'it is not JSON' };
  }
}

export function damagedFile(
  path: string,
  reason: string,
  cause?: unknown,
  { hint = 'if it was downloaded, maskwright models rm <model> removes it; then pull it again' } = {},
): MaskwrightError {
  return new MaskwrightError('MODEL_DAMAGED', `the model file ${path} cannot be used: ${reason}`, { hint, cause });
}

/** A value of somebody else's file, short enough for a message. */
export function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > QUOTE_LENGTH ? `${text.slice(0, QUOTE_LENGTH)}...` : text;
}

function isHtml(text: string): boolean {
  return /^\s*<(?:!doctype|html|head|\?xml)/i.test(text);
}

/**
 * An ONNX file is one protobuf message: its top level fields must fill the file exactly, a graph among them. Files of
 * external data must be next to it: a model reads nothing outside its folder.
 */
function examineOnnx(path: string): Findings {
  return withFileSource(path, (source) => {
    try {
      const fields = [...fieldsOf(source, 0, source.size)];
      if (!fields.some(({ number, hasLength }) => number === MODEL_GRAPH && hasLength)) {
        return { problem: 'it is not an ONNX file' };
      }
      const external = [...externalDataFiles(source)];
      const outside = external.find((name) => !isPlainName(name));
      return outside === undefined
        ? { external }
        : { problem: `it names weights outside its folder (${quote(outside)})` };
    } catch (error) {
      const start = Buffer.from(source.read(0, Math.min(64, source.size))).toString('latin1');
      const problem = isHtml(start)
        ? 'it is a web page'
        : `it is truncated, or no ONNX file (${(error as Error).message.slice(0, 200)})`;
      return { problem };
    }
  });
}

/** Whether a name of external data is a file name and nothing else. */
function isPlainName(name: string): boolean {
  // Control characters have no place in the name of a file that is printed.
  // oxlint-disable-next-line no-control-regex
  return name.length <= 255 && /^[^/\\:\u0000-\u001f\u007f]+$/.test(name) && !/^\.+$/.test(name);
}

/** The files of external data of an ONNX file that `findProblem` has nothing against. */
export function externalFilesOf(path: string): string[] {
  return withFileSource(path, (source) => [...externalDataFiles(source)]);
}
