import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { DownloadPlan, DownloadProgress, ModelChoice } from '../../../../src/models/registry/model-choice.js';
import { resolveModel } from '../../../../src/models/registry/resolve-model.js';
import { temporaryFolder } from '../../../support/folder.js';
import { type Fault, type Hub, HUB_COMMIT, type HubOptions, startHub } from '../../../support/hub.js';
import {
  toyClipSegFiles,
  toyOnnx,
  toyOnnxWithExternalData,
  toyWeights,
  writeModel,
} from '../../../support/toy-clipseg.js';

const ID = 'someone/toy-clipseg';
const WEIGHTS = 'onnx/model.onnx';

const folder = temporaryFolder();
const hubs: Hub[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(hubs.splice(0).map((hub) => hub.close()));
});

async function hubWith(options: Partial<HubOptions> = {}): Promise<Hub> {
  const hub = await startHub({ id: ID, files: toyClipSegFiles(), ...options });
  hubs.push(hub);
  vi.stubEnv('HF_ENDPOINT', hub.url);
  return hub;
}

function pull(choice: ModelChoice = {}, onProgress?: (progress: DownloadProgress) => void) {
  return resolveModel({ model: ID, cacheDir: folder(), ...choice }, 'text-segmentation', { onProgress });
}

/** Points at a port that nobody listens on. */
async function goOffline(): Promise<void> {
  const hub = await hubWith();
  await hubs.pop()!.close();
  vi.stubEnv('HF_ENDPOINT', hub.url);
}

/** Names of the files and links in the cache, hidden ones too. */
function cached(): string[] {
  return readdirSync(folder(), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => entry.name)
    .sort();
}

describe('pulling a model', () => {
  it('keeps every file, byte for byte, and asks for none of them again', async () => {
    const hub = await hubWith();
    const model = await pull();
    expect(model.identity).toEqual({ id: ID, revision: HUB_COMMIT, dtype: 'fp32', device: 'cpu' });
    for (const [name, bytes] of Object.entries(toyClipSegFiles())) {
      expect([name, readFileSync(join(model.folder, name)).equals(bytes)]).toEqual([name, true]);
    }
    const repository = join(folder(), 'models--someone--toy-clipseg');
    expect(model.folder).toBe(join(repository, 'snapshots', HUB_COMMIT));
    expect(readFileSync(join(repository, 'refs', 'main'), 'utf8')).toBe(HUB_COMMIT);
    expect(readdirSync(join(repository, 'blobs'))).toHaveLength(5);
    const asked = hub.requests.length;
    expect(await pull()).toEqual(model);
    expect(hub.requests).toHaveLength(asked);
  });

  it('reports progress', async () => {
    await hubWith();
    const seen: DownloadProgress[] = [];
    await pull({}, (progress) => seen.push(progress));
    const last = seen.at(-1)!;
    expect(last).toMatchObject({
      file: 'onnx/model.onnx',
      bytes: last.total,
      total: toyClipSegFiles()[WEIGHTS]!.length,
    });
    expect(last.bytesPerSecond).toBeGreaterThan(0);
  });

  it('fetches all files of one commit, other weights too, when the branch moves on', async () => {
    const files = { ...toyClipSegFiles(), 'onnx/model_fp16.onnx': toyOnnx({ mixed: true }) };
    await hubWith({ files });
    await pull();
    const moved = await hubWith({ files });
    await pull({ dtype: 'fp16' });
    expect(moved.requests.filter(({ path }) => path.includes('/main/'))).toEqual([]);
    expect(moved.requests.filter(({ method }) => method === 'GET').map(({ path }) => path)).toEqual([
      `/${ID}/resolve/${HUB_COMMIT}/onnx/model_fp16.onnx`,
      '/cdn/onnx/model_fp16.onnx',
    ]);
  });

  it('keeps one snapshot for the revisions of one commit, and downloads nothing for the second', async () => {
    const hub = await hubWith({ revisions: ['main', 'refs/pr/1'] });
    const main = await pull();
    const other = await pull({ revision: 'refs/pr/1' });
    expect(other.folder).toBe(main.folder);
    expect(hub.downloads(WEIGHTS)).toBe(1);
    const refs = join(folder(), 'models--someone--toy-clipseg', 'refs');
    expect(readFileSync(join(refs, 'refs', 'pr', '1'), 'utf8')).toBe(HUB_COMMIT);
  });

  const passing: [string, string, Fault[]][] = [
    ['a server error', WEIGHTS, [{ kind: 'status', status: 500 }]],
    [
      'two server errors',
      'config.json',
      [
        { kind: 'status', status: 503 },
        { kind: 'status', status: 502 },
      ],
    ],
    ['a cut connection', WEIGHTS, [{ kind: 'truncated' }]],
    ['a short body', WEIGHTS, [{ kind: 'short' }]],
    ['wrong bytes of large files', WEIGHTS, [{ kind: 'wrong-bytes' }]],
    ['wrong bytes of small files', 'tokenizer.json', [{ kind: 'wrong-bytes' }]],
    ['a detour', WEIGHTS, [{ kind: 'redirect', to: `/cdn/${WEIGHTS}?again` }]],
  ];
  it.each(passing)('recovers from %s', async (_, file, faults) => {
    const hub = await hubWith();
    hub.fail(file, ...faults);
    const { graphs } = await pull();
    expect(readFileSync(graphs['model']!).equals(toyClipSegFiles()[WEIGHTS]!)).toBe(true);
  });

  it('a byte now and then counts as a stalled connection', async () => {
    vi.stubEnv('MASKWRIGHT_TIMEOUT', '0.3');
    const hub = await hubWith();
    hub.fail(WEIGHTS, { kind: 'drip', pauseMs: 50 });
    await pull();
    expect(hub.downloads(WEIGHTS)).toBe(2);
  });

  it.each(['../../../outside.json', '/tmp/outside.json', 'C:\\outside.json'])(
    'a name %s that the hub sends changes nothing',
    async (name) => {
      const hub = await hubWith();
      hub.fail('config.json', { kind: 'named', name });
      hub.fail(WEIGHTS, { kind: 'named', name });
      await pull();
      expect(cached().filter((file) => file.includes('outside'))).toEqual([]);
      expect(cached()).toContain('config.json');
    },
  );

  it.each(['../../outside', 'a/../../outside', '..', '/etc/passwd', 'someone/..', 'some\0one/x'])(
    'has no model called %j',
    async (model) => {
      const hub = await hubWith();
      await expect(pull({ model: `${model}/x/` })).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
      await expect(pull({ revision: model })).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
      expect(hub.requests).toEqual([]);
    },
  );

  it('recovers from a connection that stalls', async () => {
    vi.stubEnv('MASKWRIGHT_TIMEOUT', '0.3');
    const hub = await hubWith();
    hub.fail(WEIGHTS, { kind: 'stalled' });
    await pull();
    expect(hub.downloads(WEIGHTS)).toBe(2);
  });

  const lasting: [string, string, Fault, string, RegExp][] = [
    ['server errors', WEIGHTS, { kind: 'status', status: 500 }, 'MODEL_DOWNLOAD', /answered 500/],
    ['cut connections', WEIGHTS, { kind: 'truncated' }, 'MODEL_DOWNLOAD', /connection .* broke/],
    ['short bodies', WEIGHTS, { kind: 'short' }, 'MODEL_DOWNLOAD', /bytes \d+ instead of/],
    ['wrong bytes', WEIGHTS, { kind: 'wrong-bytes' }, 'MODEL_DOWNLOAD', /SHA-256/],
    ['a login page for JSON', 'config.json', { kind: 'html' }, 'MODEL_DOWNLOAD', /web page/],
    ['a login page for weights', WEIGHTS, { kind: 'html' }, 'MODEL_DOWNLOAD', /web page/],
    ['a detour to a file', WEIGHTS, { kind: 'redirect', to: 'file:///etc/passwd' }, 'MODEL_DOWNLOAD', /not followed/],
    ['endless detours', 'config.json', { kind: 'redirect', to: 'config.json' }, 'MODEL_DOWNLOAD', /more than 5/],
    [
      'a detour that leads on and on',
      WEIGHTS,
      { kind: 'redirect', to: '/cdn/../cdn/onnx/model.onnx' },
      'MODEL_DOWNLOAD',
      /more than 5/,
    ],
    [
      'a file without an end',
      'config.json',
      { kind: 'endless' },
      'MODEL_DOWNLOAD',
      /too large|more than the \d+ bytes/,
    ],
    ['weights longer than announced', WEIGHTS, { kind: 'endless' }, 'MODEL_DOWNLOAD', /more than the \d+ bytes/],
    [
      'a few bytes that unpack to many',
      'config.json',
      { kind: 'endless', gzip: true },
      'MODEL_DOWNLOAD',
      /too large|more than the/,
    ],
    ['an absurd size', 'tokenizer.json', { kind: 'promise', bytes: 9e15 }, 'MODEL_DOWNLOAD', /too large/],
    ['a refusal', WEIGHTS, { kind: 'status', status: 403 }, 'MODEL_ACCESS', /403/],
    ['another error', WEIGHTS, { kind: 'status', status: 418 }, 'MODEL_DOWNLOAD', /418/],
  ];
  it.each(lasting)('gives up on %s, and keeps nothing broken', async (_, file, fault, code, message) => {
    const hub = await hubWith();
    hub.fail(file, ...Array.from({ length: 10 }, () => fault));
    await expect(pull()).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(cached()).not.toContain(file.split('/').at(-1));
    expect(cached().filter((name) => /tmp|lock/.test(name))).toEqual([]);
    hub.fail(file);
    await expect(pull()).resolves.toMatchObject({ identity: { id: ID } });
  });
});

describe('what the hub does not have', () => {
  it('a model that the hub does not have is named', async () => {
    await hubWith();
    await expect(pull({ model: 'someone/else' })).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: expect.stringContaining('config.json of someone/else (revision main)'),
    });
  });

  it('a revision that the hub does not have is named', async () => {
    await hubWith();
    await expect(pull({ revision: 'v9' })).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: expect.stringContaining('revision v9'),
    });
  });

  it('a dtype: those that it has are listed', async () => {
    await hubWith({ files: { ...toyClipSegFiles(), 'onnx/model_fp16.onnx': toyClipSegFiles()[WEIGHTS]! } });
    await expect(pull({ dtype: 'q4' })).rejects.toMatchObject({
      code: 'MODEL_DTYPE',
      hint: expect.stringContaining('fp32, fp16'),
    });
  });
});

describe('access', () => {
  it('is refused without a token, and says how to give one', async () => {
    await hubWith({ token: 'hf_secret' });
    vi.stubEnv('HF_TOKEN', undefined);
    await expect(pull()).rejects.toMatchObject({ code: 'MODEL_ACCESS', hint: expect.stringContaining('HF_TOKEN') });
  });

  it('a token is sent to the hub alone', async () => {
    const storage = await startHub({ id: ID, files: toyClipSegFiles() });
    hubs.push(storage);
    const hub = await hubWith({ token: 'hf_secret' });
    hub.fail(WEIGHTS, { kind: 'redirect', to: `${storage.url}/cdn/${WEIGHTS}` });
    vi.stubEnv('HF_TOKEN', 'hf_secret');
    await pull();
    expect(hub.requests.every(({ authorization }) => authorization === 'Bearer hf_secret')).toBe(true);
    expect(new Set(storage.requests.map(({ authorization }) => authorization))).toEqual(new Set([undefined]));
  });
});

describe('without a network', () => {
  it('the message names the model, the place that was searched, and the two remedies', async () => {
    await goOffline();
    await expect(pull()).rejects.toMatchObject({
      code: 'MODEL_OFFLINE',
      message: expect.stringMatching(/someone\/toy-clipseg \(fp32\) is not in .*127\.0\.0\.1:\d+ cannot be reached/),
      hint: expect.stringMatching(/models pull someone\/toy-clipseg.*--model tiny/),
    });
  });

  it('asks nobody with --offline or HF_HUB_OFFLINE', async () => {
    const hub = await hubWith();
    await expect(pull({ offline: true })).rejects.toMatchObject({ code: 'MODEL_OFFLINE' });
    vi.stubEnv('HF_HUB_OFFLINE', '1');
    await expect(pull()).rejects.toMatchObject({ code: 'MODEL_OFFLINE' });
    expect(hub.requests).toEqual([]);
  });

  it('uses what is in the cache', async () => {
    await hubWith();
    const model = await pull();
    await goOffline();
    expect(await pull({ offline: true })).toEqual(model);
    expect(await pull()).toEqual(model);
  });

  it('an endpoint that is no address is an error', async () => {
    vi.stubEnv('HF_ENDPOINT', 'huggingface');
    await expect(pull()).rejects.toMatchObject({
      code: 'MODEL_DOWNLOAD',
      message: expect.stringMatching(/HF_ENDPOINT/),
    });
  });
});

describe('at the same time', () => {
  it('each file is downloaded once', async () => {
    const hub = await hubWith();
    hub.fail(WEIGHTS, { kind: 'slow', pieces: 5, pauseMs: 60 });
    const models = await Promise.all([pull(), pull(), pull()]);
    expect(new Set(models.map(({ graphs }) => graphs['model'])).size).toBe(1);
    expect(hub.downloads(WEIGHTS)).toBe(1);
  });

  it('a lock left behind by a process that ended is no obstacle', async () => {
    await hubWith();
    const { graphs } = await pull();
    const lock = join(folder(), '.locks', 'models--someone--toy-clipseg', 'maskwright.lock');
    writeFileSync(lock, 'another-host 1');
    utimesSync(lock, 0, 0);
    rmSync(graphs['model']!);
    await pull();
    expect(existsSync(graphs['model']!)).toBe(true);
  });
});

it('stops when aborted, and keeps the part under another name', async () => {
  const hub = await hubWith();
  hub.fail(WEIGHTS, { kind: 'stalled' });
  const controller = new AbortController();
  const reason = new Error('enough');
  const pending = resolveModel({ model: ID, cacheDir: folder() }, 'text-segmentation', { signal: controller.signal });
  setTimeout(() => controller.abort(reason), 200);
  await expect(pending).rejects.toBe(reason);
  expect(cached().filter((name) => /tmp|lock$|onnx/.test(name))).toEqual([]);
});

describe('a download that was interrupted', () => {
  it('is continued at the byte where it ended', async () => {
    vi.stubEnv('MASKWRIGHT_TIMEOUT', '0.3');
    const hub = await hubWith();
    hub.fail(WEIGHTS, { kind: 'stalled' });
    await pull();
    const half = Math.floor(toyClipSegFiles()[WEIGHTS]!.length / 2);
    const ranges = hub.requests.filter(({ path, method }) => path.startsWith('/cdn/') && method === 'GET');
    expect(ranges.map(({ range }) => range)).toEqual([undefined, `bytes=${half}-`]);
  });

  it('is begun anew where the part is not of this file', async () => {
    const hub = await hubWith();
    const { graphs } = await pull();
    const blob = realpathSync(graphs['model']!);
    rmSync(blob);
    for (const part of [Buffer.alloc(100, 1), Buffer.alloc(toyClipSegFiles()[WEIGHTS]!.length + 10)]) {
      writeFileSync(`${blob}.incomplete`, part);
      rmSync(blob, { force: true });
      await pull();
      expect(readFileSync(blob).equals(toyClipSegFiles()[WEIGHTS]!)).toBe(true);
    }
    expect(hub.requests.length).toBeGreaterThan(0);
  });
});

describe('a file of a commit', () => {
  it('must be what it was at its first download, in the cache and from any server', async () => {
    await hubWith();
    const { graphs } = await pull();
    const blob = realpathSync(graphs['model']!);
    writeFileSync(blob, toyOnnx({ mixed: true }));
    await expect(pull()).rejects.toMatchObject({ code: 'MODEL_DAMAGED', message: expect.stringMatching(/instead of/) });
    rmSync(join(folder(), 'models--someone--toy-clipseg'), { recursive: true });
    await hubWith({ files: { ...toyClipSegFiles(), [WEIGHTS]: toyOnnx({ mixed: true }) } });
    await expect(pull()).rejects.toMatchObject({
      code: 'MODEL_DOWNLOAD',
      message: expect.stringMatching(/onnx\/model\.onnx of .* is not what it was/),
    });
    await hubWith();
    await expect(pull()).resolves.toMatchObject({ identity: { revision: HUB_COMMIT } });
  });
});

describe('weights in files of their own', () => {
  const external = (name: string): Buffer => toyOnnxWithExternalData(name);

  it.each(['model.onnx_data', 'weights.bin'])('are downloaded with the graph that names them: %s', async (name) => {
    const data = new Uint8Array(toyWeights().buffer);
    const hub = await hubWith({ files: { ...toyClipSegFiles(), [WEIGHTS]: external(name), [`onnx/${name}`]: data } });
    const { folder: snapshot } = await pull();
    expect(readFileSync(join(snapshot, 'onnx', name)).equals(data)).toBe(true);
    expect(hub.downloads(`onnx/${name}`)).toBe(1);
  });

  it('are named where the hub does not have them', async () => {
    await hubWith({ files: { ...toyClipSegFiles(), [WEIGHTS]: external('weights.bin') } });
    await expect(pull()).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: expect.stringContaining('onnx/weights.bin'),
    });
  });
});

it('announces a download once, before the first byte of the weights', async () => {
  await hubWith();
  const plans: DownloadPlan[] = [];
  const seen: string[] = [];
  const options = {
    onDownload: (plan: DownloadPlan) => void (seen.push('plan'), plans.push(plan)),
    onProgress: ({ file }: DownloadProgress) => void seen.push(file),
  };
  await resolveModel({ model: ID, cacheDir: folder() }, 'text-segmentation', options);
  await resolveModel({ model: ID, cacheDir: folder() }, 'text-segmentation', options);
  const bytes = Object.entries(toyClipSegFiles()).reduce(
    (sum, [name, { length }]) => sum + (name === 'config.json' ? 0 : length),
    0,
  );
  expect(plans).toMatchObject([{ id: ID, dtype: 'fp32', bytes, source: process.env['HF_ENDPOINT'] }]);
  expect(new Set(seen.slice(0, seen.indexOf('plan')))).toEqual(new Set(['config.json']));
});

it('a folder in the place of the lock is one clear line, not a wait without end', async () => {
  await hubWith();
  mkdirSync(join(folder(), '.locks', 'models--someone--toy-clipseg', 'maskwright.lock'), { recursive: true });
  await expect(pull()).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE', message: expect.stringMatching(/lock/) });
});

it('a server that does not answer a question is not waited for longer than the timeout', async () => {
  vi.stubEnv('MASKWRIGHT_TIMEOUT', '0.2');
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => {
    silent.listen(0, '127.0.0.1', resolve);
  });
  hubs.push({ close: async () => void (silent.closeAllConnections(), silent.close()) } as unknown as Hub);
  vi.stubEnv('HF_ENDPOINT', `http://127.0.0.1:${(silent.address() as AddressInfo).port}`);
  const begun = performance.now();
  await expect(pull()).rejects.toMatchObject({
    code: 'MODEL_OFFLINE',
    message: expect.stringMatching(/did not answer/),
  });
  expect(performance.now() - begun).toBeLessThan(10_000);
});

it('a password in HF_ENDPOINT is sent to the hub, and shown to nobody', async () => {
  const hub = await hubWith();
  vi.stubEnv('HF_ENDPOINT', hub.url.replace('//', '//me:pa55word@'));
  await pull();
  expect(hub.requests[0]!.authorization).toBe(`Basic ${Buffer.from('me:pa55word').toString('base64')}`);
  await expect(pull({ model: 'someone/else' })).rejects.toMatchObject({
    message: expect.not.stringContaining('pa55word'),
  });
});

it('a model that an earlier version downloaded is moved into the cache, and not downloaded again', async () => {
  const hub = await hubWith();
  const own = join(folder(), 'own');
  vi.stubEnv('MASKWRIGHT_CACHE', own);
  const earlier = join(own, 'models', ID, 'main');
  const files = Object.fromEntries(
    Object.entries(toyClipSegFiles()).map(([name, bytes]) => [
      name,
      { size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') },
    ]),
  );
  writeModel(earlier, toyClipSegFiles());
  writeFileSync(
    join(earlier, 'maskwright.json'),
    JSON.stringify({ id: ID, revision: 'main', commit: HUB_COMMIT, files }),
  );
  const model = await pull({ offline: true });
  expect(model.identity.revision).toBe(HUB_COMMIT);
  expect(model.folder).toContain('snapshots');
  expect(hub.requests).toEqual([]);
  expect(existsSync(earlier)).toBe(false);
});
