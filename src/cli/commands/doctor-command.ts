import type { ArgumentsCamelCase } from 'yargs';
import { MaskwrightError } from '../../errors.js';
import type { CommandBody } from '../command.js';
import { withContext } from '../context.js';
import { commonOptions, type CommonArguments } from '../options/common-options.js';

const MARKS = { ok: 'ok     ', warning: 'warning', error: 'error  ' } as const;

export const command: CommandBody = {
  positionals: {},
  options: commonOptions,
  examples: [
    ['doctor', 'everything that a bug report needs; secrets are not shown'],
    ['doctor --json', 'the same for programs'],
  ],
  run,
};

async function run(argv: ArgumentsCamelCase<CommonArguments>): Promise<void> {
  await withContext(argv, async (context) => {
    const { examine } = await import('../../run/doctor/examine.js');
    context.progress.show('examining devices, caches, the hub and models');
    const findings = await examine();
    const errors = findings.filter(({ status }) => status === 'error');
    context.emit({ command: 'doctor', ok: errors.length === 0, findings });
    for (const { name, status, detail, hint } of findings) {
      context.print(`${MARKS[status]}  ${name}: ${detail}`);
      if (hint !== undefined) {
        context.print(`         ${hint}`);
      }
    }
    if (errors.length > 0) {
      throw new MaskwrightError('MODEL_RUN', `masks cannot be made here: ${errors[0]!.name}: ${errors[0]!.detail}`, {
        hint: errors[0]!.hint ?? 'the lines above belong into a bug report',
      });
    }
  });
}
