import { HttpError } from './http-error.js';

/** The fields and files of a multipart request. */
export interface Form {
  /** A field's text; undefined where it is not there. */
  readonly text: (name: string) => string | undefined;
  readonly texts: (name: string) => readonly string[];
  readonly files: (name: string) => Promise<readonly UploadedFile[]>;
}

export interface UploadedFile {
  readonly name: string;
  readonly data: Uint8Array;
}

/**
 * Reads a multipart body. Throws 413 where it is larger than `maxBytes`, before all of it is read; 415 where it is
 * not `multipart/form-data`; 400 where it is damaged.
 */
export async function readForm(request: Request, maxBytes: number): Promise<Form> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^multipart\/form-data\b/i.test(type)) {
    throw new HttpError(
      415,
      'BODY_TYPE',
      `the body is ${type === '' ? 'of no type' : type}, but must be multipart/form-data`,
    );
  }
  const body = await limited(request, maxBytes);
  const data = await new Response(body, { headers: { 'content-type': type } }).formData().catch(() => {
    throw new HttpError(400, 'BODY_INVALID', 'the multipart body is damaged or incomplete');
  });
  const texts = (name: string): string[] =>
    data.getAll(name).filter((value): value is string => typeof value === 'string');
  return {
    text: (name) => texts(name)[0],
    texts,
    files: async (name) => {
      const files = data.getAll(name).filter((value): value is File => typeof value !== 'string');
      return Promise.all(
        files.map(async (file) => ({ name: file.name, data: new Uint8Array(await file.arrayBuffer()) })),
      );
    },
  };
}

/** A JSON body, as data. Throws 413 and 400. */
export async function readJson(request: Request, maxBytes: number): Promise<unknown> {
  const bytes = await limited(request, maxBytes);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    throw new HttpError(400, 'BODY_INVALID', 'the body is not JSON');
  }
}

async function limited(request: Request, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = (): HttpError =>
    new HttpError(413, 'BODY_TOO_LARGE', `the body is larger than ${maxBytes} bytes, which is the limit`, {
      headers: { connection: 'close' },
    });
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) {
    throw tooLarge();
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > maxBytes) {
      throw tooLarge();
    }
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
