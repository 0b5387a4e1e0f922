import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { encodeImage } from '../../src/io/image/encode-image.js';
import type { ChunkState } from '../../src/run/queue/process-chunk.js';
import { openTaskQueue } from '../../src/run/queue/task-queue.js';
import { runCli } from '../support/cli.js';
import { randomRaster } from '../support/images.js';
import { seededRandom } from '../support/random.js';
import { openFolder, s3Environment, type Service, startPostgres, startRedis, startS3 } from '../support/services.js';

/** `.ci/long` sets it: 5,000, or a part of that. */
const IMAGES = Number(process.env['MASKWRIGHT_QUEUE_IMAGES'] ?? 0);
const WORKERS = 4;
const KILL_EVERY_MS = 3000;
const PROGRAM = fileURLToPath(new URL('../../bin/maskwright.js', import.meta.url));
const RECIPE = 'outputs:\n  - kind: channel\n    channels: [lab.l]\n    name: "{stem}.{ext}"\n';

/** How far the workers are. */
interface Progress {
  readonly isDone: boolean;
  readonly images: number;
}

/**
 * Workers in processes of their own; one is killed by SIGKILL every few seconds, and another one takes its place. On a
 * machine so busy that nothing was done in that time the kill waits: an image that was in work at three of them is
 * quarantined, as it should be.
 */
async function workUnderFire(
  env: NodeJS.ProcessEnv,
  measure: () => Promise<Progress>,
  onKill: (kills: number) => Promise<void> = async () => undefined,
): Promise<number> {
  const random = seededRandom(7);
  const start = (): ChildProcess =>
    spawn(process.execPath, [PROGRAM, 'queue', 'work', '--lock-seconds', '2', '--quiet'], {
      env: { ...process.env, ...env },
      stdio: 'ignore',
    });
  const workers = Array.from({ length: WORKERS }, start);
  let kills = 0;
  let last = performance.now();
  try {
    let before = 0;
    for (let progress = await measure(); !progress.isDone; progress = await measure()) {
      await sleep(300);
      if (performance.now() - last > KILL_EVERY_MS && progress.images > before) {
        last = performance.now();
        before = progress.images;
        const victim = Math.floor(random() * WORKERS);
        workers[victim]!.kill('SIGKILL');
        workers[victim] = start();
        await onKill(++kills);
      }
    }
  } finally {
    for (const worker of workers) {
      worker.kill('SIGKILL');
    }
  }
  return kills;
}

async function writeInputs(folder: string, count: number): Promise<string[]> {
  mkdirSync(join(folder, 'in'));
  writeFileSync(join(folder, 'recipe.yaml'), RECIPE);
  const names = Array.from({ length: count }, (_, i) => `${i}.png`);
  for (const [i, name] of names.entries()) {
    writeFileSync(join(folder, 'in', name), await encodeImage(randomRaster(i, 5, 4, 3)));
  }
  const { code } = await runCli(['run', 'recipe.yaml', 'in', '--output-dir', 'plain', '--quiet'], { cwd: folder });
  expect(code).toBe(0);
  return names.sort();
}

describe.runIf(IMAGES > 0)('workers that are killed', { timeout: 600_000 + IMAGES * 1000 }, () => {
  it(`lose and repeat nothing of ${IMAGES} images in S3, with a Redis that is restarted`, async () => {
    const { path: folder, remove } = openFolder('killed');
    const s3 = await startS3();
    let redis: Service = await startRedis(folder);
    try {
      const names = await writeInputs(folder, IMAGES);
      const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
      const client = new S3Client({ endpoint: s3.url, region: 'us-east-1', forcePathStyle: true, credentials });
      await client.send(new CreateBucketCommand({ Bucket: 'results' }));
      const env = { ...s3Environment(s3.url), MASKWRIGHT_QUEUE: redis.url };
      const args = [
        'queue',
        'submit',
        'recipe.yaml',
        'in',
        '--output-dir',
        's3://results/out',
        '--chunk',
        '20',
        '--quiet',
      ];
      expect((await runCli(args, { cwd: folder, env })).stderr).toBe('');
      const queue = await openTaskQueue({ address: redis.url });
      const kills = await workUnderFire(
        env,
        async () => {
          const { chunks, images } = await queue.status();
          return {
            isDone: chunks.waiting + chunks.active + chunks.delayed === 0,
            images: images.done + images.skipped,
          };
        },
        async (count) => {
          if (count === 2) {
            await redis.stop();
            redis = await startRedis(folder, { port: redis.port });
          }
        },
      );
      const { images } = await queue.status();
      await queue.close();
      expect(images).toMatchObject({ submitted: IMAGES, failed: 0 });
      expect(images.done + images.skipped).toBe(IMAGES);

      const found: string[] = [];
      for (let token: string | undefined, more = true; more; more = token !== undefined) {
        const page = await client.send(new ListObjectsV2Command({ Bucket: 'results', ContinuationToken: token }));
        found.push(...(page.Contents ?? []).map(({ Key }) => Key!.slice('out/'.length)));
        token = page.NextContinuationToken;
      }
      expect(found.sort()).toEqual(names);
      for (const name of names) {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: 'results', Key: `out/${name}` }));
        expect(Buffer.from(await Body!.transformToByteArray())).toEqual(readFileSync(join(folder, 'plain', name)));
      }
      // The server's own log: one write each that was not refused.
      const written = Array.from(
        s3.log().matchAll(/PUT \/results\/out\/([^?\s]+)\S* HTTP\S+ 200/g),
        ([, name]) => name!,
      );
      expect(written.sort()).toEqual(names);
      console.log(`${IMAGES} images on Redis, ${kills} workers killed, ${images.skipped} found done`);
      client.destroy();
    } finally {
      await redis.stop();
      await s3.stop();
      remove();
    }
  });

  it(`lose and repeat nothing of ${IMAGES / 5} images in a folder, with PostgreSQL`, async () => {
    const { path: folder, remove } = openFolder('killed');
    const postgres = await startPostgres(join(folder, 'postgres'));
    try {
      const names = await writeInputs(folder, Math.ceil(IMAGES / 5));
      const env = { MASKWRIGHT_QUEUE: postgres.url };
      const args = ['queue', 'submit', 'recipe.yaml', 'in', '--output-dir', 'out', '--chunk', '20', '--quiet'];
      expect((await runCli(args, { cwd: folder, env })).stderr).toBe('');
      const queue = await openTaskQueue({ address: postgres.url });
      mkdirSync(join(folder, 'out'), { recursive: true });
      const seen = new Map<string, number>();
      const rewritten = new Set<string>();
      const kills = await workUnderFire(env, async () => {
        // A file that is written again has another inode.
        for (const name of readdirSync(join(folder, 'out')).filter(
          (file) => file.endsWith('.png') && !file.startsWith('.'),
        )) {
          const { ino } = statSync(join(folder, 'out', name));
          if ((seen.get(name) ?? ino) !== ino) rewritten.add(name);
          seen.set(name, ino);
        }
        const { chunks } = await queue.status();
        return { isDone: chunks.waiting + chunks.active + chunks.delayed === 0, images: seen.size };
      });
      const { images } = await queue.status();
      await queue.close();
      expect(images).toMatchObject({ submitted: names.length, done: names.length, failed: 0 });
      expect([...rewritten]).toEqual([]);
      expect(
        readdirSync(join(folder, 'out'))
          .filter((name) => !name.startsWith('.'))
          .sort(),
      ).toEqual(names);
      for (const name of names) {
        expect(readFileSync(join(folder, 'out', name))).toEqual(readFileSync(join(folder, 'plain', name)));
      }
      console.log(`${names.length} images on PostgreSQL, ${kills} workers killed`);
    } finally {
      await postgres.stop();
      remove();
    }
  });

  it('an image that kills its worker three times is quarantined, and the others are done', async () => {
    const { path: folder, remove } = openFolder('quarantine');
    const redis = await startRedis(folder);
    try {
      const names = await writeInputs(folder, 4);
      // A pipe that nobody writes to: the image stays in work until the worker is killed.
      execFileSync('mkfifo', [join(folder, 'pipe.png')]);
      const env = { MASKWRIGHT_QUEUE: redis.url };
      const images = [...names.slice(0, 2), '../pipe.png', ...names.slice(2)].map((name) => join('in', name));
      const args = ['queue', 'submit', 'recipe.yaml', ...images, '--output-dir', 'out', '--quiet'];
      expect((await runCli(args, { cwd: folder, env })).stderr).toBe('');
      const queue = await openTaskQueue({ address: redis.url });
      let kills = 0;
      let worker: ChildProcess | undefined;
      while ((await queue.status()).chunks.pending > 0) {
        worker ??= spawn(process.execPath, [PROGRAM, 'queue', 'work', '--lock-seconds', '1', '--quiet'], {
          env: { ...process.env, ...env },
          stdio: 'ignore',
        });
        const [job] = await queue.parts.chunks.getJobs(['active']);
        const { working = [], crashes = {} } = (job?.progress ?? {}) as Partial<ChunkState>;
        if (working.includes(2) && (crashes[2] ?? 0) === kills) {
          worker.kill('SIGKILL');
          worker = undefined;
          kills++;
        }
        await sleep(100);
      }
      worker?.kill('SIGKILL');
      expect(kills).toBe(3);
      expect(await queue.status()).toMatchObject({ images: { done: 4, failed: 1 } });
      for await (const failure of queue.failures()) {
        expect(failure).toMatchObject({ input: join(folder, 'pipe.png'), error: { code: 'INPUT_QUARANTINED' } });
      }
      for (const name of names) {
        expect(readFileSync(join(folder, 'out', name))).toEqual(readFileSync(join(folder, 'plain', name)));
      }
      await queue.close();
    } finally {
      await redis.stop();
      remove();
    }
  });
});
