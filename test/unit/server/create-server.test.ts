import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, describe, expect, it } from 'vitest';
import { createServer } from '../../../src/server/create-server.js';
import { openApiDocument } from '../../../src/server/open-api.js';
import { decodeImage } from '../../../src/io/image/decode-image.js';
import { encodeImage } from '../../../src/io/image/encode-image.js';
import { createRaster, resizeRaster } from '../../../src/raster/index.js';
import { openModels } from '../../../src/sources/model-pool.js';
import { findInImage } from '../../../src/run/library.js';

const ORIGIN = 'http://localhost:8765';
const scene = await decodeImage(readFileSync('examples/still-life.png'));
/** Small, so that the many requests are quick. */
const IMAGE = await encodeImage(resizeRaster(scene.raster, { width: 240, height: 160 }));
const models = openModels({ model: 'tiny' });
const server = createServer({ models, model: 'tiny', maxSessions: 2, cache: false });
const schemas = openApiDocument()['paths'] as Record<string, Record<string, { responses: Record<string, unknown> }>>;

afterAll(async () => {
  await server.close();
  await models.close();
});

function form(fields: Readonly<Record<string, string | Uint8Array>>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string') {
      data.append(name, value);
    } else {
      data.append(name.replace(/:.*/, ''), new Blob([new Uint8Array(value)]), name.split(':')[1] ?? 'photo.png');
    }
  }
  return data;
}

function ask(path: string, init: RequestInit = {}, { fetch } = server): Promise<Response> {
  return fetch(new Request(`${ORIGIN}${path}`, init));
}

const post = (
  path: string,
  body: string | FormData,
  headers: Record<string, string> = {},
  to = server,
): Promise<Response> => ask(path, { method: 'POST', body, headers }, to);

async function errorOf(response: Response): Promise<{ status: number; code: string; message: string }> {
  const { error } = (await response.json()) as { error: { code: string; message: string } };
  return { status: response.status, ...error };
}

/** Checks a JSON answer against the OpenAPI document. */
async function validAnswer(path: string, method: 'get' | 'post', response: Response): Promise<Record<string, unknown>> {
  const described = schemas[path]![method]!.responses[String(response.status)] as {
    content: Record<string, { schema: object }>;
  };
  const body = (await response.json()) as Record<string, unknown>;
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(
    described.content['application/json']!.schema,
  );
  expect(validate(body), JSON.stringify(validate.errors)).toBe(true);
  return body;
}

const RECIPE = JSON.stringify({
  sources: [{ kind: 'prompt', prompt: 'orange' }],
  outputs: [{ kind: 'target', target: 'comfyui' }],
  outdir: 'ready',
});

describe('the API', () => {
  it('is described by a valid OpenAPI 3.1 document', async () => {
    const document = (await (await ask('/openapi.json')).json()) as { openapi: string };
    const { valid, errors } = await new Validator().validate(document);
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
    expect(document.openapi).toBe('3.1.0');
  });

  it('detect: the statistics of the library, as the document describes them', async () => {
    const response = await post('/v1/detect', form({ image: IMAGE, prompt: 'orange; lemon AND NOT bowl' }));
    const body = await validAnswer('/v1/detect', 'post', response);
    const found = await findInImage(IMAGE, 'orange; lemon AND NOT bowl', { models, cache: false });
    const share = (mask: Uint8Array): number => mask.reduce((sum, value) => sum + (value >> 7), 0) / mask.length;
    expect(body['prompts']).toMatchObject(
      found.map(({ label, mask }) => ({
        prompt: label,
        share: share(mask.data),
        bounds: expect.anything() as unknown,
      })),
    );
  });

  it('detect with Accept: image/png: the heatmap of the library as 16-bit gray', async () => {
    const response = await post('/v1/detect', form({ image: IMAGE, prompt: 'orange' }), { accept: 'image/png' });
    const { raster, bitDepth } = await decodeImage(new Uint8Array(await response.arrayBuffer()));
    const [found] = await findInImage(IMAGE, 'orange', { models, cache: false });
    expect(bitDepth).toBe(16);
    const expected = found!.heatmap!.data;
    let largest = 0;
    for (let i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(raster.data[i * 3]! - expected[i]! * 65_535));
    }
    expect(largest).toBeLessThanOrEqual(0.5);
  });

  it('run: the files that the recipe names, with their report', async () => {
    const response = await post('/v1/run', form({ image: IMAGE, recipe: RECIPE }));
    expect(response.headers.get('content-type')).toContain('multipart/form-data');
    const parts = await response.formData();
    const report = JSON.parse(await (parts.get('report') as File).text()) as {
      results: { input: string; files: { path: string; bytes: number }[] }[];
    };
    const files = parts.getAll('file') as File[];
    expect(report.results[0]!.input).toBe('photo.png');
    expect(files.map(({ name, size }) => [name, size])).toEqual(
      report.results[0]!.files.map(({ path, bytes }) => [path, bytes]),
    );
    expect(files.map(({ name }) => name)).toContain('ready/photo.comfyui.json');
  });

  it('run: a mask that was uploaded is the mask that comes back', async () => {
    const detected = await post(
      '/v1/run',
      form({ image: IMAGE, recipe: RECIPE.replace('"target","target":"comfyui"', '"mask"') }),
    );
    const [mask] = (await detected.formData()).getAll('file') as File[];
    const bytes = new Uint8Array(await mask!.arrayBuffer());
    const recipe = JSON.stringify({ sources: [{ kind: 'file', path: 'm.png' }], outputs: [{ kind: 'mask' }] });
    const again = await post('/v1/run', form({ image: IMAGE, 'file:m.png': bytes, recipe }));
    const [copy] = (await again.formData()).getAll('file') as File[];
    const pixels = async (data: Uint8Array) => Buffer.from((await decodeImage(data)).raster.data);
    expect((await pixels(new Uint8Array(await copy!.arrayBuffer()))).equals(await pixels(bytes))).toBe(true);
  });

  it('progress comes as server-sent events, and then the result', async () => {
    const response = await post('/v1/run', form({ image: IMAGE, recipe: RECIPE }), { accept: 'text/event-stream' });
    const events = (await response.text()).trim().split('\n\n');
    expect(events.map((event) => /^event: (\w+)/.exec(event)![1])).toEqual(['progress', 'progress', 'result']);
  });

  it.each(['/v1/targets', '/v1/models', '/healthz'])('%s answers as described', async (path) => {
    expect(Object.keys(await validAnswer(path, 'get', await ask(path)))).not.toHaveLength(0);
  });

  it('metrics count requests by route and status', async () => {
    const text = await (await ask('/metrics')).text();
    expect(text).toMatch(/maskwright_http_requests_total\{method="POST",route="\/v1\/run",status="200"\} \d+/);
    expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
  });
});

describe('sessions', () => {
  const open = async (): Promise<string> => {
    const response = await post('/v1/sessions', form({ image: IMAGE }));
    expect(response.status).toBe(201);
    return (await validAnswer('/v1/sessions', 'post', response))['id'] as string;
  };

  it('detect: one heatmap a phrase, of floats', async () => {
    const id = await open();
    const body = JSON.stringify({ phrases: ['orange', 'bowl'] });
    const answer = await validAnswer('/v1/sessions/{id}/detect', 'post', await post(`/v1/sessions/${id}/detect`, body));
    const heatmaps = answer['heatmaps'] as { phrase: string; width: number; height: number; data: string }[];
    expect(heatmaps.map(({ phrase }) => phrase)).toEqual(['orange', 'bowl']);
    for (const { width, height, data } of heatmaps) {
      expect(Buffer.from(data, 'base64').length).toBe(width * height * 4);
    }
  });

  it('pixels: those of the decoded image', async () => {
    const id = await open();
    const pixels = new Uint8Array(await (await ask(`/v1/sessions/${id}/pixels`)).arrayBuffer());
    const { raster } = await decodeImage(IMAGE);
    expect(pixels.length).toBe(raster.width * raster.height * 4);
    const at = (i: number): number[] => [...raster.data.subarray(i * raster.channels, i * raster.channels + 3)];
    for (const i of [0, 7001, raster.width * raster.height - 1]) {
      expect([...pixels.subarray(4 * i, 4 * i + 3)]).toEqual(at(i));
    }
  });

  it('check: the findings for a target', async () => {
    const id = await open();
    const answer = await validAnswer(
      '/v1/sessions/{id}/check',
      'post',
      await post(`/v1/sessions/${id}/check`, form({ recipe: RECIPE, target: 'comfyui' })),
    );
    expect(answer['valid']).toBe(true);
  });

  it('stitch: outside of the stitch mask every pixel is that of the image', async () => {
    const id = await open();
    const recipe = JSON.stringify({ sources: [{ kind: 'prompt', prompt: 'orange' }], outputs: [{ kind: 'crop' }] });
    const parts = await (await post(`/v1/sessions/${id}/run`, form({ recipe }))).formData();
    const bytesOf = async (ending: string): Promise<Uint8Array> => {
      const file = (parts.getAll('file') as File[]).find(({ name }) => name.endsWith(ending))!;
      return new Uint8Array(await file.arrayBuffer());
    };
    const [crop, manifest, mask] = await Promise.all(['.crop.png', '.crop.json', '.crop.stitch.png'].map(bytesOf));
    const { raster: before } = await decodeImage(crop!);
    const red = createRaster(
      before.width,
      before.height,
      3,
      Uint8Array.from(before.data, (_, i) => (i % 3 === 0 ? 255 : 0)),
    );
    const fields = { 'painted:p.png': await encodeImage(red), 'manifest:m.json': manifest!, 'mask:s.png': mask! };
    const response = await post(`/v1/sessions/${id}/stitch`, form(fields));
    expect(response.status).toBe(200);
    const { raster: result } = await decodeImage(new Uint8Array(await response.arrayBuffer()));
    const { raster: original } = await decodeImage(IMAGE);
    const { window } = JSON.parse(new TextDecoder().decode(manifest)) as {
      window: { x: number; y: number; width: number; height: number };
    };
    const { raster: seam } = await decodeImage(mask!);
    let painted = 0;
    for (let i = 0; i < original.width * original.height; i++) {
      const [x, y] = [(i % original.width) - window.x, Math.floor(i / original.width) - window.y];
      const isIn = x >= 0 && y >= 0 && x < window.width && y < window.height;
      const weight = isIn ? seam.data[(y * window.width + x) * seam.channels]! : 0;
      const now = [0, 1, 2].map((k) => result.data[i * result.channels + k]);
      if (weight === 0) expect(now).toEqual([0, 1, 2].map((k) => original.data[i * original.channels + k]));
      if (weight === 255) expect(now).toEqual([255, 0, 0]);
      painted += weight === 255 ? 1 : 0;
    }
    expect(painted).toBeGreaterThan(100);
  });

  it('the one that was not used for longest is closed for another', async () => {
    const first = await open();
    const second = await open();
    await ask(`/v1/sessions/${first}/pixels`);
    await open();
    expect((await ask(`/v1/sessions/${first}/pixels`)).status).toBe(200);
    expect(await errorOf(await ask(`/v1/sessions/${second}/pixels`))).toMatchObject({
      status: 404,
      code: 'SESSION_NOT_FOUND',
    });
  });
});

describe('what is refused', () => {
  const json = { 'content-type': 'application/json' };

  it.each([
    ['host', { host: 'evil.example' }, 'HOST_FORBIDDEN'],
    ['host that only begins as ours', { host: 'localhost.evil.example' }, 'HOST_FORBIDDEN'],
    ['origin', { host: 'localhost:8765', origin: 'http://evil.example' }, 'ORIGIN_FORBIDDEN'],
    ['origin at another port', { host: 'localhost:8765', origin: 'http://localhost:1' }, 'ORIGIN_FORBIDDEN'],
    ['null origin', { host: 'localhost:8765', origin: 'null' }, 'ORIGIN_FORBIDDEN'],
    ['request of another site', { host: 'localhost:8765', 'sec-fetch-site': 'cross-site' }, 'ORIGIN_FORBIDDEN'],
  ])('another %s: 403 with one line', async (_, headers, code) => {
    const error = await errorOf(await ask('/healthz', { headers }));
    expect(error).toMatchObject({ status: 403, code });
    expect(error.message).not.toContain('\n');
  });

  it('without the token: 401; with it: 200', async () => {
    const guarded = createServer({ models, token: 'secret' });
    const status = async (headers: Record<string, string>) => (await ask('/healthz', { headers }, guarded)).status;
    expect(await status({})).toBe(401);
    expect(await status({ authorization: 'Bearer wrong' })).toBe(401);
    expect(await status({ authorization: 'Bearer secret' })).toBe(200);
  });

  it('a larger body: 413 with the limit, by its length and while it is read', async () => {
    const small = createServer({ models, maxBodyBytes: 1000 });
    const declared = await errorOf(await post('/v1/detect', form({ image: IMAGE, prompt: 'a' }), {}, small));
    expect(declared).toMatchObject({ status: 413, code: 'BODY_TOO_LARGE' });
    expect(declared.message).toContain('1000');
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(400)) });
    const init = {
      method: 'POST',
      body: endless,
      duplex: 'half',
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
    };
    expect(await errorOf(await ask('/v1/run', init as RequestInit, small))).toMatchObject({ status: 413 });
  });

  it('more requests than there are places: 429, and a place is free again afterwards', async () => {
    const narrow = createServer({ models, concurrency: 1, maxQueued: 1, cache: false });
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => post('/v1/detect', form({ image: IMAGE, prompt: 'orange' }), {}, narrow)),
    );
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 200, 429, 429]);
    expect(answers.find(({ status }) => status === 429)!.headers.get('retry-after')).toBe('1');
    expect((await post('/v1/detect', form({ image: IMAGE, prompt: 'orange' }), {}, narrow)).status).toBe(200);
  });

  it('a request that is canceled gives its place back', async () => {
    const narrow = createServer({ models, concurrency: 1, maxQueued: 0, cache: false });
    const controller = new AbortController();
    const pending = ask(
      '/v1/run',
      { method: 'POST', body: form({ image: IMAGE, recipe: RECIPE }), signal: controller.signal },
      narrow,
    );
    controller.abort();
    expect((await pending).status).toBe(499);
    expect((await post('/v1/run', form({ image: IMAGE, recipe: RECIPE }), {}, narrow)).status).toBe(200);
  });

  it.each([
    ['no multipart body', () => post('/v1/detect', '{}', json), 415, 'BODY_TYPE'],
    [
      'a damaged body',
      () => post('/v1/detect', '--x\r\n', { 'content-type': 'multipart/form-data; boundary=x' }),
      400,
      'BODY_INVALID',
    ],
    ['no image', () => post('/v1/detect', form({ prompt: 'a' })), 400, 'FIELD_MISSING'],
    ['no prompt', () => post('/v1/detect', form({ image: IMAGE })), 400, 'TEXT_EMPTY'],
    [
      'a prompt that cannot be read',
      () => post('/v1/detect', form({ image: IMAGE, prompt: 'a AND' })),
      400,
      'PROMPT_SYNTAX',
    ],
    [
      'a file that is no image',
      () => post('/v1/detect', form({ image: Buffer.from('text'), prompt: 'a' })),
      400,
      'INPUT_FORMAT',
    ],
    [
      'a threshold out of range',
      () => post('/v1/detect', form({ image: IMAGE, prompt: 'a', threshold: '7' })),
      400,
      'RECIPE_INVALID',
    ],
    ['an unknown path', () => ask('/v2/detect'), 404, 'NOT_FOUND'],
    ['the page, where none is served', () => ask('/'), 404, 'NOT_FOUND'],
  ])('%s', async (_, request, status, code) => {
    expect(await errorOf(await request())).toMatchObject({ status, code });
  });

  const outputs = [{ kind: 'mask' }];
  const key = { kind: 'key', color: '#fff' };
  it.each([
    ['a mask file', { sources: [{ kind: 'file', path: '/etc/passwd' }], outputs }],
    [
      'a file of a prompt',
      {
        sources: [{ kind: 'prompt', prompt: 'cat OR "file:/etc/passwd"' }],
        outputs: [{ kind: 'composite', overlay: '/etc/passwd' }],
      },
    ],
    ['a retouch file', { sources: [key], retouch: { add: '/etc/passwd' }, outputs }],
    ['a depth map', { sources: [{ kind: 'depth', path: 'd.exr' }], outputs }],
    ['a trimap', { sources: [key], trimap: '/etc/passwd', outputs }],
    ['an image that matte follows', { sources: [key], matteFrom: '/etc/passwd', mask: { matte: true }, outputs }],
    ['a background', { sources: [key], outputs: [{ kind: 'debug', background: '/etc/passwd' }] }],
    ['a mask in S3', { sources: [{ kind: 'file', path: 's3://bucket/mask.png' }], outputs }],
    ['a table', { table: '/etc/passwd', sources: [key], outputs }],
  ])('a recipe that reads %s of this machine', async (_, recipe) => {
    const error = await errorOf(await post('/v1/run', form({ image: IMAGE, recipe: JSON.stringify(recipe) })));
    expect(error).toMatchObject({ status: 400, code: 'RECIPE_FILES' });
  });

  it.each([
    ['for prompts', { model: 'clipseg' }],
    ['runtime', { runtime: 'transformers' }],
    ['of the hub for points', { segmenter: 'owner/model' }],
    ['folder for points', { segmenter: './models' }],
    ['folder by its bare name', { segmenter: 'models' }],
    ['of the hub for the subject', { sources: [{ kind: 'subject', model: 'owner/model' }] }],
    ['folder for parts', { sources: [{ kind: 'part', parts: ['hair'], model: '/etc' }] }],
    ['folder for depth', { sources: [key], outputs: [{ kind: 'layers', depth: { model: '/etc' } }] }],
  ])('a recipe that names another model: %s', async (_, choice) => {
    const recipe = JSON.stringify({ ...(JSON.parse(RECIPE) as object), ...choice });
    expect(await errorOf(await post('/v1/run', form({ image: IMAGE, recipe })))).toMatchObject({
      status: 400,
      code: 'MODEL_FIXED',
    });
  });

  it('results outside of a folder', async () => {
    const recipe = JSON.stringify({ sources: [key], outputs, outdir: '/tmp/x' });
    expect(await errorOf(await post('/v1/run', form({ image: IMAGE, recipe })))).toMatchObject({
      code: 'RECIPE_FILES',
    });
  });
});

describe('the studio', () => {
  const folder = mkdtempSync(join(tmpdir(), 'maskwright-server-'));
  const path = join(folder, 'photo.png');
  const outdir = join(folder, 'outputs');
  writeFileSync(path, IMAGE);
  mkdirSync(outdir);
  const studio = createServer({
    models,
    model: 'tiny',
    cache: false,
    studio: { images: [{ path, folder: '' }], outdir },
  });

  afterAll(async () => {
    await studio.close();
    rmSync(folder, { recursive: true });
  });

  it('a save writes into the folder of results, and nothing that was uploaded elsewhere', async () => {
    const { id } = (await (await post('/v1/sessions', form({ imageId: '0' }), {}, studio)).json()) as { id: string };
    const recipe = JSON.stringify({ sources: [{ kind: 'key', color: '#fff' }], outputs: [{ kind: 'mask' }] });
    const save = (files: Readonly<Record<string, Uint8Array>>) =>
      post(`/v1/sessions/${id}/save`, form({ recipe, ...files }), {}, studio);
    for (const name of [join(folder, 'evil.png'), '../evil.png', `${outdir}/../evil.png`, '..\\evil.png']) {
      expect((await save({ [`file:${name}`]: IMAGE })).status, name).toBe(400);
    }
    expect(readdirSync(folder).sort()).toEqual(['outputs', 'photo.png']);
    expect(readdirSync(outdir)).toEqual([]);
    expect((await save({})).status).toBe(200);
    expect(readdirSync(outdir)).toEqual(['photo.mask.png']);
  });

  it.each(['/%2e%2e/%2e%2e/package.json', '/assets/..%2f..%2f..%2fpackage.json', '/assets/%00', '/index.html%2f..'])(
    'no file but those of the page: %s',
    async (address) => {
      expect((await ask(address, {}, studio)).status).toBe(404);
    },
  );
});
