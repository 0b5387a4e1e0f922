import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeImage } from '../../src/io/image/encode-image.js';
import { openTaskQueue } from '../../src/run/queue/task-queue.js';
import { workQueue } from '../../src/run/queue/serve-queue.js';
import { type CliResult, runCli } from '../support/cli.js';
import { randomRaster } from '../support/images.js';
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

  const cli = (args: readonly string[], more: { interruptWhen?: RegExp } = {}): Promise<CliResult> =>
    runCli(['queue', ...args, '--queue-name', queue], { cwd: folder, env: { MASKWRIGHT_QUEUE: store.url }, ...more });
  const json = async (args: readonly string[]): Promise<Record<string, unknown>> => {
    const { stdout, stderr, code } = await cli([...args, '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout) as Record<string, unknown>;
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
    await runCli(['run', 'recipe.yaml', 'in', '--output-dir', 'plain'], { cwd: folder });
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
    expect(await json(['work', '--until-empty'])).toMatchObject({ images: IMAGES, failed: 0 });
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

  it('cancel removes what waits of a run, drain what waits of all', async () => {
    const { run } = await json(['submit', 'recipe.yaml', 'in', '--output-dir', 'never', '--chunk', '2']);
    await json(['submit', 'recipe.yaml', 'in', '--output-dir', 'never-either', '--chunk', '1']);
    expect(await json(['cancel', String(run)])).toMatchObject({ removed: IMAGES });
    expect(await json(['status'])).toMatchObject({ chunks: { waiting: IMAGES } });
    expect((await cli(['cancel', 'none'])).stderr).toMatch(/^maskwright: the queue has no run "none"\n/);
    await json(['drain']);
    expect(await json(['work', '--until-empty'])).toMatchObject({ images: 0 });
    expect(await json(['status'])).toMatchObject({ chunks: { waiting: 0, done: 0 }, images: { submitted: 0 } });
  });

  it('an interrupted worker finishes the image in work and hands the rest back', async () => {
    await json(['submit', 'recipe.yaml', 'in', '--output-dir', 'handed', '--chunk', '100']);
    const place = { address: store.url, name: queue };
    const first = await openTaskQueue(place);
    const stop = new AbortController();
    let done = 0;
    await workQueue(first, {
      concurrency: 1,
      signal: stop.signal,
      onImage: () => {
        if (++done === 2) stop.abort();
      },
    });
    expect(done).toBe(2);
    expect(filesIn('handed').length).toBe(2);
    expect((await first.status()).chunks).toMatchObject({ waiting: 1, active: 0 });
    await first.close();
    expect(await json(['work', '--until-empty'])).toMatchObject({ images: IMAGES - 2 });
    expect(filesIn('handed')).toEqual(filesIn('plain'));
  });

  it('a worker of another version hands the chunk back, and says so', async () => {
    await json(['submit', 'recipe.yaml', 'in', '--output-dir', 'versions']);
    const place = { address: store.url, name: queue };
    const opened = await openTaskQueue(place);
    const [job] = await opened.parts.recipes.getJobs(['waiting']);
    await job!.updateData({ ...job!.data, version: '9.9.9' });
    await expect(workQueue(opened, { untilEmpty: true })).rejects.toMatchObject({
      code: 'USAGE',
      message: /9\.9\.9/ as never,
    });
    expect((await opened.status()).chunks).toMatchObject({ waiting: 1, active: 0, done: 0 });
    await opened.close();
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

  it('wrong addresses and passwords are one line, without the password', async () => {
    const bad = [
      ['redis://:wrong-secret@127.0.0.1:1', 'cannot be reached: ECONNREFUSED'],
      ['postgres://me:wrong-secret@127.0.0.1:1/x', 'cannot be reached: ECONNREFUSED'],
      ...(name === 'Redis'
        ? [[store.url.replace('secret-of-the-test', 'wrong-secret'), 'refuses the name or password']]
        : [[store.url.replace('test@', 'nobody:wrong-secret@'), 'refuses the name or password']]),
    ];
    for (const [address, message] of bad) {
      const { code, stderr } = await runCli(['queue', 'status', '--queue', address!], { cwd: folder });
      expect(code).toBe(3);
      expect(stderr).toMatch(/^maskwright: the queue .*\n {2}.*\n$/);
      expect(stderr).toContain(message);
      expect(stderr).not.toContain('wrong-secret');
    }
    await sleep(0);
  });
});
