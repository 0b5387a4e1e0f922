import { createHash, subtle } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

/** Larger files are read in pieces. */
const AT_ONCE_BYTES = 67_108_864;

/** SHA-256 of a file, in hex. Throws what reading it throws. */
export async function hashFile(path: string): Promise<string> {
  if ((await stat(path)).size <= AT_ONCE_BYTES) {
    return hashBytes(await readFile(path));
  }
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** The same; undefined where the file cannot be read. */
export function hashIfReadable(path: string): Promise<string | undefined> {
  return hashFile(path).catch(() => undefined);
}

/** SHA-256 of bytes, in hex, computed in a thread: several at a time take the time of one. */
export async function hashBytes(bytes: Uint8Array): Promise<string> {
  return Buffer.from(await subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)).toString('hex');
}
