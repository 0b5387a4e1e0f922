import type { ArgumentsCamelCase } from 'yargs';
import { formatPromptTree } from '../../prompts/format-prompt-tree.js';
import { parsePrompts } from '../../prompts/parse-prompt.js';
import { printPrompt } from '../../prompts/print-prompt.js';
import { filesOf, phrasesOf } from '../../prompts/prompt-tree.js';
import { withContext } from '../context.js';
import type { CommandBody } from '../command.js';
import { commonOptions, type CommonArguments } from '../options/common-options.js';

interface ExplainArguments extends CommonArguments {
  readonly prompts: readonly string[];
}

export const command: CommandBody = {
  positionals: { prompts: { required: true, type: 'string', array: true, describe: 'prompts in quotes' } },
  options: commonOptions,
  examples: [
    ['explain "fruit AND NOT (pears OR leaf)"', 'the tree of a prompt'],
    ['explain \'hair@0.6{+12px} - "hair band"\'', 'thresholds, modifiers and literal text'],
  ],
  run,
};

async function run(argv: ArgumentsCamelCase<ExplainArguments>): Promise<void> {
  await withContext(argv, async (context) => {
    const prompts = argv.prompts.flatMap((text) => parsePrompts(text));
    context.emit({
      command: 'explain',
      prompts: prompts.map(({ text, tree }) => ({
        text,
        normal: printPrompt(tree),
        phrases: phrasesOf(tree),
        files: filesOf(tree),
        tree,
      })),
    });
    for (const { tree } of prompts) {
      context.print(printPrompt(tree));
      for (const line of formatPromptTree(tree)) {
        context.print(`  ${line}`);
      }
      context.print(`  phrases: ${phrasesOf(tree).map(quoted).join(', ') || 'nothing'}`);
      if (filesOf(tree).length > 0) {
        context.print(`  reads: ${filesOf(tree).join(', ')}`);
      }
    }
  });
}

function quoted(phrase: string): string {
  return JSON.stringify(phrase);
}
