import type { ArgumentsCamelCase } from 'yargs';
import { MaskwrightError } from '../../errors.js';
import type { ListedModel, VerifyResult } from '../../run/manage-models.js';
import { type CommandContext, withContext } from '../context.js';
import type { CommandBody } from '../command.js';
import { commonOptions, type CommonArguments } from '../options/common-options.js';
import { modelOptions } from '../options/model-options.js';
import { formatBytes } from '../progress.js';
import { showDownloads } from '../run/show-downloads.js';

const ACTIONS = ['list', 'pull', 'path', 'verify', 'rm'] as const;

interface ModelsArguments extends CommonArguments {
  readonly action: (typeof ACTIONS)[number];
  readonly models: readonly string[];
  readonly revision?: string;
  readonly dtype?: string;
}

export const command: CommandBody = {
  positionals: {
    action: { required: true, choices: ACTIONS, describe: 'what to do' },
    models: { type: 'string', array: true, default: [], describe: 'names, or hub ids (owner/name)' },
  },
  options: { revision: modelOptions.revision, dtype: modelOptions.dtype, ...commonOptions },
  examples: [
    ['models list', 'what there is, what is downloaded, and under which license'],
    ['models pull clipseg --dtype q8', 'download before it is needed'],
    ['models path clipseg', 'the folder to copy to a machine without a network'],
    ['models verify', 'read every file again and compare its hash'],
    ['models rm clipseg', 'free the space'],
  ],
  run,
};

async function run(argv: ArgumentsCamelCase<ModelsArguments>): Promise<void> {
  await withContext(argv, async (context) => {
    switch (argv.action) {
      case 'list':
        return list(context);
      case 'pull':
        return pull(argv, context);
      case 'path':
        return path(argv, context);
      case 'verify':
        return verify(argv, context);
      case 'rm':
        return remove(argv, context);
    }
  });
}

async function list(context: CommandContext): Promise<void> {
  const { listModels } = await import('../../run/manage-models.js');
  const models = await listModels();
  context.emit({ command: 'models list', models });
  for (const model of models) {
    for (const line of describeModel(model)) {
      context.print(line);
    }
  }
}

function describeModel(model: ListedModel): string[] {
  const { name, id, task, summary, license, nonCommercial, megabytes, state, revisions } = model;
  const sizes = Object.entries(megabytes).map(([dtype, size]) => `${dtype} ${size} MB`);
  const terms = `${license ?? 'license not known here'}${nonCommercial ? ', not for commercial use' : ''}`;
  return [
    `${name ?? id}  ${state}${task === undefined ? '' : `, ${task}`}, ${terms}`,
    ...(summary === undefined ? [] : [`  ${summary}`]),
    ...(name === undefined || id === undefined ? [] : [`  ${[id, ...sizes].join(', ')}`]),
    ...revisions.map(({ revision, folder, bytes, dtypes }) => {
      const size = bytes === 0 ? '' : `, ${formatBytes(bytes)}`;
      return `  ${revision} (${dtypes.join(', ') || 'no weights'}${size}): ${folder}`;
    }),
  ];
}

async function pull({ models, revision, dtype }: ModelsArguments, context: CommandContext): Promise<void> {
  assertNames(models, 'pull');
  const { pullJob } = await import('../../run/manage-models.js');
  const downloads = showDownloads(context);
  const results = [];
  for (const model of models) {
    const result = await pullJob({ model, revision, dtype }, downloads);
    results.push(result);
    const { downloaded, license, folder } = result;
    context.print(
      `${model}: ${downloaded.length === 0 ? 'it was here already' : `downloaded ${downloaded.join(', ')}`}` +
        (license === undefined ? '' : ` (license ${license})`),
    );
    context.print(`  ${folder}`);
  }
  context.emit({ command: 'models pull', models: results });
}

async function path({ models, revision }: ModelsArguments, context: CommandContext): Promise<void> {
  const { pathJob } = await import('../../run/manage-models.js');
  const results = await Promise.all(
    (models.length === 0 ? [undefined] : models).map((model) => pathJob({ model, revision })),
  );
  context.emit({ command: 'models path', models: results });
  for (const result of results) {
    context.print(result.path);
    if (!result.present) {
      context.warn(`nothing is there yet: ${result.path}`);
    }
  }
}

async function verify({ models }: ModelsArguments, context: CommandContext): Promise<void> {
  const { verifyJob } = await import('../../run/manage-models.js');
  const results = await verifyJob(models);
  context.emit({ command: 'models verify', models: results });
  for (const result of results) {
    for (const line of describeVerified(result)) {
      context.print(line);
    }
  }
  const broken = results.flatMap(({ files }) => files).find(({ problem }) => problem !== undefined);
  if (broken !== undefined) {
    throw new MaskwrightError('MODEL_DAMAGED', `the model file ${broken.path} is damaged: ${broken.problem}`, {
      hint: 'remove the model with maskwright models rm and pull it again',
    });
  }
}

function describeVerified({ model, revision, files }: VerifyResult): string[] {
  const whole = files.filter(({ problem }) => problem === undefined).length;
  return [
    `${model} ${revision}: ${whole} of ${files.length} files are whole`,
    ...files.filter(({ problem }) => problem !== undefined).map((file) => `  ${file.path}: ${file.problem}`),
  ];
}

async function remove({ models, revision }: ModelsArguments, context: CommandContext): Promise<void> {
  assertNames(models, 'rm');
  const { removeJob } = await import('../../run/manage-models.js');
  const removed = await removeJob(models, revision);
  context.emit({ command: 'models rm', removed });
  for (const { id, commit, folder, bytes } of removed) {
    context.print(`removed ${id} ${commit}, ${formatBytes(bytes)}: ${folder}`);
  }
}

function assertNames(models: readonly string[], action: string): void {
  if (models.length === 0) {
    throw new MaskwrightError('USAGE', `no model to ${action} was named`, {
      hint: `maskwright models ${action} clipseg; maskwright models list shows the names`,
    });
  }
}
