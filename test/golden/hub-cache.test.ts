import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { cachedModels } from '../../src/models/hub/cached-models.js';
import { resolveModel } from '../../src/models/registry/resolve-model.js';
import { temporaryFolder } from '../support/folder.js';
import { type Hub, HUB_COMMIT, startHub } from '../support/hub.js';
import { toyClipSegFiles } from '../support/toy-clipseg.js';

/** A Python with huggingface_hub: `MASKWRIGHT_PYTHON`, else `python3`. */
const PYTHON = process.env['MASKWRIGHT_PYTHON'] ?? 'python3';
const hasHub = spawnSync(PYTHON, ['-c', 'import huggingface_hub']).status === 0;
const ID = 'someone/toy-clipseg';
const FILES = Object.keys(toyClipSegFiles());

const folder = temporaryFolder();
const hubs: Hub[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(hubs.splice(0).map((hub) => hub.close()));
});

async function startToyHub(): Promise<Hub> {
  const hub = await startHub({ id: ID, files: toyClipSegFiles(), storageHost: 'localhost' });
  hubs.push(hub);
  return hub;
}

async function python(code: string, env: NodeJS.ProcessEnv): Promise<string> {
  const { stdout } = await promisify(execFile)(PYTHON, ['-c', code], { env: { ...process.env, ...env } });
  return stdout.trim();
}

const download = (extra: string): string => `
from huggingface_hub import hf_hub_download
for name in ${JSON.stringify(FILES)}:
    print(hf_hub_download(${JSON.stringify(ID)}, name${extra}))`;

// On CI a missing package is a failure.
describe.skipIf(!hasHub && process.env['CI'] === undefined)('the cache of Python’s huggingface_hub', () => {
  it('is read: a model that Python downloaded needs no network here', async () => {
    const hub = await startToyHub();
    const cache = join(folder(), 'hub');
    const env = { HF_HUB_CACHE: cache, HF_ENDPOINT: hub.url, HF_HUB_DISABLE_XET: '1' };
    const paths = (await python(download(''), env)).split('\n');
    vi.stubEnv('HF_HUB_CACHE', cache);
    vi.stubEnv('HF_ENDPOINT', 'http://127.0.0.1:9');
    const model = await resolveModel({ model: ID, offline: true }, 'text-segmentation');
    expect(model.identity.revision).toBe(HUB_COMMIT);
    expect(FILES.map((name) => join(model.folder, name))).toEqual(paths);
    expect(await cachedModels()).toMatchObject([{ id: ID, commit: HUB_COMMIT, revisions: ['main'] }]);
  });

  it('is written: Python finds a model that was downloaded here, offline, by branch and by commit', async () => {
    const hub = await startToyHub();
    const cache = join(folder(), 'hub');
    vi.stubEnv('HF_HUB_CACHE', cache);
    vi.stubEnv('HF_ENDPOINT', hub.url);
    await resolveModel({ model: ID }, 'text-segmentation');
    const env = { HF_HUB_CACHE: cache, HF_HUB_OFFLINE: '1' };
    for (const extra of ['', `, revision=${JSON.stringify(HUB_COMMIT)}`]) {
      const paths = (await python(download(`, local_files_only=True${extra}`), env)).split('\n');
      expect(paths.map((path) => readFileSync(path))).toEqual(Object.values(toyClipSegFiles()));
    }
  });

  it('passes the scan of Python’s huggingface_hub', async () => {
    const hub = await startToyHub();
    const cache = join(folder(), 'hub');
    vi.stubEnv('HF_HUB_CACHE', cache);
    vi.stubEnv('HF_ENDPOINT', hub.url);
    await resolveModel({ model: ID }, 'text-segmentation');
    const report = await python(
      `from huggingface_hub import scan_cache_dir
info = scan_cache_dir()
revision = next(iter(next(iter(info.repos)).revisions))
print([len(info.warnings), len(info.repos), revision.commit_hash, sorted(revision.refs), len(revision.files)])`,
      { HF_HUB_CACHE: cache },
    );
    expect(report).toBe(`[0, 1, '${HUB_COMMIT}', ['main'], ${FILES.length}]`);
  });

  it('is not downloaded to again by Python, nor by this program, where the other has the files', async () => {
    const hub = await startToyHub();
    const cache = join(folder(), 'hub');
    vi.stubEnv('HF_HUB_CACHE', cache);
    vi.stubEnv('HF_ENDPOINT', hub.url);
    await resolveModel({ model: ID }, 'text-segmentation');
    const before = hub.requests.filter(({ method }) => method === 'GET').length;
    await python(download(''), { HF_HUB_CACHE: cache, HF_ENDPOINT: hub.url, HF_HUB_DISABLE_XET: '1' });
    await resolveModel({ model: ID }, 'text-segmentation');
    expect(hub.requests.filter(({ method, path }) => method === 'GET' && !path.startsWith('/api/'))).toHaveLength(
      before,
    );
  });
});
