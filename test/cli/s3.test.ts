import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { encodeImage } from '../../src/io/image/encode-image.js';
import { type CliResult, runCli } from '../support/cli.js';
import { randomRaster } from '../support/images.js';
import { type InProcessResult, runInProcess } from '../support/in-process.js';
import { hasMoto, openFolder, s3Environment, type Service, startS3 } from '../support/services.js';

const NAMES = ['1/a.png', '1/b.png', '2/a.png', '2/c[1].png', '2/d e+é.png', '.hidden/x.png'];
const VISIBLE = NAMES.slice(0, 5);

describe.runIf(hasMoto())('s3:// paths', { timeout: 120_000 }, () => {
  const { path: folder, remove } = openFolder('s3');
  let s3: Service;
  let client: S3Client;
  let requests = 0;
  let marks = 0;

  /** A command in this process: starting the program takes longer than its work. */
  const cli = (args: readonly string[]): Promise<InProcessResult> => runInProcess(args, folder);
  /** The built program. */
  const spawnCli = (args: readonly string[], input = ''): Promise<CliResult> =>
    runCli(args, { cwd: folder, env: s3Environment(s3.url), input: Buffer.from(input) });
  const put = (key: string, body: Uint8Array | string): Promise<unknown> =>
    client.send(new PutObjectCommand({ Bucket: 'shop', Key: key, Body: body }));
  const read = async (key: string): Promise<Buffer> =>
    Buffer.from(
      await (await client.send(new GetObjectCommand({ Bucket: 'shop', Key: key }))).Body!.transformToByteArray(),
    );
  const keysBelow = async (prefix: string): Promise<string[]> =>
    ((await client.send(new ListObjectsV2Command({ Bucket: 'shop', Prefix: prefix }))).Contents ?? []).map(
      ({ Key }) => Key!,
    );
  /** The requests since the last call, as `GET /shop/in/1/a.png 200`. The log comes behind the answers, so it is read up to a mark. */
  const requested = async (): Promise<string[]> => {
    const mark = `mark-${++marks}`;
    await client.send(new HeadObjectCommand({ Bucket: 'shop', Key: mark })).catch(() => undefined);
    await vi.waitFor(() => expect(s3.log()).toContain(mark), 10_000);
    const lines = Array.from(
      // oxlint-disable-next-line no-control-regex
      s3.log().matchAll(/"(?:\u001b\[[\d;]*m)*(\w+) (\S+) HTTP\/1\.1(?:\u001b\[[\d;]*m)*" (\d+)/g),
      ([, method, path, status]) => `${method} ${decodeURIComponent(path!)} ${status}`,
    );
    const fresh = lines.slice(requests);
    requests = lines.length;
    return fresh.filter((line) => !line.includes('/shop/mark-'));
  };
  const count = (lines: readonly string[], start: string): number =>
    lines.filter((line) => line.startsWith(start)).length;

  beforeAll(async () => {
    s3 = await startS3();
    Object.assign(process.env, s3Environment(s3.url));
    const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = s3Environment(s3.url);
    client = new S3Client({
      endpoint: s3.url,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId: accessKeyId!, secretAccessKey: secretAccessKey! },
    });
    await client.send(new CreateBucketCommand({ Bucket: 'shop' }));
    for (const [i, name] of NAMES.entries()) {
      const image = await encodeImage(randomRaster(i, 7, 5, 3));
      mkdirSync(join(folder, 'in', name, '..'), { recursive: true });
      writeFileSync(join(folder, 'in', name), image);
      await put(`in/${name}`, image);
    }
    await put('other/far.png', 'not asked for');
    writeFileSync(
      join(folder, 'recipe.yaml'),
      'outputs:\n  - kind: channel\n    channels: [lab.l]\n    name: "{stem}.{ext}"\n',
    );
  });

  afterAll(async () => {
    client?.destroy();
    await s3?.stop();
    remove();
  });

  const channel = ['channel', '-c', 'lab.l', '--name', '{stem}.{ext}', '--json'] as const;

  it('results in S3 are those of a local run, and --resume asks one HEAD for each', async () => {
    expect((await cli([...channel, 'in', '-r', '--output-dir', 'out'])).code).toBe(0);
    await requested();
    const whole = await cli([...channel, 's3://shop/in/', '-r', '--output-dir', 's3://shop/out']);
    expect(whole.stderr).toBe('');
    const first = await requested();
    expect(await keysBelow('out/')).toEqual(VISIBLE.map((name) => `out/${name}`).sort());
    for (const name of VISIBLE) {
      expect(await read(`out/${name}`)).toEqual(readFileSync(join(folder, 'out', name)));
    }
    expect(count(first, 'PUT')).toBe(VISIBLE.length);
    expect(first.filter((line) => line.includes('other'))).toEqual([]);

    await requested();
    const again = await cli([...channel, 's3://shop/in/', '-r', '--output-dir', 's3://shop/out', '--resume']);
    expect(JSON.parse(again.stdout)).toMatchObject({ results: [], failures: [], skipped: VISIBLE.length });
    const second = await requested();
    expect(count(second, 'HEAD')).toBe(VISIBLE.length);
    expect(count(second, 'GET /shop/in/')).toBe(0);
    expect(count(second, 'PUT')).toBe(0);
  });

  it('metadata names recipe, input and version; a changed input and a changed recipe are done again', async () => {
    await put('few/a.png', readFileSync(join(folder, 'in/1/a.png')));
    await put('few/b.png', readFileSync(join(folder, 'in/1/b.png')));
    const run = async (...more: string[]): Promise<number> => {
      const { stdout } = await cli([
        ...channel,
        's3://shop/few',
        '--output-dir',
        's3://shop/few-out',
        '--resume',
        ...more,
      ]);
      return (JSON.parse(stdout) as { results: unknown[] }).results.length;
    };
    const etag = (await client.send(new HeadObjectCommand({ Bucket: 'shop', Key: 'few/a.png' }))).ETag;
    expect(await run()).toBe(2);
    const { Metadata } = await client.send(new HeadObjectCommand({ Bucket: 'shop', Key: 'few-out/a.png' }));
    expect(Metadata).toMatchObject({
      'maskwright-input': etag,
      'maskwright-recipe': expect.stringMatching(/^[\da-f]{64}$/) as string,
    });
    await put('few/a.png', readFileSync(join(folder, 'in/2/a.png')));
    expect(await run()).toBe(1);
    expect(await read('few-out/a.png')).toEqual(readFileSync(join(folder, 'out/2/a.png')));
    expect(await run('--invert')).toBe(2);
    expect(await run('--invert')).toBe(0);
  });

  it('two writers at once write each result once', async () => {
    await requested();
    const args = [...channel, 's3://shop/in/**/*.png', '--output-dir', 's3://shop/twice'];
    const both = await Promise.all([spawnCli(args), spawnCli(args)]);
    expect(both.map(({ code, stderr }) => ({ code, stderr }))).toEqual([
      { code: 0, stderr: '' },
      { code: 0, stderr: '' },
    ]);
    const lines = await requested();
    for (const key of await keysBelow('twice/')) {
      const written = lines.filter((line) => line.startsWith(`PUT /shop/${key}?`) && line.endsWith(' 200'));
      expect(written.length).toBe(1);
    }
    expect((await keysBelow('twice/')).length).toBe(VISIBLE.length);
  });

  it('patterns, recipes, lists and single keys are read from S3, and only what is named', async () => {
    await put('recipes/luma.yaml', readFileSync(join(folder, 'recipe.yaml')));
    await put('lists/two.txt', 's3://shop/in/1/a.png\ns3://shop/in/2/c[1].png\n');
    const run = await cli([
      'run',
      's3://shop/recipes/luma.yaml',
      '--files-from',
      's3://shop/lists/two.txt',
      '--output-dir',
      'listed',
      '--json',
    ]);
    expect(run.stderr).toBe('');
    expect(readFileSync(join(folder, 'listed/a.png'))).toEqual(readFileSync(join(folder, 'out/1/a.png')));
    expect(readFileSync(join(folder, 'listed/c[1].png'))).toEqual(readFileSync(join(folder, 'out/2/c[1].png')));
    await requested();
    const one = await cli([...channel, 's3://shop/in/2/c[1].png', '-o', 's3://shop/single/x.png']);
    expect(one.stderr).toBe('');
    expect(await read('single/x.png')).toEqual(readFileSync(join(folder, 'out/2/c[1].png')));
    expect((await requested()).filter((line) => line.includes('list-type'))).toEqual([]);
    const { stdout } = await cli([...channel, 's3://shop/in/*/a.p?g', '--output-dir', 'matched']);
    expect((JSON.parse(stdout) as { results: unknown[] }).results.length).toBe(2);
  });

  it('masks are read from S3', async () => {
    await put('masks/a.png', readFileSync(join(folder, 'out/1/a.png')));
    const args = ['inpaint', 's3://shop/in/1/a.png', '-m', 's3://shop/masks/{stem}.png', '-o', 's3://shop/ready/a.png'];
    const { stderr, code } = await cli(args);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(
      (await cli(['inpaint', 'in/1/a.png', '-m', 'out/{stem}.png'.replace('out', 'out/1'), '-o', 'ready.png'])).code,
    ).toBe(0);
    expect(await read('ready/a.png')).toEqual(readFileSync(join(folder, 'ready.png')));
  });

  it('work --stdio reads and writes S3, and an image that fails is a line', async () => {
    const lines = [
      { id: 'one', input: 's3://shop/in/1/a.png', folder: '1' },
      { id: 2, input: 's3://shop/in/none.png' },
    ];
    const input = [...lines.map((line) => JSON.stringify(line)), '[]', ''].join('\n');
    const { code, stdout } = await spawnCli(
      ['work', '--stdio', 'recipe.yaml', '--output-dir', 's3://shop/stdio'],
      input,
    );
    const outcomes = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(code).toBe(3);
    expect(outcomes.find(({ id }) => id === 'one')).toMatchObject({ files: [{ path: 's3://shop/stdio/1/a.png' }] });
    expect(outcomes.find(({ id }) => id === 2)).toMatchObject({
      input: 's3://shop/in/none.png',
      error: { code: 'INPUT_NOT_FOUND' },
    });
    expect(outcomes.find(({ id }) => id === undefined)).toMatchObject({ error: { code: 'USAGE' } });
    expect(await read('stdio/1/a.png')).toEqual(readFileSync(join(folder, 'out/1/a.png')));
  });

  it.each([
    [['s3://shop/in/none.png', '-o', 'x.png'], 3, 's3://shop/in/none.png does not exist'],
    [['s3://none/in', '--output-dir', 'x'], 3, 's3://none/in/ cannot be read: the bucket does not exist'],
    [['s3://shop/empty/', '--output-dir', 'x'], 3, 's3://shop/empty/ has no images in it'],
    [['s3:///a.png', '-o', 'x.png'], 2, '"s3:///a.png" names no bucket'],
    [['in/1/a.png', '-o', 's3://none/x.png'], 5, 's3://none/x.png cannot be written: the bucket does not exist'],
    [['s3://shop/in/1/a.png', '-o', 's3://shop/in/1/a.png'], 5, 's3://shop/in/1/a.png is also an input'],
  ])('%s fails with %i and one line', async (args, code, message) => {
    const result = await cli(['channel', '-c', 'lab.l', ...args]);
    expect(result.code).toBe(code);
    expect(result.stderr).toMatch(new RegExp(`^maskwright: ${message.replaceAll(/[[\]().]/g, '\\$&')}.*\n(  .*\n)?$`));
  });
});
