import type { ArgumentsCamelCase } from 'yargs';
import { COMMANDS } from '../command-table.js';
import { bashCompletion } from '../completion/bash.js';
import { fishCompletion } from '../completion/fish.js';
import { zshCompletion } from '../completion/zsh.js';
import { defineCommand } from '../define-command.js';
import { describeCommand } from '../describe-command.js';
import { manPage } from '../man-page.js';
import { VERSION } from '../../version.js';

const FORMS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion, man: manPage } as const;

interface CompletionArguments {
  readonly shell: keyof typeof FORMS;
}

export const command = defineCommand<CompletionArguments>({
  command: 'completion <shell>',
  describe: 'a script that completes commands and options in a shell, or the manual page',
  builder: (argv) =>
    argv
      .positional('shell', { choices: Object.keys(FORMS), demandOption: true, describe: 'bash, zsh, fish, or man' })
      .example('source <($0 completion bash)', 'completion in bash; put it into ~/.bashrc')
      .example('source <($0 completion zsh)', 'completion in zsh; put it into ~/.zshrc, behind compinit')
      .example('$0 completion fish | source', 'completion in fish')
      .example('$0 completion man | man -l -', 'the manual page'),
  handler: run,
});

async function run({ shell }: ArgumentsCamelCase<CompletionArguments>): Promise<void> {
  const modules = await Promise.all(COMMANDS.map((entry) => entry.load()));
  process.stdout.write(
    FORMS[shell](
      modules.map((module) => describeCommand(module.command)),
      VERSION,
    ),
  );
}
