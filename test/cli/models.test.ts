import { createServer, type Server } from 'node:http';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type CliOptions, type CliResult, runCli } from '../support/cli.js';
import { temporaryFolder } from '../support/folder.js';
import { type Hub, HUB_COMMIT, startHub } from '../support/hub.js';
import { toyClipSegFiles, toyOnnxWithExternalData } from '../support/toy-clipseg.js';

const ID = 'someone/toy-clipseg';
const IMAGE = 'examples/still-life.png';

const folder = temporaryFolder();
const closers: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

async function hubWithToy(): Promise<Hub> {
  const hub = await startHub({ id: ID, files: toyClipSegFiles() });
  closers.push(hub.close);
  return hub;
}

const cache = (): string => join(folder(), 'cache');
const modelFolder = (): string => join(cache(), 'hub', 'models--someone--toy-clipseg');

/** Without a hub, an address that nobody answers. */
async function run(args: readonly string[], hub: Hub | undefined, options: CliOptions = {}): Promise<CliResult> {
  const env = { MASKWRIGHT_CACHE: cache(), HF_ENDPOINT: hub?.url ?? (await deadAddress()), ...options.env };
  return runCli(args, { ...options, env });
}

async function deadAddress(): Promise<string> {
  const hub = await startHub({ id: ID, files: {} });
  await hub.close();
  return hub.url;
}

function filesIn(path: string): string[] {
  return existsSync(path) ? readdirSync(path, { recursive: true }).map(String) : [];
}

describe('maskwright models', () => {
  it('pulls, lists, finds, verifies and removes a model', async () => {
    const hub = await hubWithToy();
    const pulled = await run(['models', 'pull', ID], hub);
    expect(pulled.code).toBe(0);
    expect(pulled.stderr).toMatch(
      /^maskwright: downloading someone\/toy-clipseg \(fp32\), \d+(\.\d)? kB, from http:\/\/127\.0\.0\.1:\d+; its license stands at /,
    );
    expect(pulled.stderr).toContain(
      `it is kept in ${modelFolder()}; Ctrl-C keeps what has arrived, --offline downloads nothing`,
    );
    expect(pulled.stdout).toContain(`${ID}: downloaded config.json, preprocessor_config.json, tokenizer.json`);
    expect((await run(['models', 'pull', ID], hub)).stdout).toContain('it was here already');

    const list = JSON.parse((await run(['models', 'list', '--json'], hub)).stdout) as { models: unknown[] };
    expect(list.models).toContainEqual(
      expect.objectContaining({ id: ID, state: 'cached', revisions: [expect.objectContaining({ dtypes: ['fp32'] })] }),
    );
    expect((await run(['models', 'path', ID], hub)).stdout).toBe(`${modelFolder()}\n`);

    expect((await run(['models', 'verify', ID], hub)).stdout).toBe(`${ID} main: 5 of 5 files are whole\n`);
    const weights = join(modelFolder(), 'snapshots', HUB_COMMIT, 'onnx/model.onnx');
    const bytes = readFileSync(weights);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(weights, bytes);
    const damaged = await run(['models', 'verify'], hub);
    expect(damaged.code).toBe(4);
    expect(damaged.stderr).toContain(`${weights} is damaged: its SHA-256 is`);

    expect((await run(['models', 'rm', ID], hub)).stdout).toContain(`removed ${ID} ${HUB_COMMIT}`);
    expect(existsSync(modelFolder())).toBe(false);
    const again = await run(['models', 'rm', ID], hub);
    expect(again).toMatchObject({ code: 4, stderr: expect.stringContaining('is not in the cache') as string });
  });

  it('lists embedded models, licenses and the folder of models', async () => {
    const { stdout } = await run(['models', 'list'], undefined);
    expect(stdout).toMatch(/^clipseg {2}not downloaded, text-segmentation, Apache-2\.0$/m);
    expect(stdout).toMatch(/^tiny {2}embedded/m);
    expect(stdout).toMatch(/^depth-large .*CC-BY-NC-4\.0, not for commercial use$/m);
    expect((await run(['models', 'path'], undefined)).stdout).toBe(`${join(cache(), 'hub')}\n`);
    expect((await run(['models', 'verify', 'tiny'], undefined)).stdout).toMatch(/^tiny embedded: (\d+) of \1 files/);
  });

  it.each([
    [['models'], 2, /something is missing: maskwright models <action>/],
    [['models', 'fetch'], 2, /"fetch"/],
    [['models', 'pull'], 2, /no model to pull/],
    [['models', 'pull', 'clipsegg'], 4, /no model "clipsegg"/],
    [['models', 'pull', 'tiny'], 4, /not downloaded/],
    [['models', 'pull', ID, '--dtype', 'q9'], 4, /no dtype "q9"/],
    [['models', 'rm', '../..'], 4, /\.\.\/\.\./],
    [['models', 'pull', '--revison', 'x', ID], 2, /revison/],
  ])('%j is one clear line', async (args, code, message) => {
    const result = await run(args, undefined);
    expect(result.code).toBe(code);
    expect(result.stderr).toMatch(message);
    expect(result.stderr).not.toMatch(/^\s+at /m);
  });
});

describe('a model that is not here', () => {
  it('is downloaded when it is first needed', async () => {
    const hub = await hubWithToy();
    const outdir = join(folder(), 'out');
    const args = ['mask', IMAGE, '-tm', 'dark', '--model', ID, '--outdir', outdir];
    expect((await run(args, hub)).code).toBe(0);
    const written = readFileSync(join(outdir, 'still-life.dark.masked.png')).toString('latin1');
    expect(written).toContain(HUB_COMMIT);
    const asked = hub.requests.length;
    expect((await run([...args, '--offline'], hub)).code).toBe(0);
    expect(hub.requests).toHaveLength(asked);
  });

  it('without a network: one clear line with the two ways out, exit code 4', async () => {
    const result = await run(['mask', IMAGE, '-tm', 'orange', '--outdir', join(folder(), 'out')], undefined);
    expect(result.code).toBe(4);
    expect(result.stderr).toMatch(
      /^maskwright: the model Xenova\/clipseg-rd64-refined \(fp32\) is not in .*, and .* cannot be reached/,
    );
    expect(result.stderr).toMatch(/maskwright models pull Xenova\/clipseg-rd64-refined.*--model tiny/);
    expect(filesIn(join(folder(), 'out'))).toEqual([]);
  });

  it('Ctrl-C in the middle keeps the part, which the next pull continues', async () => {
    const hub = await hubWithToy();
    hub.fail('onnx/model.onnx', { kind: 'slow', pieces: 400, pauseMs: 50 });
    const part = (): string | undefined => filesIn(cache()).find((name) => name.endsWith('.incomplete'));
    const bytesOfPart = (): number => (part() === undefined ? 0 : statSync(join(cache(), part()!)).size);
    const result = await run(['models', 'pull', ID], hub, {
      interruptAfter: () => hub.downloads('onnx/model.onnx') > 0 && bytesOfPart() > 0,
    });
    expect(result.code).toBe(130);
    expect(result.stderr).toMatch(/kB are kept; the same command continues from there\nmaskwright: interrupted\n$/);
    expect(filesIn(cache()).filter((name) => /\.tmp|\.lock$|onnx./.test(name))).toEqual([]);
    const kept = bytesOfPart();
    expect((await run(['models', 'pull', ID], hub)).code).toBe(0);
    expect(hub.requests.map(({ range }) => range)).toContain(`bytes=${kept}-`);
  });

  it('a kill in the middle keeps what has come of each range, which the next pull continues', async () => {
    const data = Buffer.alloc(9 * 1024 ** 2, 'weights');
    const name = 'onnx/model.onnx_data';
    const files = { ...toyClipSegFiles(), 'onnx/model.onnx': toyOnnxWithExternalData('model.onnx_data'), [name]: data };
    const hub = await startHub({ id: ID, files });
    closers.push(hub.close);
    hub.fail(name, ...Array.from({ length: 4 }, () => ({ kind: 'slow', pieces: 400, pauseMs: 50 }) as const));
    const part = (): string | undefined => filesIn(cache()).find((path) => path.endsWith('.ranges.incomplete'));
    const hasAll = (): boolean => {
      const record =
        part() === undefined ? '' : readFileSync(join(cache(), part()!)).toString('latin1', data.length).trim();
      return record !== '' && (JSON.parse(record) as number[][]).every(([, , received]) => received! > 0);
    };
    const result = await run(['models', 'pull', ID], hub, { interruptAfter: hasAll, signal: 'SIGKILL' });
    expect([hasAll(), result.code]).toEqual([true, null]);
    expect((await run(['models', 'pull', ID], hub)).code).toBe(0);
    const ranges = hub.requests.filter(
      ({ path, range }) => path.startsWith('/cdn/') && path.endsWith(name) && range !== undefined,
    );
    const starts = ranges.map(({ range }) => Number(/\d+/.exec(range!)![0]));
    expect(starts).toHaveLength(8);
    expect(starts.slice(4).every((start) => !starts.slice(0, 4).includes(start))).toBe(true);
    expect(readFileSync(join(modelFolder(), 'snapshots', HUB_COMMIT, name)).equals(data)).toBe(true);
  });

  it('two processes at once download it once', async () => {
    const hub = await hubWithToy();
    hub.fail('onnx/model.onnx', { kind: 'slow', pieces: 10, pauseMs: 100 });
    const results = await Promise.all([run(['models', 'pull', ID], hub), run(['models', 'pull', ID], hub)]);
    expect(results.map(({ code }) => code)).toEqual([0, 0]);
    expect(hub.downloads('onnx/model.onnx')).toBe(1);
    expect(hub.downloads('config.json')).toBe(1);
  });

  it('comes through a proxy where the environment names one, but not where it says not to', async () => {
    const hub = await hubWithToy();
    const asked: string[] = [];
    const proxy = await startProxy(hub, asked);
    const env = { HF_ENDPOINT: 'http://hub.invalid', http_proxy: proxy, HTTP_PROXY: proxy };
    expect((await run(['models', 'pull', ID], hub, { env })).code).toBe(0);
    expect(asked[0]).toBe('hub.invalid:80');
    const direct = await run(['models', 'pull', ID, '--revision', 'x'], hub, {
      env: { ...env, no_proxy: 'hub.invalid', NO_PROXY: 'hub.invalid' },
    });
    expect(direct.stderr).toContain('hub.invalid cannot be reached');
  });
});

/** A proxy that tunnels every connection to the hub, wherever it should go. */
async function startProxy(hub: Hub, asked: string[]): Promise<string> {
  const { connect } = await import('node:net');
  const server: Server = createServer();
  server.on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    const upstream = connect(Number(new URL(hub.url).port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  closers.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
