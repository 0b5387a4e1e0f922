import type { ArgumentsOf, CommandBody, OptionTable } from '../../command.js';
import { withContext } from '../../context.js';
import { commonOptions, type CommonArguments } from '../../options/common-options.js';
import { type ModelArguments, modelChoiceFrom, ownModelOptions } from '../../options/model-options.js';
import { MaskwrightError } from '../../../errors.js';

const folderOptions = {
  root: {
    type: 'string',
    requiresArg: true,
    fallback: 'the working folder',
    describe: 'folder that files are read from and written to; nothing outside of it',
    group: 'Server:',
    basic: true,
  },
} as const satisfies OptionTable;

type McpArguments = CommonArguments & ModelArguments & ArgumentsOf<typeof folderOptions>;

export const command: CommandBody = {
  positionals: {},
  options: { ...folderOptions, ...ownModelOptions, ...commonOptions },
  examples: [
    ['mcp', 'the tools find_mask, inpaint_image, check_mask and explain_prompt'],
    ['mcp --root photos --model tiny', 'for the files of one folder'],
  ],
  run,
};

async function run(argv: McpArguments): Promise<void> {
  await withContext(
    argv,
    async ({ signal }) => {
      const [sdk, transport] = await importSdk();
      const { createMcpServer } = await import('../../../server/mcp/create-mcp-server.js');
      const { root = '.' } = argv;
      const { server, settled, close } = createMcpServer(sdk.McpServer, { root, ...modelChoiceFrom(argv) });
      const closed = new Promise<void>((resolve) => {
        // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the SDK's class is no EventTarget
        server.server.onclose = resolve;
        process.stdin.once('end', resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      await server.connect(new transport.StdioServerTransport());
      await closed;
      if (!signal.aborted) {
        // What was asked before the end of the input is answered.
        await settled();
      }
      await server.close();
      await close();
      signal.throwIfAborted();
    },
    { stdoutIsData: true },
  );
}

/** An optional package: most installations need none of it, and it brings many others. */
function importSdk() {
  return Promise.all([
    import('@modelcontextprotocol/sdk/server/mcp.js'),
    import('@modelcontextprotocol/sdk/server/stdio.js'),
  ]).catch((error: unknown) => {
    throw new MaskwrightError('USAGE', 'mcp needs the package @modelcontextprotocol/sdk, which is not installed', {
      hint: 'npm install @modelcontextprotocol/sdk, next to maskwright',
      cause: error,
    });
  });
}
