import { extname } from 'node:path';
import type * as Sdk from '@aws-sdk/client-s3';
import type { PutObjectCommandInput, S3Client } from '@aws-sdk/client-s3';
import { MaskwrightError } from '../../errors.js';
import { type Access, describeS3Error, statusOf } from './s3-errors.js';
import { type ObjectPlace, parseObjectUri } from './storage-path.js';
import { contentOf, type Storage, type StoredFile, type StoredMetadata, type WriteStorageOptions } from './storage.js';

const IDLE_MS = 30_000;

/** Another region, endpoint or account is another process: the environment is read once. */
let opened: Promise<{ readonly sdk: typeof Sdk; readonly client: S3Client }> | undefined;

/**
 * The client of S3. Region, endpoint and credentials are found as the AWS tools find them: environment, profiles, web
 * identity, containers, instances. `AWS_ENDPOINT_URL` names another service, such as MinIO or R2.
 * Throws `USAGE` where the package is not installed.
 */
export function openS3(): Promise<{ readonly sdk: typeof Sdk; readonly client: S3Client }> {
  // One line a process about a coming version of Node; it helps nobody who runs this program.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  return (opened ??= import('@aws-sdk/client-s3').then(
    (sdk) => {
      const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3, AWS_REGION, AWS_MAX_ATTEMPTS } = process.env;
      const isOther = (AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL ?? '') !== '';
      const client = new sdk.S3Client({
        followRegionRedirects: true,
        // A service that says nothing for so long is taken for dead, and asked again. The client itself would wait forever.
        requestHandler: { connectionTimeout: 10_000, socketTimeout: IDLE_MS },
        ...(AWS_MAX_ATTEMPTS === undefined ? { maxAttempts: 5 } : {}),
        // Other services may know neither buckets as host names nor the newer checksums.
        ...(isOther
          ? {
              forcePathStyle: true,
              requestChecksumCalculation: 'WHEN_REQUIRED',
              responseChecksumValidation: 'WHEN_REQUIRED',
              ...(AWS_REGION === undefined ? { region: 'us-east-1' } : {}),
            }
          : {}),
      });
      return { sdk, client };
    },
    (error: unknown) => {
      opened = undefined;
      throw new MaskwrightError('USAGE', 's3:// needs the package @aws-sdk/client-s3, which is not installed', {
        hint: 'npm install @aws-sdk/client-s3, next to maskwright',
        cause: error,
      });
    },
  ));
}

/** Node reads no larger file in one piece. */
const MAX_INPUT_BYTES = 2 ** 31 - 1;

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
  '.tif': 'image/tiff',
  '.tiff': 'image/tiff',
  '.json': 'application/json',
  '.html': 'text/html',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
};

/** Objects in S3, or a service that speaks its language. Every key is asked for by itself; nothing is listed. */
export const s3Storage: Storage = {
  read: async (uri) => {
    const { sdk, client } = await openS3();
    for (let attempt = 1; ; attempt++) {
      let isBody = false;
      try {
        const object = await client.send(new sdk.GetObjectCommand(objectOf(uri)));
        if ((object.ContentLength ?? 0) > MAX_INPUT_BYTES) {
          throw new MaskwrightError(
            'INPUT_TOO_LARGE',
            `${uri} has ${object.ContentLength} bytes, the limit is ${MAX_INPUT_BYTES}`,
          );
        }
        isBody = true;
        return { data: (await object.Body?.transformToByteArray()) ?? new Uint8Array(), version: object.ETag };
      } catch (error) {
        // The client asks again for an answer, and not for the rest of one.
        if (!isBody || attempt === MAX_READS) {
          throw describeS3Error(error, uri, 'read');
        }
      }
    }
  },
  head: (uri) => headObject(uri, 'read'),
  write: async (files, options) => {
    // One request holds a whole object.
    const contents: { readonly path: string; readonly body: Uint8Array }[] = [];
    for (const file of files) {
      const body = await contentOf(file, true);
      options.signal?.throwIfAborted();
      await file.verify?.(body);
      contents.push({ path: file.path, body });
    }
    // From the last: the first file, which --resume asks for, tells that all are there.
    for (const { path, body } of contents.toReversed()) {
      await putOnce(path, body, options);
    }
  },
};

/** How often an object is read whose connection ends before its bytes do. */
const MAX_READS = 3;

async function headObject(uri: string, access: Access): Promise<StoredFile | undefined> {
  const { sdk, client } = await openS3();
  try {
    const { ETag, Metadata = {} } = await client.send(new sdk.HeadObjectCommand(objectOf(uri)));
    return { version: ETag ?? '', metadata: Metadata };
  } catch (error) {
    if (statusOf(error) === 404) {
      return undefined;
    }
    throw describeS3Error(error, uri, access);
  }
}

const MAX_CONFLICTS = 8;

/**
 * Writes an object once, whoever else writes it: only where there is none (`If-None-Match: *`), or in place of the very
 * object that was seen there (`If-Match`). An object of the same metadata is what would be written, and stays.
 */
async function putOnce(uri: string, body: Uint8Array, options: WriteStorageOptions): Promise<void> {
  const { sdk, client } = await openS3();
  const { metadata = {}, keepExisting = false } = options;
  const object: PutObjectCommandInput = {
    ...objectOf(uri),
    Body: body,
    ContentType: CONTENT_TYPES[extname(uri).toLowerCase()],
    Metadata: { ...metadata },
  };
  let condition: Pick<PutObjectCommandInput, 'IfNoneMatch' | 'IfMatch'> = { IfNoneMatch: '*' };
  for (let attempt = 0; ; attempt++) {
    try {
      await client.send(new sdk.PutObjectCommand({ ...object, ...condition }));
      return;
    } catch (error) {
      const status = statusOf(error);
      const isConflict = status === 412 || status === 409 || (status === 404 && condition.IfMatch !== undefined);
      const isUnknown = status === 501 || (error as Error).name === 'NotImplemented';
      if ((!isConflict && !isUnknown) || attempt === MAX_CONFLICTS) {
        throw describeS3Error(error, uri, 'write');
      }
      const there = await headObject(uri, 'write');
      if (there !== undefined && keepExisting) {
        throw new MaskwrightError('OUTPUT_EXISTS', `${uri} exists already`, {
          hint: 'choose another name, or use --force',
        });
      }
      if (there !== undefined && isSame(there, metadata)) {
        return;
      }
      condition = isUnknown ? {} : there === undefined ? { IfNoneMatch: '*' } : { IfMatch: there.version };
    }
  }
}

/** Whether an object was made of the same: recipe, input and version. */
function isSame(there: StoredFile, metadata: StoredMetadata): boolean {
  const entries = Object.entries(metadata);
  return entries.length > 0 && entries.every(([key, value]) => there.metadata[key] === value);
}

function objectOf(uri: string): { Bucket: string; Key: string } {
  const { bucket, key }: ObjectPlace = parseObjectUri(uri);
  if (key === '' || key.endsWith('/')) {
    throw new MaskwrightError('INPUT_IS_FOLDER', `${uri} is a prefix, not an object`, { hint: 'name an object in it' });
  }
  return { Bucket: bucket, Key: key };
}
