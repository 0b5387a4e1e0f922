import { join, normalize, posix, resolve } from 'node:path';
import { MaskwrightError } from '../../errors.js';

const S3_URI = /^s3:\/\//i;

/** Whether a path is a URI of an object in S3: `s3://bucket/key`. */
export function isRemote(path: string): boolean {
  return S3_URI.test(path);
}

/** Bucket and key of an object. */
export interface ObjectPlace {
  readonly bucket: string;
  readonly key: string;
}

/** The place that an S3 URI names; the key may be empty. Throws `USAGE` where there is no bucket. */
export function parseObjectUri(uri: string): ObjectPlace {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]*)\/?(.*)$/is.exec(uri) ?? [];
  // The rules for names of buckets; ARNs of access points have colons.
  if (!/^[a-z0-9][\w.:-]{1,254}$/i.test(bucket)) {
    throw new MaskwrightError('USAGE', `${JSON.stringify(uri)} names no bucket`, {
      hint: 's3://bucket/folder/photo.png',
    });
  }
  return { bucket, key };
}

/** A path inside a folder or URI, normalized; `..` does not lead out of a bucket. */
export function joinPath(folder: string, inside: string): string {
  if (!isRemote(folder)) {
    return join(folder, inside);
  }
  const { bucket, key } = parseObjectUri(folder);
  return `s3://${bucket}${posix.join('/', key, inside.replaceAll('\\', '/'))}`;
}

/** A path as it is known everywhere: absolute, or the URI itself. */
export function absolutePath(path: string): string {
  if (isRemote(path)) {
    return path;
  }
  const absolute = resolve(path);
  // V8 keeps all parts that a text was joined from, 430 bytes for a path, until one of its characters is read.
  absolute.charCodeAt(0);
  return absolute;
}

/** Whether two paths lie in the same storage: both local, or both in one bucket. */
export function haveOneStorage(a: string, b: string): boolean {
  return isRemote(a) ? isRemote(b) && parseObjectUri(a).bucket === parseObjectUri(b).bucket : !isRemote(b);
}

/** The path to `path` from a folder of the same storage, with `/` between folders. */
export function pathBetween(folder: string, path: string): string {
  const keyOf = (uri: string): string => `/${parseObjectUri(uri).key}`;
  return isRemote(folder)
    ? posix.relative(keyOf(folder), keyOf(path))
    : posix.relative(normalize(resolve(folder)).replaceAll('\\', '/'), normalize(resolve(path)).replaceAll('\\', '/'));
}
