import { spawn } from 'node:child_process';
import type { ArgumentsOf, CommandBody, OptionTable } from '../../command.js';
import { withContext } from '../../context.js';
import { commonOptions, type CommonArguments } from '../../options/common-options.js';
import { listenFrom, listenOptions, type ListenArguments } from '../../options/server/listen-options.js';
import { type ModelArguments, modelChoiceFrom, ownModelOptions } from '../../options/model-options.js';
import { NAMING_DEFAULTS } from '../../../io/files/output-names.js';

const studioOptions = {
  'output-dir': {
    synonyms: ['outdir'],
    type: 'string',
    requiresArg: true,
    fallback: NAMING_DEFAULTS.outdir,
    describe: 'folder that accepted results are saved in',
    group: 'Output:',
    basic: true,
  },
  'accept-list': {
    type: 'string',
    requiresArg: true,
    describe: 'a JSON file that lists what was accepted and rejected',
    group: 'Output:',
  },
  recursive: { alias: 'r', type: 'boolean', describe: 'also images in subfolders', group: 'Many images:', basic: true },
  open: {
    type: 'boolean',
    fallback: true,
    describe: 'open a browser; --no-open does not',
    group: 'Server:',
    basic: true,
  },
} as const satisfies OptionTable;

type StudioArguments = CommonArguments &
  ListenArguments &
  ModelArguments &
  ArgumentsOf<typeof studioOptions> & { readonly images?: readonly string[] };

export const command: CommandBody = {
  positionals: { images: { type: 'string', array: true, describe: 'files, folders, patterns; more can be dropped' } },
  options: { ...studioOptions, ...listenOptions, ...ownModelOptions, ...commonOptions },
  examples: [
    ['studio photo.jpg', 'opens a browser; the first line on stdout is the address'],
    ['studio photos --output-dir masks --accept-list review.json', 'review a folder, and list what was accepted'],
    ['studio --no-open --port 8765', 'only the server; images are dropped on the page'],
  ],
  run,
};

async function run(argv: StudioArguments): Promise<void> {
  const { port, host, token, hosts } = listenFrom(argv);
  const { images: names = [], recursive, outputDir: outdir = NAMING_DEFAULTS.outdir, acceptList } = argv;
  await withContext(argv, async ({ signal }) => {
    const [{ expandInputs }, { createServer }, { listen }] = await Promise.all([
      import('../../../io/files/expand-inputs.js'),
      import('../../../server/create-server.js'),
      import('../../run/listen.js'),
    ]);
    const images = names.length === 0 ? [] : await expandInputs(names, { recursive, exclude: outdir });
    const server = createServer({
      ...modelChoiceFrom(argv),
      token,
      hosts,
      studio: { images, outdir, acceptList },
    });
    await listen(server, {
      port,
      host,
      signal,
      onListening: (address) => {
        // Behind #, which browsers do not send: the page reads the token there.
        const page = token === undefined ? address : `${address}#token=${encodeURIComponent(token)}`;
        process.stdout.write(`${page}\n`);
        if (argv.open !== false) {
          openBrowser(page);
        }
      },
    });
  });
}

/** Opens an address in the user's browser; where there is none, the address was printed. */
function openBrowser(address: string): void {
  const [command, ...args]: [string, ...string[]] =
    process.platform === 'darwin'
      ? ['open', address]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '', address]
        : ['xdg-open', address];
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
