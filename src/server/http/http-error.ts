import { type ErrorCategory, MaskwrightError } from '../../errors.js';

/** A request that is refused, with its HTTP status. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  readonly code: string;
  readonly hint: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    options: { hint?: string | undefined; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.hint = options.hint;
    this.headers = options.headers ?? {};
  }
}

/** What an answer says of an error. */
export interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string; readonly hint?: string | undefined };
}

const STATUS: Readonly<Record<ErrorCategory, number>> = {
  usage: 400,
  input: 400,
  model: 503,
  output: 500,
  'nothing-selected': 422,
};

/** The status that a closed connection is counted under, as nginx does; nobody reads the answer. */
export const CLIENT_CLOSED = 499;

/** Status, headers and body for an error. Nothing of a bug is disclosed. */
export function describeError(error: unknown): {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ErrorBody;
} {
  if (error instanceof HttpError) {
    const { status, headers, code, message, hint } = error;
    return { status, headers, body: { error: { code, message, hint } } };
  }
  if (error instanceof MaskwrightError) {
    const status = error.code === 'INPUT_TOO_LARGE' ? 413 : STATUS[error.category];
    const hint = error.hint === undefined ? undefined : redactPaths(error.hint);
    return { status, headers: {}, body: { error: { code: error.code, message: redactPaths(error.message), hint } } };
  }
  if (error instanceof Error && error.name === 'AbortError') {
    return {
      status: CLIENT_CLOSED,
      headers: {},
      body: { error: { code: 'ABORTED', message: 'the request was canceled' } },
    };
  }
  return { status: 500, headers: {}, body: { error: { code: 'BUG', message: 'an unexpected error occurred' } } };
}

/** Absolute paths of this machine, with or without a drive; addresses have a colon before their slashes. */
const ABSOLUTE_PATH = /(?<![\w:/.~])(?:[A-Za-z]:)?[\\/](?:[^\s\\/'"`,;:()]+[\\/])+/g;

/** A message without the folders of this machine: of a path only its last part stays. */
export function redactPaths(message: string): string {
  return message.replace(ABSOLUTE_PATH, '');
}

export function toErrorResponse(error: unknown): Response {
  const { status, headers, body } = describeError(error);
  return Response.json(body, { status, headers });
}
