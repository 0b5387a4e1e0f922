import type { ArgumentsOf, Command, CommandBody } from '../command.js';
import { bashCompletion } from '../completion/bash.js';
import { describeCommand } from '../completion/describe-command.js';
import { fishCompletion } from '../completion/fish.js';
import { zshCompletion } from '../completion/zsh.js';

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

const positionals = {
  shell: { required: true, choices: ['bash', 'zsh', 'fish'], describe: 'bash, zsh or fish' },
} as const;

/** The command that prints completion scripts. `load` loads every command. */
export function completionCommand(load: () => Promise<readonly Command[]>): CommandBody {
  return {
    positionals,
    options: {},
    examples: [
      ['source <(maskwright completion bash)', 'completion in bash; put it into ~/.bashrc'],
      ['source <(maskwright completion zsh)', 'completion in zsh; put it into ~/.zshrc, after compinit'],
      ['maskwright completion fish | source', 'completion in fish'],
    ],
    run: async ({ shell }: ArgumentsOf<typeof positionals>) => {
      process.stdout.write(SCRIPTS[shell!]((await load()).map(describeCommand)));
    },
  };
}
