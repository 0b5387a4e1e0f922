import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** SHA-256 of a file, in hex, read in pieces. Throws what reading it throws. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** The same; undefined where the file cannot be read. */
export function hashIfReadable(path: string): Promise<string | undefined> {
  return hashFile(path).catch(() => undefined);
}
