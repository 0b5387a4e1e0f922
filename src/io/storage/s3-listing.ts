import picomatch from 'picomatch';
import { MaskwrightError } from '../../errors.js';
import { describeS3Error } from './s3-errors.js';
import { openS3, s3Storage } from './s3-storage.js';
import { parseObjectUri } from './storage-path.js';
import type { InputFile } from './storage.js';

export interface ListObjectsOptions {
  readonly recursive?: boolean | undefined;
  /** Endings of the inputs below a prefix; matches of patterns may have any. */
  readonly endings: readonly string[];
  /** A prefix whose objects are left out: where the results go. */
  readonly exclude?: string | undefined;
}

/**
 * The objects that an S3 URI stands for: an object, a prefix (`s3://bucket/photos/`), or a pattern
 * (`s3://bucket/photos/**\/*.jpg`). Only keys that begin with the fixed part of a pattern are listed, and for an object
 * that is named itself nothing is.
 *
 * Throws `INPUT_NOT_FOUND` for a prefix without images or a pattern without matches, `INPUT_UNREADABLE`, `STORAGE_READ`.
 */
export async function expandObjects(uri: string, options: ListObjectsOptions): Promise<InputFile[]> {
  const { bucket, key } = parseObjectUri(uri);
  const { endings } = options;
  const magic = /[*?[\]{}()!]/.exec(key);
  const single = { path: uri, folder: '' };
  if (magic === null && endings.some((ending) => key.toLowerCase().endsWith(ending))) {
    return [single];
  }
  if (key !== '' && !key.endsWith('/')) {
    // A key may hold characters of patterns, and a prefix may be named without its slash.
    const there = await s3Storage.head(uri);
    if (there !== undefined) {
      return [{ ...single, version: there.version }];
    }
  }
  return magic === null ? expandPrefix(uri, options) : expandKeyPattern(bucket, key, magic.index, options);
}

async function expandPrefix(
  uri: string,
  { recursive = false, endings, exclude }: ListObjectsOptions,
): Promise<InputFile[]> {
  const { bucket, key } = parseObjectUri(uri);
  const prefix = key === '' || key.endsWith('/') ? key : `${key}/`;
  const found: InputFile[] = [];
  for await (const object of listObjects(bucket, prefix, recursive ? undefined : '/')) {
    const inside = object.key.slice(prefix.length);
    const isInput = endings.some((ending) => inside.toLowerCase().endsWith(ending));
    if (isInput && !isHidden(inside) && !isBelow(bucket, object.key, exclude)) {
      found.push(inputOf(bucket, object, inside));
    }
  }
  if (found.length === 0) {
    throw new MaskwrightError('INPUT_NOT_FOUND', `${uri} has no images in it`, {
      hint: recursive
        ? `expected ${endings.join(' ')}`
        : '--recursive looks below further / too; or check the spelling',
    });
  }
  return found;
}

async function expandKeyPattern(
  bucket: string,
  pattern: string,
  firstMagic: number,
  { exclude }: ListObjectsOptions,
): Promise<InputFile[]> {
  const prefix = pattern.slice(0, firstMagic);
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  const isMatch = picomatch(pattern);
  // Without ** the pattern names how deep it goes, but only a fixed last folder spares the listing of those below.
  const delimiter = pattern.slice(firstMagic).includes('/') || pattern.includes('**') ? undefined : '/';
  const found: InputFile[] = [];
  for await (const object of listObjects(bucket, prefix, delimiter)) {
    if (isMatch(object.key) && !isBelow(bucket, object.key, exclude)) {
      found.push(inputOf(bucket, object, object.key.slice(folder.length)));
    }
  }
  if (found.length === 0) {
    throw new MaskwrightError('INPUT_NOT_FOUND', `no object matches "s3://${bucket}/${pattern}"`, {
      hint: '* stands for any characters but /, ** for any folders',
    });
  }
  return found;
}

interface ListedObject {
  readonly key: string;
  readonly version: string | undefined;
}

/** The objects under a prefix as the pages of the listing come: a thousand a request. */
async function* listObjects(
  bucket: string,
  prefix: string,
  delimiter: string | undefined,
): AsyncGenerator<ListedObject, void, undefined> {
  const { sdk, client } = await openS3();
  try {
    const pages = sdk.paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix, Delimiter: delimiter });
    for await (const { Contents = [] } of pages) {
      for (const { Key, ETag } of Contents) {
        if (Key !== undefined && !Key.endsWith('/')) {
          yield { key: Key, version: ETag };
        }
      }
    }
  } catch (error) {
    throw describeS3Error(error, `s3://${bucket}/${prefix}`, 'read');
  }
}

function inputOf(bucket: string, { key, version }: ListedObject, relativePath: string): InputFile {
  const folder = relativePath.slice(0, Math.max(relativePath.lastIndexOf('/'), 0));
  return { path: `s3://${bucket}/${key}`, folder, relativePath, version };
}

function isHidden(inside: string): boolean {
  return inside.split('/').some((name) => name.startsWith('.'));
}

function isBelow(bucket: string, key: string, folder: string | undefined): boolean {
  if (folder === undefined || !folder.startsWith(`s3://${bucket}/`)) {
    return false;
  }
  const own = parseObjectUri(folder).key;
  return own !== '' && key.startsWith(own.endsWith('/') ? own : `${own}/`);
}
