import type { CommandBody } from '../../command.js';
import { withContext } from '../../context.js';
import { commonOptions, type CommonArguments } from '../../options/common-options.js';
import { listenFrom, listenOptions, type ListenArguments } from '../../options/server/listen-options.js';
import { type ModelArguments, modelChoiceFrom, ownModelOptions } from '../../options/model-options.js';
import { integerInRange } from '../../options/numbers.js';
import type { ArgumentsOf, OptionTable } from '../../command.js';

const group = 'Limits:';

/** Limits of what one server does. */
const limitOptions = {
  'max-body': {
    type: 'string',
    requiresArg: true,
    fallback: 256,
    coerce: integerInRange('--max-body', 1, 4096),
    describe: 'largest request, in MiB; larger ones are answered with 413',
    group,
  },
  concurrency: {
    alias: 'j',
    type: 'string',
    requiresArg: true,
    fallback: 2,
    coerce: integerInRange('--concurrency', 1, 64),
    describe: 'requests in work at the same time, 1 to 64',
    group,
  },
  'max-queued': {
    type: 'string',
    requiresArg: true,
    fallback: 32,
    coerce: integerInRange('--max-queued', 0, 10_000),
    describe: 'requests that wait; one more is answered with 429',
    group,
  },
  'max-sessions': {
    type: 'string',
    requiresArg: true,
    fallback: 8,
    coerce: integerInRange('--max-sessions', 1, 1000),
    describe: 'open images; the one that was not used for longest is closed for another',
    group,
  },
} as const satisfies OptionTable;

type ServeArguments = CommonArguments & ListenArguments & ModelArguments & ArgumentsOf<typeof limitOptions>;

export const command: CommandBody = {
  positionals: {},
  options: { ...listenOptions, ...limitOptions, ...ownModelOptions, ...commonOptions },
  examples: [
    ['serve --port 8765', 'the first line on stdout is the address; /openapi.json describes the API'],
    ['serve --host 0.0.0.0 --token "$TOKEN"', 'for other machines: requests must send the token'],
    ['serve --model tiny --max-body 16', 'another model, and smaller requests'],
  ],
  run,
};

async function run(argv: ServeArguments): Promise<void> {
  const { port, host, token, hosts } = listenFrom(argv);
  await withContext(argv, async ({ signal, warn }) => {
    const [{ createServer }, { listen }] = await Promise.all([
      import('../../../server/create-server.js'),
      import('../../run/listen.js'),
    ]);
    const { maxBody, concurrency, maxQueued, maxSessions } = argv;
    const server = createServer({
      ...modelChoiceFrom(argv),
      token,
      hosts,
      concurrency,
      maxQueued,
      maxSessions,
      maxBodyBytes: maxBody === undefined ? undefined : maxBody * 1024 * 1024,
    });
    await listen(server, {
      port,
      host,
      signal,
      onListening: (address) => {
        process.stdout.write(`${address}\n`);
        if (token !== undefined && argv.quiet !== true) {
          warn('requests must send the token: Authorization: Bearer ...');
        }
      },
    });
  });
}
