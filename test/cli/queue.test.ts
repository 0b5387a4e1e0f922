import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeImage } from '../../src/io/image/encode-image.js';
import { openTaskQueue, type TaskQueue } from '../../src/run/queue/task-queue.js';
import { workQueue } from '../../src/run/queue/serve-queue.js';
import { runCli } from '../support/cli.js';
import { randomRaster } from '../support/images.js';
import { runInProcess } from '../support/in-process.js';
import { hasProgram, openFolder, type Service, startPostgres, startRedis } from '../support/services.js';

const IMAGES = 7;
const RECIPE = 'outputs:\n  - kind: channel\n    channels: [lab.l]\n    name: "{index}-{stem}.{ext}"\n';

describe.runIf(hasProgram('redis-server')).each([
  ['Redis', (folder: string) => startRedis(folder, { password: 'secret-of-the-test' })],
  ['PostgreSQL', (folder: string) => startPostgres(join(folder, 'postgres'))],
] as const)('a queue in %s', { timeout: 120_000 }, (name, startStore) => {
  const { path: folder, remove } = openFolder('queue');
  let store: Service;
  let queue = '';
  let queues = 0;

  const env = (): NodeJS.ProcessEnv => ({ MASKWRIGHT_QUEUE: store.url });
  /** A command in this process: starting the program takes longer than its work. */
  const json = async (args: readonly string[]): Promise<Record<string, unknown>> => {
    const { stdout, stderr, code } = await runInProcess(
      ['queue', ...args, '--queue', store.url, '--queue-name', queue, '--json', '--quiet'],
      folder,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout) as Record<string, unknown>;
  };
  const withQueue = async (work: (opened: TaskQueue) => Promise<void>): Promise<void> => {
    const opened = await openTaskQueue({ address: store.url, name: queue });
    try {
      await work(opened);
    } finally {
      await opened.close();
    }
  };
  const filesIn = (path: string): string[] =>
    readdirSync(join(folder, path))
      .filter((file) => !file.startsWith('.'))
      .sort();

  beforeAll(async () => {
    store = await startStore(folder);
    mkdirSync(join(folder, 'in'));
    for (let i = 0; i < IMAGES; i++) {
      writeFileSync(join(folder, `in/${i}.png`), await encodeImage(randomRaster(i, 6, 4, 3)));
    }
    writeFileSync(join(folder, 'recipe.yaml'), RECIPE);
    await runInProcess(['run', 'recipe.yaml', 'in', '--output-dir', 'plain', '--quiet'], folder);
  });

  beforeEach(() => {
    queue = `queue${queues++}`;
  });

  afterAll(async () => {
    await store?.stop();
    remove();
  });

  it('workers write what run writes, once, and status counts it', async () => {
    expect(await json(['submit', 'recipe.yaml', 'in', '--output-dir', 'out', '--chunk', '3'])).toMatchObject({
      images: IMAGES,
    });
    expect(await json(['status'])).toMatchObject({ chunks: { waiting: 3 }, images: { submitted: IMAGES, done: 0 } });
    // The built program, with the address from the environment.
    const args = ['queue', 'work', '--until-empty', '--queue-name', queue, '--json', '--quiet'];
    const worked = await runCli(args, { cwd: folder, env: env() });
    expect(worked).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(worked.stdout)).toMatchObject({ images: IMAGES, failed: 0 });
    expect(filesIn('out')).toEqual(filesIn('plain'));
    for (const file of filesIn('plain')) {
      expect(readFileSync(join(folder, 'out', file))).toEqual(readFileSync(join(folder, 'plain', file)));
    }
    expect(await json(['status'])).toMatchObject({
      chunks: { waiting: 0, active: 0, done: 3 },
      images: { done: IMAGES },
    });
    // The same again: files of the same bytes stay untouched.
    const before = filesIn('out').map((file) => statSync(join(folder, 'out', file)).ino);
    await json(['submit', 'recipe.yaml', 'in', '--output-dir', 'out']);
    await json(['work', '--until-empty']);
    expect(filesIn('out').map((file) => statSync(join(folder, 'out', file)).ino)).toEqual(before);
  });

  it('images that fail are listed, fail no chunk, and are done by retry once they are right', async () => {
    mkdirSync(join(folder, 'mixed'), { recursive: true });
    writeFileSync(join(folder, 'mixed/a.png'), readFileSync(join(folder, 'in/0.png')));
    writeFileSync(join(folder, 'mixed/b.png'), 'no image');
    await json(['submit', 'recipe.yaml', 'mixed', '--output-dir', 'mixed-out', '--attempts', '1']);
    expect(await json(['work', '--until-empty'])).toMatchObject({ images: 2, failed: 1 });
    const { failed } = (await json(['status', '--failed'])) as { failed: { input: string; error: object }[] };
    expect(failed).toMatchObject([
      { input: join(folder, 'mixed/b.png'), attempts: 1, error: { code: 'INPUT_FORMAT' } },
    ]);
    expect(filesIn('mixed-out')).toEqual(['1-a.png']);

    writeFileSync(join(folder, 'mixed/b.png'), readFileSync(join(folder, 'in/1.png')));
    expect(await json(['retry'])).toMatchObject({ retried: 1 });
    await json(['work', '--until-empty']);
    expect(await json(['status'])).toMatchObject({ images: { submitted: 2, done: 2, failed: 0 } });
    expect(filesIn('mixed-out')).toEqual(['1-a.png', '2-b.png']);
    rmSync(join(folder, 'mixed'), { recursive: true });
  });

  it('an image that fails waits 5 s, then four times as long, and is listed after --attempts', async () => {
    writeFileSync(join(folder, 'bad.png'), 'no image');
    await json(['submit', 'recipe.yaml', 'in/0.png', 'bad.png', '--output-dir', 'backoff', '--attempts', '3']);
    const opened = await openTaskQueue({ address: store.url, name: queue });
    const { chunks } = opened.parts;
    const delays: number[] = [];
    for (let attempt = 0; attempt < 3; attempt++) {
      const stop = new AbortController();
      await workQueue(opened, { signal: stop.signal, onChunk: () => stop.abort() });
      const [job] = await chunks.getJobs(['delayed']);
      if (job !== undefined) {
        expect(job.data.inputs.map(({ p }) => p)).toEqual([join(folder, 'bad.png')]);
        delays.push(job.delay);
        await job.promote();
      }
    }
    expect(delays).toEqual([5000, 20_000]);
    expect(await opened.status()).toMatchObject({ chunks: { pending: 0 }, images: { done: 1, failed: 1 } });
    for await (const failure of opened.failures()) {
      expect(failure).toMatchObject({ input: join(folder, 'bad.png'), attempts: 3, error: { code: 'INPUT_FORMAT' } });
    }
    await opened.close();
  });

  it('an image in work when two workers died is quarantined at the third, and the others are done', async () => {
    await json(['submit', 'recipe.yaml', 'in', '--output-dir', 'quarantine', '--attempts', '3']);
    await withQueue(async (opened) => {
      const [job] = await opened.parts.chunks.getJobs(['waiting']);
      await job!.updateProgress({ next: 0, ahead: [], working: [4], crashes: { 4: 2 }, failed: [], skipped: 0 });
      await workQueue(opened, { untilEmpty: true });
      expect(filesIn('quarantine')).toEqual(filesIn('plain').filter((file) => !file.endsWith('-4.png')));
      const failures = [];
      for await (const failure of opened.failures()) {
        failures.push(failure);
      }
      expect(failures).toMatchObject([{ input: join(folder, 'in/4.png'), error: { code: 'INPUT_QUARANTINED' } }]);
    });
  });

  it('SIGTERM: the worker finishes the image in work, hands the rest back, and ends with exit code 130', async () => {
    const pipe = join(folder, 'pipe.png');
    rmSync(pipe, { force: true });
    execFileSync('mkfifo', [pipe]);
    const images = ['in/0.png', pipe, 'in/2.png'];
    await json(['submit', 'recipe.yaml', ...images, '--output-dir', 'stopped']);
    // Once the first is written, the worker waits for the second, which is a pipe.
    const first = join(folder, 'stopped/1-0.png');
    const working = runCli(['queue', 'work', '--concurrency', '1', '--queue-name', queue, '--json'], {
      cwd: folder,
      env: env(),
      signal: 'SIGTERM',
      interruptAfter: () => existsSync(first),
    });
    while (!existsSync(first)) {
      await sleep(20);
    }
    await sleep(200);
    await writeFile(pipe, readFileSync(join(folder, 'in/1.png')));
    expect(await working).toMatchObject({ code: 130, stdout: expect.stringContaining('"images":2,"failed":0') });
    expect(filesIn('stopped')).toEqual(['1-0.png', '2-pipe.png']);
    await withQueue(async (opened) => {
      expect((await opened.status()).chunks).toMatchObject({ waiting: 1, active: 0 });
      let images = 0;
      await workQueue(opened, { untilEmpty: true, onImage: () => images++ });
      expect(images).toBe(1);
    });
    expect(filesIn('stopped')).toEqual(['1-0.png', '2-pipe.png', '3-2.png']);
  });

  it('a table gives every image its values, on the worker too', async () => {
    writeFileSync(join(folder, 'table.csv'), 'file,tint\nin/0.png,blue\nin/1.png,red\n');
    writeFileSync(
      join(folder, 'table.yaml'),
      'table: table.csv\noutputs:\n  - kind: channel\n    channels: [lab.l]\n    name: "{tint}.{ext}"\n',
    );
    await json(['submit', 'table.yaml', '--output-dir', 'table']);
    await withQueue((opened) => workQueue(opened, { untilEmpty: true }));
    expect(filesIn('table')).toEqual(['blue.png', 'red.png']);
  });

  it('cancel removes what waits of a run, drain what waits of all', async () => {
    const { run } = await json(['submit', 'recipe.yaml', 'in', '--output-dir', 'never', '--chunk', '2']);
    await json(['submit', 'recipe.yaml', 'in', '--output-dir', 'never-either', '--chunk', '1']);
    await withQueue(async (opened) => {
      expect(await json(['cancel', String(run)])).toMatchObject({ removed: IMAGES });
      expect(await opened.status()).toMatchObject({ chunks: { waiting: IMAGES } });
      await expect(opened.cancel('none')).rejects.toMatchObject({
        code: 'USAGE',
        message: 'the queue has no run "none"',
      });
      await json(['drain']);
      let images = 0;
      await workQueue(opened, { untilEmpty: true, onImage: () => images++ });
      expect(images).toBe(0);
    });
    expect(await json(['status'])).toMatchObject({ chunks: { waiting: 0, done: 0 }, images: { submitted: 0 } });
  });

  it('a worker of another version hands the chunk back, and says so', async () => {
    await json(['submit', 'recipe.yaml', 'in', '--output-dir', 'versions']);
    await withQueue(async (opened) => {
      const [job] = await opened.parts.recipes.getJobs(['waiting']);
      await job!.updateData({ ...job!.data, version: '9.9.9' });
      await expect(workQueue(opened, { untilEmpty: true })).rejects.toMatchObject({
        code: 'USAGE',
        message: /9\.9\.9/ as never,
      });
      expect((await opened.status()).chunks).toMatchObject({ waiting: 1, active: 0, done: 0 });
    });
  });

  it('--metrics-port serves the numbers of the queue', async () => {
    await json(['submit', 'recipe.yaml', 'in', '--output-dir', 'metrics', '--chunk', '2']);
    const { serveMetrics } = await import('../../src/run/queue/serve-metrics.js');
    const opened = await openTaskQueue({ address: store.url, name: queue });
    const server = await serveMetrics(opened, 0);
    const read = async (path: string): Promise<string> =>
      (await fetch(`http://127.0.0.1:${server.port}${path}`)).text();
    expect(JSON.parse(await read('/metrics.json'))).toMatchObject({
      chunks: { waiting: 4 },
      images: { submitted: IMAGES },
    });
    expect(await read('/metrics')).toContain('maskwright_queue_chunks{state="waiting"} 4\n');
    await server.close();
    await opened.close();
  });

  it('wrong passwords are one line, without the password', async () => {
    const wrong = name === 'Redis' ? ['secret-of-the-test', 'wrong-secret'] : ['test@', 'nobody:wrong-secret@'];
    const address = store.url.replace(wrong[0]!, wrong[1]!);
    const { code, stderr } = await runInProcess(['queue', 'status', '--queue', address], folder);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^maskwright: the queue \S+ refuses the name or password\n {2}.*\n$/);
    expect(stderr).not.toContain('wrong-secret');
  });

  it('a database that does not exist is one line', async () => {
    const address = name === 'Redis' ? `${store.url}/99` : store.url.replace('/postgres', '/none');
    const { code, stderr } = await runInProcess(['queue', 'status', '--queue', address], folder);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^maskwright: the queue \S+ cannot be used: .*\n {2}.*\n$/);
  });
});
