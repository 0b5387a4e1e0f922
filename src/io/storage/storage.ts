/** A file to work on. */
export interface InputFile {
  /** Its path or URI, or `-` for standard input. */
  readonly path: string;
  /** Where it lies below the folder or pattern that was named; '' for a file named itself. */
  readonly folder: string;
  /** The path below the folder or pattern that was named; the path itself where left out. */
  readonly relativePath?: string | undefined;
  /** What a listing says of its content: the ETag of an object. */
  readonly version?: string | undefined;
}

/**
 * What a file is to hold. A function encodes it while it is written, piece by piece, so that a large file is never in
 * memory as a whole; each call does so anew. With `last` it is not called again, and may free what it draws from.
 */
export type FileContent = Uint8Array | string | ((last?: boolean) => AsyncIterable<Uint8Array>);

/** A file to write: `-` is standard output. */
export interface OutputFile {
  readonly path: string;
  readonly data: FileContent;
  /** Verifies the encoded file: its temporary path, or its bytes. Where it throws, the file does not take its own name. */
  readonly verify?: (encoded: string | Uint8Array) => Promise<void>;
}

/** What is known of a stored file besides its content. */
export type StoredMetadata = Readonly<Record<string, string>>;

/** A stored file, as a service describes it. */
export interface StoredFile {
  /** Changes with the content. */
  readonly version: string;
  readonly metadata: StoredMetadata;
}

/** Where files are read and written: local folders, or S3. */
export interface Storage {
  /** The bytes of a file. Throws `INPUT_*`, `STORAGE_READ`. */
  readonly read: (path: string) => Promise<{ readonly data: Uint8Array; readonly version?: string | undefined }>;
  /** What is stored at a path; undefined where nothing is. One request. */
  readonly head: (path: string) => Promise<StoredFile | undefined>;
  /**
   * Writes files so that each is whole or absent, the first one last: it tells that the others are there.
   * A file of the same `metadata` is left as it is. Throws `OUTPUT_*`, `STORAGE_WRITE`.
   */
  readonly write: (files: readonly OutputFile[], options: WriteStorageOptions) => Promise<void>;
}

export interface WriteStorageOptions {
  /** What to store with the files; folders store none. */
  readonly metadata?: StoredMetadata | undefined;
  /** Refuse to replace files that exist. */
  readonly keepExisting?: boolean | undefined;
  /** Leave a file that holds the same bytes untouched: several processes may write it. */
  readonly once?: boolean | undefined;
  /** Ends the writing with its reason: no file takes its name. */
  readonly signal?: AbortSignal | undefined;
}

/** What a file is to hold, in one piece. Throws what its encoder throws. */
export async function contentOf({ data }: Pick<OutputFile, 'data'>, last = false): Promise<Uint8Array> {
  if (typeof data !== 'function') {
    return typeof data === 'string' ? Buffer.from(data) : data;
  }
  const pieces: Uint8Array[] = [];
  for await (const piece of data(last)) {
    pieces.push(piece);
  }
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
}

/** What a file is to hold, in its pieces, for the last time. */
export async function* piecesOf({ data }: Pick<OutputFile, 'data'>): AsyncGenerator<Uint8Array | string, void> {
  if (typeof data === 'function') {
    yield* data(true);
  } else {
    yield data;
  }
}
