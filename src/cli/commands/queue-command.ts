import { setTimeout as sleep } from 'node:timers/promises';
import { MaskwrightError } from '../../errors.js';
import { assertDistinctOutputs, NAMING_DEFAULTS } from '../../io/files/output-names.js';
import { STDIO } from '../../io/files/read-input.js';
import { absolutePath } from '../../io/storage/storage-path.js';
import type { PlacedInput, placeInput, RecipeRun } from '../../recipe/plan-run.js';
import type { planRecipe } from '../../run/run-recipe.js';
import type { QueueStatus, TaskQueue } from '../../run/queue/task-queue.js';
import type { ArgumentsOf, CommandBody, OptionTable } from '../command.js';
import { type CommandContext, withContext } from '../context.js';
import { batchOptions } from '../options/batch-options.js';
import { commonOptions } from '../options/common-options.js';
import { detectionOptions } from '../options/detection-options.js';
import { runtimeOfEnvironment } from '../options/model-options.js';
import { integerInRange } from '../options/numbers.js';
import { outputOptions } from '../options/output-options.js';
import { parseAssignments, setOption } from '../options/recipe-options.js';

const ACTIONS = ['submit', 'work', 'status', 'retry', 'cancel', 'drain'] as const;

const submitting = 'Submitting:';
const working = 'Working:';
const group = 'Queue:';

const options = {
  queue: {
    type: 'string',
    requiresArg: true,
    describe: 'redis://, rediss:// or postgres://; MASKWRIGHT_QUEUE where left out',
    group,
    basic: true,
  },
  'queue-name': {
    type: 'string',
    requiresArg: true,
    fallback: 'maskwright',
    describe: 'several queues in one store',
    group,
  },
  chunk: {
    type: 'string',
    requiresArg: true,
    fallback: 100,
    coerce: integerInRange('--chunk', 1, 1_000_000),
    describe: 'images of one job',
    group: submitting,
    basic: true,
  },
  attempts: {
    type: 'string',
    requiresArg: true,
    fallback: 3,
    coerce: integerInRange('--attempts', 1, 100),
    describe: 'how often an image that fails is tried',
    group: submitting,
  },
  ...setOption,
  model: {
    type: 'string',
    requiresArg: true,
    describe: "a model for prompts instead of the recipe's own",
    group: submitting,
  },
  'output-dir': {
    ...outputOptions['output-dir'],
    fallback: `that of the recipe, else ${NAMING_DEFAULTS.outdir}`,
    group: submitting,
  },
  recursive: { ...batchOptions.recursive, group: submitting },
  'files-from': { ...batchOptions['files-from'], group: submitting },
  'until-empty': { type: 'boolean', describe: 'end when the queue is empty', group: working, basic: true },
  concurrency: {
    ...batchOptions.concurrency,
    describe: 'images processed at the same time, 1 to 64; fewer where memory is small',
    group: working,
  },
  'lock-seconds': {
    type: 'string',
    requiresArg: true,
    fallback: 30,
    coerce: integerInRange('--lock-seconds', 1, 3600),
    describe: 'a worker that says nothing for so long is taken for dead, and others do its work',
    group: working,
  },
  'metrics-port': {
    type: 'string',
    requiresArg: true,
    coerce: integerInRange('--metrics-port', 0, 65_535),
    describe: 'with work or status --watch: serve /metrics (Prometheus) and /metrics.json',
    group: working,
  },
  cache: { ...detectionOptions.cache, group: working },
  watch: { type: 'boolean', describe: 'with status: again and again', group },
  failed: { type: 'boolean', describe: 'with status: list the images that failed; with drain: remove them too', group },
  'json-lines': batchOptions['json-lines'],
  ...commonOptions,
} as const satisfies OptionTable;

const positionals = {
  action: { type: 'string', required: true, choices: ACTIONS, describe: 'what to do' },
  names: { type: 'string', array: true, describe: 'submit: a recipe, then images instead of its own; cancel: a run' },
} as const;

type QueueArguments = ArgumentsOf<typeof options> & {
  readonly action: (typeof ACTIONS)[number];
  readonly names?: readonly string[];
};

export const command: CommandBody = {
  positionals,
  options,
  examples: [
    ['queue submit recipe.yaml s3://bucket/photos/ -r --queue redis://host', 'a job for each 100 images'],
    ['queue work --queue redis://host', 'a worker: on as many machines as you like'],
    ['queue work --until-empty --metrics-port 9464', 'with the address in MASKWRIGHT_QUEUE'],
    ['queue status --failed --json', 'what failed, and why'],
    ['queue retry', 'put what failed back'],
    ['queue cancel 0b5e...', 'one run of those that status lists; without a name, all'],
    ['queue drain', 'remove what waits, and the records of what is done'],
  ],
  run,
};

async function run(argv: QueueArguments): Promise<void> {
  const address = argv.queue ?? process.env['MASKWRIGHT_QUEUE'];
  if (address === undefined || address === '') {
    throw new MaskwrightError('USAGE', 'no queue was named', {
      hint: '--queue redis://host:6379 or postgres://user@host/database, or MASKWRIGHT_QUEUE',
    });
  }
  const { names = [] } = argv;
  if (argv.action !== 'submit' && names.length > (argv.action === 'cancel' ? 1 : 0)) {
    throw new MaskwrightError('USAGE', `queue ${argv.action} takes no ${JSON.stringify(names.at(-1))}`, {
      hint: 'see maskwright queue --help',
    });
  }
  const place = { address, name: argv.queueName };
  await withContext(argv, async (context) => {
    if (argv.action === 'submit') {
      await submit(argv, place, context);
      return;
    }
    const { openTaskQueue } = await import('../../run/queue/task-queue.js');
    const queue = await openTaskQueue(place);
    queue.parts.connection.warnings.forEach(context.warn);
    try {
      await act(argv, queue, context);
    } finally {
      await queue.close();
    }
  });
}

async function act(argv: QueueArguments, queue: TaskQueue, context: CommandContext): Promise<void> {
  const report = (what: Readonly<Record<string, unknown>>, line: string): void => {
    context.print(line);
    context.emit({ command: `queue ${argv.action}`, ...what });
    context.emitLine({ command: `queue ${argv.action}`, ...what });
  };
  switch (argv.action) {
    case 'work':
      return work(argv, queue, context);
    case 'status':
      return status(argv, queue, context);
    case 'retry': {
      const retried = await queue.retry();
      return report({ retried }, `${retried} images are put back`);
    }
    case 'cancel': {
      const removed = await queue.cancel(argv.names?.[0]);
      return report(
        { removed },
        `${removed} images are removed; workers leave what they have begun after the image in work`,
      );
    }
    case 'drain': {
      await queue.drain({ failed: argv.failed === true });
      return report({}, 'nothing waits any more');
    }
    case 'submit':
      return undefined;
  }
}

async function submit(
  argv: QueueArguments,
  place: { readonly address: string; readonly name: string | undefined },
  context: CommandContext,
): Promise<void> {
  const [recipe, ...names] = argv.names ?? [];
  if (recipe === undefined) {
    throw new MaskwrightError('USAGE', 'no recipe was named', { hint: 'maskwright queue submit recipe.yaml' });
  }
  const [
    { recipeFromData },
    { readRecipe },
    { placeInput: toPlaced, planRun },
    { planRecipe: plan },
    { openRecipe },
    { openTaskQueue },
  ] = await Promise.all([
    import('../../recipe/recipe-document.js'),
    import('../../recipe/read-recipe.js'),
    import('../../recipe/plan-run.js'),
    import('../../run/run-recipe.js'),
    import('../../run/queue/recipe-runner.js'),
    import('../../run/queue/task-queue.js'),
  ]);
  const read = await readRecipe(recipe);
  // A worker is in another folder: every path is whole.
  const document = { ...recipeFromData(read.data, absolutePath(read.folder)), name: read.name, locate: read.locate };
  const outdir = argv.outputDir === undefined ? undefined : absolutePath(argv.outputDir);
  const set = parseAssignments(argv.set);
  const choice = { document, set, outdir, model: argv.model };
  const { recursive, filesFrom } = argv;
  const planned = await planRun(document, { set, outdir, names, recursive, filesFrom });
  for (const warning of planned.warnings) {
    context.warn(warning);
  }
  await openRecipe(choice, { row: planned.rows?.[0] }).close();
  assertDistinctOutputs(plansOf(planned, plan));
  if (planned.inputs.some(({ path }) => path === STDIO)) {
    throw new MaskwrightError('USAGE', 'standard input cannot be read by a worker', { hint: 'name files or URIs' });
  }
  const count = planned.inputs.length;
  const queue = await openTaskQueue(place);
  queue.parts.connection.warnings.forEach(context.warn);
  try {
    const id = await queue.submit(choice, placedInputsOf(planned, toPlaced), count, {
      chunk: argv.chunk,
      attempts: argv.attempts,
      onProgress: (done) => context.progress.report(`${done} of ${count} submitted`),
    });
    context.print(`${count} ${count === 1 ? 'image' : 'images'} submitted as ${id}`);
    context.emit({ command: 'queue submit', run: id, images: count });
    context.emitLine({ command: 'queue submit', run: id, images: count });
  } finally {
    await queue.close();
  }
}

/** One after the other, as they are stored. A worker is in another folder: every path is whole. */
function* placedInputsOf(planned: RecipeRun, toPlaced: typeof placeInput): Generator<PlacedInput> {
  for (const index of planned.inputs.keys()) {
    const input = toPlaced(planned, index);
    yield { ...input, path: absolutePath(input.path) };
  }
}

/** One after the other: of a hundred thousand plans only the names of files are kept. */
function* plansOf(planned: RecipeRun, plan: typeof planRecipe): Generator<ReturnType<typeof planRecipe>> {
  for (const [index, { path }] of planned.inputs.entries()) {
    yield plan({ input: path, ...planned.at(index) });
  }
}

async function work(argv: QueueArguments, queue: TaskQueue, context: CommandContext): Promise<void> {
  const [{ workQueue, memoryLimit }, { createImageCounter, serveMetrics }] = await Promise.all([
    import('../../run/queue/serve-queue.js'),
    import('../../run/queue/serve-metrics.js'),
  ]);
  const counter = createImageCounter();
  const limit = memoryLimit();
  if (argv.concurrency !== undefined && argv.concurrency > limit) {
    context.warn(`${limit} ${limit === 1 ? 'image' : 'images'} at the same time: there is no memory for more`);
  }
  const metrics = argv.metricsPort === undefined ? undefined : await serveMetrics(queue, argv.metricsPort, counter);
  if (metrics !== undefined) {
    context.print(`metrics at http://localhost:${metrics.port}/metrics`);
  }
  try {
    await workQueue(queue, {
      concurrency: argv.concurrency,
      untilEmpty: argv.untilEmpty,
      lockSeconds: argv.lockSeconds,
      cache: argv.cache,
      runtime: runtimeOfEnvironment(),
      signal: context.signal,
      onImage: (failed) => {
        counter.count(failed);
        const { images, imagesPerSecond } = counter.numbers();
        context.progress.report(`${images} images, ${imagesPerSecond} a second`);
      },
      onChunk: ({ done, skipped, failed }) => {
        context.print(`chunk: ${done} done, ${skipped} done already, ${failed} failed`);
        context.emitLine({ command: 'queue work', chunk: { done, skipped, failed } });
      },
      onTrouble: ({ message }) => context.warn(`${message}; waiting for it`),
    });
  } finally {
    await metrics?.close();
  }
  const { images, failed } = counter.numbers();
  context.print(`${images} images, ${failed} failed`);
  context.emit({ command: 'queue work', images, failed });
  context.signal.throwIfAborted();
}

const WATCH_MS = 2000;

async function status(argv: QueueArguments, queue: TaskQueue, context: CommandContext): Promise<void> {
  if (argv.failed === true) {
    const failures = [];
    for await (const failure of queue.failures()) {
      failures.push(failure);
      context.print(`${failure.input}: ${failure.error.message}`);
      context.emitLine({ command: 'queue status', ...failure });
    }
    context.emit({ command: 'queue status', failed: failures });
    return;
  }
  if (argv.watch !== true) {
    const now = await queue.status();
    describeStatus(now).forEach(context.print);
    context.emit({ command: 'queue status', ...now });
    context.emitLine({ command: 'queue status', ...now });
    return;
  }
  const { serveMetrics } = await import('../../run/queue/serve-metrics.js');
  const metrics = argv.metricsPort === undefined ? undefined : await serveMetrics(queue, argv.metricsPort);
  let before: { readonly done: number; readonly at: number } | undefined;
  try {
    while (!context.signal.aborted) {
      const now = await queue.status();
      const done = now.images.done + now.images.skipped;
      const at = performance.now();
      const imagesPerSecond =
        before === undefined ? undefined : Math.round(((done - before.done) / (at - before.at)) * 1e5) / 100;
      before = { done, at };
      const rate = imagesPerSecond === undefined ? '' : `, ${imagesPerSecond} a second`;
      context.print(`${describeStatus(now)[0]}${rate}`);
      context.emitLine({ command: 'queue status', ...now, imagesPerSecond });
      if (argv.json === true) {
        context.emit({ command: 'queue status', ...now, imagesPerSecond });
      }
      await sleep(WATCH_MS, undefined, { signal: context.signal }).catch(() => undefined);
    }
  } finally {
    await metrics?.close();
  }
}

function describeStatus({ chunks, images, runs }: QueueStatus): string[] {
  return [
    `${images.done + images.skipped} of ${images.submitted} images done, ${images.failed} failed; ` +
      `chunks: ${chunks.waiting} waiting, ${chunks.active} active, ${chunks.delayed} delayed, ${chunks.done} done`,
    ...runs.map(
      ({ id, images: count, submitted, cancelled }) =>
        `  ${id}  ${count} images, submitted ${submitted}${cancelled ? ', cancelled' : ''}`,
    ),
  ];
}
