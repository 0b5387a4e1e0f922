import { MaskwrightError } from '../../../errors.js';
import type { ArgumentsOf, OptionTable } from '../../command.js';
import { integerInRange } from '../numbers.js';

const group = 'Server:';

/** Where a server listens, and who may ask it. */
export const listenOptions = {
  port: {
    type: 'string',
    requiresArg: true,
    fallback: 'a free one',
    coerce: integerInRange('--port', 0, 65_535),
    describe: 'port to listen at, 0 to 65535',
    group,
    basic: true,
  },
  host: {
    type: 'string',
    requiresArg: true,
    fallback: '127.0.0.1',
    describe: 'address to listen at; others than loopback need --token',
    group,
  },
  token: {
    type: 'string',
    requiresArg: true,
    describe: 'requests must send it: Authorization: Bearer <token>; also $MASKWRIGHT_TOKEN',
    group,
  },
  'allow-host': {
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'a name that requests may be sent to, behind a proxy for example',
    group,
  },
} as const satisfies OptionTable;

export type ListenArguments = ArgumentsOf<typeof listenOptions>;

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/;
const ANY = /^(0\.0\.0\.0|::)$/;

/** Where to listen, and the names that requests may be sent to. Throws `USAGE` for an open address without a token. */
export function listenFrom({ port = 0, host = '127.0.0.1', token, allowHost = [] }: ListenArguments) {
  const secret = token ?? process.env['MASKWRIGHT_TOKEN'];
  if (!LOOPBACK.test(host) && (secret === undefined || secret === '')) {
    throw new MaskwrightError('USAGE', `--host ${host} can be reached from other machines, and there is no token`, {
      hint: 'add --token, or set MASKWRIGHT_TOKEN',
    });
  }
  const named = ANY.test(host) ? '*' : host.includes(':') ? `[${host}]` : host;
  const hosts = ['localhost', '127.0.0.1', '[::1]', named, ...allowHost].map((name) => name.toLowerCase());
  return { port, host, token: secret === '' ? undefined : secret, hosts };
}
