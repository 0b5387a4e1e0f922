import { MaskwrightError } from '../../errors.js';

/** A failure that another attempt may not meet. */
export class TransientFailure extends Error {
  override readonly name = 'TransientFailure';
  /** The server could not even be reached. */
  readonly unreachable: boolean;

  constructor(message: string, options: { unreachable?: boolean; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.unreachable = options.unreachable ?? false;
  }
}

/** A file that the hub does not have. */
export class AbsentFile extends Error {
  override readonly name = 'AbsentFile';
}

/** The error that an HTTP status other than success stands for. */
export function failureOfStatus(status: number, url: string, reason: string | undefined): Error {
  const said = reason === undefined || reason === '' ? '' : ` (${reason.slice(0, 120)})`;
  if (status === 404 || status === 410) {
    return new AbsentFile(`${url} answered ${status}${said}`);
  }
  if (status === 401 || status === 403) {
    return new MaskwrightError('MODEL_ACCESS', `${new URL(url).host} refuses ${url}: ${status}${said}`, {
      hint:
        process.env['HF_TOKEN'] === undefined
          ? 'the model does not exist, or is private or gated: check its name, and set HF_TOKEN to a token that may read it'
          : 'check the model name, and that HF_TOKEN may read it and its terms were accepted',
    });
  }
  if (status === 408 || status === 429 || status >= 500) {
    return new TransientFailure(`${url} answered ${status}${said}`);
  }
  return new MaskwrightError('MODEL_DOWNLOAD', `${url} answered ${status}${said}`);
}

const UNREACHABLE = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** The failure that an exception of `fetch` or of reading a body stands for. */
export function failureOfException(error: unknown, url: string): Error {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code !== undefined && UNREACHABLE.has(code)) {
      return new TransientFailure(`${new URL(url).host} cannot be reached (${code})`, {
        unreachable: true,
        cause: error,
      });
    }
  }
  const innermost = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return new TransientFailure(`the connection to ${new URL(url).host} broke: ${(innermost as Error).message}`, {
    cause: error,
  });
}
