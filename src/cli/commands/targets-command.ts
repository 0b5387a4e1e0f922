import type { ArgumentsCamelCase } from 'yargs';
import { describeLimits, findTarget, TARGETS } from '../../inpaint/targets/target-table.js';
import type { Target } from '../../inpaint/targets/target.js';
import { withContext } from '../context.js';
import type { CommandBody } from '../command.js';
import { commonOptions, type CommonArguments } from '../options/common-options.js';

interface TargetsArguments extends CommonArguments {
  readonly name?: string;
}

export const command: CommandBody = {
  positionals: { name: { type: 'string', describe: 'a program' } },
  options: commonOptions,
  examples: [
    ['targets', 'every program that --for knows'],
    ['targets comfyui', 'polarity, sizes, limits, the next step, and where the facts come from'],
  ],
  run,
};

async function run(argv: ArgumentsCamelCase<TargetsArguments>): Promise<void> {
  const chosen = argv.name === undefined ? undefined : findTarget(argv.name);
  await withContext(argv, async (context) => {
    const lines = chosen === undefined ? listTargets() : explainTarget(chosen);
    for (const line of lines) {
      context.print(line);
    }
    context.emit({ command: 'targets', targets: chosen === undefined ? TARGETS : [chosen] });
  });
}

function listTargets(): string[] {
  const width = Math.max(...TARGETS.map(({ name }) => name.length));
  return TARGETS.map(
    (target) =>
      `${target.name.padEnd(width)}  ${describePaint(target)}; ${target.title}${isVerified(target) ? '' : ' *'}`,
  ).concat('', '* not all of it verified: maskwright targets <name> says what');
}

function explainTarget(target: Target): string[] {
  const limits = describeLimits(target);
  return [
    `${target.name}: ${target.title}`,
    `  paints     ${describePaint(target)}`,
    ...(target.outpainting === undefined
      ? []
      : [`             ${target.outpainting.paints} pixels, where it extends the image`]),
    `  values     ${target.values === 'binary' ? 'only the two extremes; softer masks are cut at half' : 'soft: every value between counts'}`,
    `  size       ${target.multipleOf === 1 ? 'any' : `multiples of ${target.multipleOf}; others are ${target.otherSizes}`}`,
    `  limits     ${limits.length === 0 ? 'none known' : limits.join('; ')}`,
    `  formats    ${target.formats.join(', ')}; PNG is written`,
    `  next       ${target.nextStep}`,
    ...target.notes.map((note) => `  note       ${note}`),
    `  source     ${target.source}, read ${target.date}`,
    `  verified   ${isVerified(target) ? 'yes' : `not: ${target.unverified.join('; ')}`}`,
  ];
}

function describePaint({ carrier, paints }: Target): string {
  const where = {
    'mask-file': 'of a separate gray mask',
    'mask-alpha': 'of a separate mask',
    'image-alpha': 'of the image itself',
  }[carrier];
  return `${paints} pixels ${where}`;
}

function isVerified({ unverified }: Target): boolean {
  return unverified.length === 0;
}
