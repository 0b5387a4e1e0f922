import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { MaskwrightError } from '../../errors.js';

/** What Redis and PostgreSQL, and their clients, say of a name or password that is not taken. */
const REFUSED =
  /WRONGPASS|NOAUTH|invalid password|password authentication|password must be|no password|role .* does not exist|no pg_hba\.conf entry|^28/i;

/** Node's names for a certificate that no known authority has signed, that has expired, or that is another host's. */
const UNTRUSTED = /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT_|HOSTNAME_MISMATCH)/;

/** Node's names for a server that is not there, or no longer. */
const UNREACHABLE =
  /^(ECONN|ENOTFOUND|EAI_AGAIN|EHOST|ENET|ETIMEDOUT|EPIPE|ENOENT|EACCES|NR_CLOSED)|Connection (is closed|terminated|ended)|timeout expired/;

interface StoreError extends Error {
  readonly code?: string;
  readonly errors?: readonly StoreError[];
}

/** How errors name a store, and what they must not repeat. */
export interface StoreName {
  /** The address without name and password. */
  readonly name: string;
  /** Never repeated. */
  readonly password: string;
}

/**
 * An error of Redis, of PostgreSQL or of their clients as one line; any other error as it is.
 *
 * @throws nothing: the result is to be thrown
 */
export function describeStoreError({ name, password }: StoreName, error: unknown): unknown {
  if (error instanceof MaskwrightError || !(error instanceof Error)) {
    return error;
  }
  const inner: StoreError = (error as StoreError).errors?.[0] ?? error;
  const { code = '' } = inner;
  const message = (password === '' ? inner.message : inner.message.replaceAll(password, '***')).split('\n')[0]!;
  const fail = (what: string, hint: string): MaskwrightError =>
    new MaskwrightError('QUEUE_UNAVAILABLE', `the queue ${name} ${what}`, { hint, cause: error });
  if (REFUSED.test(message) || REFUSED.test(code)) {
    return fail(
      'refuses the name or password',
      'write them into the address: redis://:password@host, postgres://user:password@host/database',
    );
  }
  if (UNTRUSTED.test(code)) {
    return fail(
      `has a certificate that is not trusted: ${code}`,
      'NODE_EXTRA_CA_CERTS=authority.pem names the authority that signed it',
    );
  }
  if (code === '3D000') {
    return fail('cannot be used: the database does not exist', 'create it, or correct the address');
  }
  if (/^NOPERM|permission denied/.test(message)) {
    return fail(
      `does not permit it: ${message}`,
      'the user needs all commands and keys of Redis, or may create a schema in PostgreSQL',
    );
  }
  if (message.startsWith('OOM')) {
    return fail('has no memory left', 'raise maxmemory of Redis, or drain the queue');
  }
  if (UNREACHABLE.test(code) || UNREACHABLE.test(message)) {
    return fail(`cannot be reached: ${code || message}`, 'check the address, and that the server runs');
  }
  // Answers of the server: PostgreSQL's have a severity, those of Redis their own class.
  if ('severity' in error || /^(Reply|Simple|Blob)Error$/.test(error.name) || /SSL|TLS|Redis version/.test(message)) {
    return fail(`cannot be used: ${message}`, 'the log of the server may say more');
  }
  return error;
}

/** As `describeStoreError`, for the first connection: whatever fails there is about the store. */
export function describeConnectionError(store: StoreName, error: unknown): MaskwrightError {
  const described = describeStoreError(store, error);
  return described instanceof MaskwrightError
    ? described
    : new MaskwrightError('QUEUE_UNAVAILABLE', `the queue ${store.name} cannot be reached: it does not answer`, {
        hint: 'check the address, and that the server runs',
        cause: error,
      });
}

const PROBE_MS = 2000;

/**
 * Whether a Redis that could not be reached speaks TLS where `redis://` was written, or none where `rediss://` was:
 * both look like a server that does not answer. The line that says so; undefined where that is not the reason.
 */
export async function describeTlsMismatch({ name }: StoreName, url: URL): Promise<MaskwrightError | undefined> {
  const secure = /^(redis|valkey)s:$/.test(url.protocol);
  if (!(await (secure ? answersPlain(url) : answersTls(url)))) {
    return undefined;
  }
  const other = secure ? url.protocol.replace('s:', '://') : url.protocol.replace(':', 's://');
  return new MaskwrightError('QUEUE_UNAVAILABLE', `the queue ${name} ${secure ? 'speaks no TLS' : 'expects TLS'}`, {
    hint: `write ${other} into the address`,
  });
}

function placeOf(url: URL): { host: string; port: number } {
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || 6379) };
}

/** Any answer to `PING` is one without TLS: also that it wants a password. */
function answersPlain(url: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(placeOf(url), () => socket.write('PING\r\n'));
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(PROBE_MS, () => end(false));
    socket.once('data', (data) => end(/^[+-]/.test(data.toString('latin1'))));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
  });
}

/** Only whether there is a handshake is asked: nothing is sent, so that the certificate does not matter. */
function answersTls(url: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTls({ ...placeOf(url), rejectUnauthorized: false }, () => end(true));
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(PROBE_MS, () => end(false));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
  });
}
