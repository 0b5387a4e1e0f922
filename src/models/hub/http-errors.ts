import { MaskwrightError } from '../../errors.js';
import { hubToken } from './hub-endpoint.js';
import { redactSecrets } from './redact-secrets.js';

const REASON_LENGTH = 120;

/** A failure that another attempt may not meet. */
export class TransientFailure extends Error {
  override readonly name: string = 'TransientFailure';
  /** The server could not be reached at all. */
  readonly unreachable: boolean;

  constructor(message: string, options: { unreachable?: boolean; cause?: unknown } = {}) {
    super(redactSecrets(message), { cause: options.cause });
    this.unreachable = options.unreachable ?? false;
  }
}

/** What is here of a file cannot be continued: the server has another file, or sends other ranges than it is asked for. */
export class UselessPart extends TransientFailure {}

/** A file that the hub does not have. */
export class AbsentFile extends Error {
  override readonly name = 'AbsentFile';
}

/** The error for an HTTP status other than success. */
export function failureOfStatus(status: number, url: string, reason: string | undefined): Error {
  const quoted = reason === undefined || reason === '' ? '' : ` (${reason.slice(0, REASON_LENGTH)})`;
  const message = redactSecrets(`${url} answered ${status}${quoted}`);
  if (status === 404 || status === 410) {
    return new AbsentFile(message);
  }
  if (status === 401 || status === 403 || status === 451) {
    return new MaskwrightError(
      'MODEL_ACCESS',
      redactSecrets(`${new URL(url).host} refuses ${url}: ${status}${quoted}`),
      {
        hint:
          hubToken() === undefined
            ? 'the model does not exist, or is private or gated: check its name, and set HF_TOKEN to a token that may read it'
            : 'check the model name, and that the token in HF_TOKEN may read it and its terms were accepted',
      },
    );
  }
  if (status === 407) {
    return new MaskwrightError('MODEL_DOWNLOAD', message, {
      hint: 'the proxy wants a user and a password: HTTPS_PROXY=http://user:password@host:port',
    });
  }
  if (status === 416) {
    return new UselessPart(message);
  }
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    return new TransientFailure(message);
  }
  return new MaskwrightError('MODEL_DOWNLOAD', message, { hint: 'check HF_ENDPOINT and the proxy settings' });
}

const UNREACHABLE = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** The failure for an exception of `fetch` or of reading a body. */
export function failureOfException(error: unknown, url: string): Error {
  const { host } = new URL(url);
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== undefined && UNREACHABLE.has(code)) {
      const place = placeOf(cause);
      const where = place === undefined || place === host || place === new URL(url).hostname ? '' : ` at ${place}`;
      return new TransientFailure(`${host} cannot be reached (${code}${where})`, { unreachable: true, cause: error });
    }
    if (code !== undefined && /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|ERR_SSL/.test(code)) {
      return new MaskwrightError('MODEL_DOWNLOAD', `the certificate of ${host} is not accepted (${code})`, {
        hint: 'where a proxy inspects connections, NODE_EXTRA_CA_CERTS names the file with its certificate',
        cause: error,
      });
    }
  }
  const innermost = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const reason = (innermost as Error).message.split('\n', 1)[0]!.slice(0, REASON_LENGTH);
  return new TransientFailure(`the connection to ${host} broke: ${reason}`, { cause: error });
}

/** What could not be reached: where a proxy is set, not the host of the address. */
function placeOf(error: Error): string | undefined {
  const { hostname, address, port } = error as Partial<Record<'hostname' | 'address' | 'port', unknown>>;
  return typeof hostname === 'string'
    ? hostname
    : typeof address === 'string'
      ? `${address}:${String(port)}`
      : undefined;
}
