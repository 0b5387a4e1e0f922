import { existsSync, readFileSync } from 'node:fs';
import { access, constants, statfs } from 'node:fs/promises';
import { cpus, freemem, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MaskwrightError } from '../../errors.js';
import { heatmapCacheInfo } from '../../io/files/heatmap-cache.js';
import { hubCacheFolder } from '../../models/hub/hub-cache.js';
import { hubToken, isOfflineByEnvironment, printableEndpoint } from '../../models/hub/hub-endpoint.js';
import { reachHub } from '../../models/hub/hub-request.js';
import { redactSecrets } from '../../models/hub/redact-secrets.js';
import { computeThreads } from '../../models/onnx/compute-threads.js';
import { requirementOf } from '../../models/onnx/runtime-errors.js';
import { knownModels } from '../../models/registry/known-models.js';
import { MODEL_DEFAULTS } from '../../models/registry/model-choice.js';
import { devicesHere } from '../../models/registry/devices.js';
import { probeDevice } from '../../models/worker/probe-device.js';
import { heatmapCache } from '../../sources/detection/detect.js';
import { VERSION } from '../../version.js';
import { listModels } from '../manage-models.js';
import { isPlausible } from './plausibility.js';
import { runSelfTest } from './self-test.js';

/** One thing that was examined. */
export interface Finding {
  readonly name: string;
  /** `error`: the main job cannot run. `warning`: something that it does not need does not work. */
  readonly status: 'ok' | 'warning' | 'error';
  /** One line. */
  readonly detail: string;
  readonly hint?: string;
}

const PACKAGES = ['onnxruntime-node', '@huggingface/transformers', '@huggingface/tokenizers', 'sharp'];
const ENVIRONMENT = /^(?:MASKWRIGHT_|HF_|HUGGING|https?_proxy$|no_proxy$|all_proxy$|NODE_OPTIONS$|CUDA_VISIBLE)/i;
const MB = 1_000_000;

/**
 * Examines the installation: versions, processor, execution devices, caches, the hub, models, and a self-test. Nothing is
 * downloaded, and no secret is in the findings.
 */
export async function examine(): Promise<Finding[]> {
  return [
    versions(),
    processor(),
    environment(),
    ...(await devices()),
    ...(await caches()),
    await hub(),
    await selfTest(),
    ...(await models()),
  ];
}

function versions(): Finding {
  const packages = PACKAGES.map((name) => `${name} ${versionOf(name) ?? 'bundled'}`);
  const platform = `${process.platform} ${process.arch}`;
  return {
    name: 'versions',
    status: 'ok',
    detail: [`maskwright ${VERSION}`, `Node ${process.versions.node}`, platform, ...packages].join(', '),
  };
}

/** The version in the package.json of a dependency, wherever npm has put it. */
function versionOf(name: string): string | undefined {
  for (let folder = dirname(fileURLToPath(import.meta.url)); dirname(folder) !== folder; folder = dirname(folder)) {
    const path = join(folder, 'node_modules', name, 'package.json');
    if (existsSync(path)) {
      return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
    }
  }
  return undefined;
}

function processor(): Finding {
  const [first] = cpus();
  const memory = `${megabytes(freemem())} of ${megabytes(totalmem())} memory free`;
  return {
    name: 'processor',
    status: 'ok',
    detail: `${first?.model ?? 'unknown'}, ${cpus().length} logical cores, ${computeThreads()} threads used, ${memory}`,
  };
}

function environment(): Finding {
  const set = Object.entries(process.env)
    .filter(([name]) => ENVIRONMENT.test(name))
    .map(([name, value]) => `${name}=${/TOKEN$/i.test(name) ? '***' : redactSecrets(value ?? '').slice(0, 120)}`);
  return {
    name: 'environment',
    status: 'ok',
    detail: set.length === 0 ? 'no variables of ours are set' : set.join(' '),
  };
}

async function devices(): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const device of devicesHere()) {
    const reason = await probeDevice(device);
    found.push(
      reason === undefined
        ? { name: `device ${device}`, status: 'ok', detail: 'starts' }
        : {
            name: `device ${device}`,
            // The self-test decides whether the CPU will do: a machine under load may only be slow here.
            status: 'warning',
            detail: `does not start: ${reason}`,
            hint: device === 'cpu' ? 'install maskwright again' : requirementOf(device),
          },
    );
  }
  return found;
}

async function caches(): Promise<Finding[]> {
  const { folder, heatmaps, bytes } = await heatmapCacheInfo(heatmapCache());
  const megabytesOfModel = knownModels().find(({ name }) => name === MODEL_DEFAULTS.model)?.megabytes ?? {};
  return [
    await examineCache('model cache', hubCacheFolder(undefined), {
      needed: (megabytesOfModel[MODEL_DEFAULTS.dtype] ?? 0) * MB,
      variable: 'HF_HUB_CACHE',
    }),
    await examineCache('heatmap cache', folder, {
      needed: MB,
      variable: 'MASKWRIGHT_CACHE',
      content: `, ${heatmaps} heatmaps, ${megabytes(bytes)}`,
    }),
  ];
}

/** Whether a cache can be written, and has room for what is kept there next: `needed` bytes. */
export async function examineCache(
  name: string,
  folder: string,
  { needed, variable, content = '' }: { readonly needed: number; readonly variable: string; readonly content?: string },
): Promise<Finding> {
  const { place, free } = await nearestFolder(folder);
  const isWritable = await access(place, constants.W_OK).then(
    () => true,
    () => false,
  );
  const space = free === undefined ? 'free space unknown' : `${megabytes(free)} free`;
  const detail = `${folder}${content} (${isWritable ? space : 'cannot be written'})`;
  return isWritable && (free ?? Infinity) >= needed
    ? { name, status: 'ok', detail }
    : {
        name,
        status: 'warning',
        detail,
        hint: `${isWritable ? `${megabytes(needed)} are needed: free some space, or` : ''} name another folder with ${variable}`.trim(),
      };
}

/** The folder itself, or the nearest one above it that exists. */
async function nearestFolder(folder: string): Promise<{ readonly place: string; readonly free: number | undefined }> {
  for (let place = folder; ; place = dirname(place)) {
    const disk = await statfs(place).catch(() => undefined);
    if (disk !== undefined || dirname(place) === place) {
      return { place, free: disk && disk.bavail * disk.bsize };
    }
  }
}

async function hub(): Promise<Finding> {
  const name = 'hub';
  try {
    const token = hubToken() === undefined ? 'no token' : 'with a token';
    const endpoint = printableEndpoint();
    if (isOfflineByEnvironment()) {
      return { name, status: 'warning', detail: `${endpoint}, ${token}: downloads are switched off by HF_HUB_OFFLINE` };
    }
    const problem = await reachHub();
    return problem === undefined
      ? { name, status: 'ok', detail: `${endpoint}, ${token}: answers` }
      : {
          name,
          status: 'warning',
          detail: `${endpoint}, ${token}: ${problem}`,
          hint: 'models that are downloaded work; for others check HTTPS_PROXY and HF_ENDPOINT',
        };
  } catch (error) {
    return { name, status: 'warning', detail: redactSecrets((error as Error).message) };
  }
}

async function selfTest(): Promise<Finding> {
  const name = 'self-test';
  try {
    const { difference, isPassed } = await runSelfTest();
    const detail = `embedded models differ from recorded values by ${difference.toExponential(1)} at most`;
    return { name, status: isPassed ? 'ok' : 'error', detail };
  } catch (error) {
    return failed(name, 'error', error);
  }
}

async function models(): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const { name, id, task, state, revisions } of await listModels().catch(() => [])) {
    const label = `model ${name ?? id}`;
    const copies = revisions.map(
      ({ dtypes, bytes }) => `${dtypes.join(' ')}${bytes === 0 ? '' : ` ${megabytes(bytes)}`}`,
    );
    const detail = [state, ...copies].join(', ');
    if (state !== 'cached' || id === undefined || task === undefined) {
      found.push({ name: label, status: 'ok', detail });
      continue;
    }
    const [dtype] = revisions[0]!.dtypes;
    const revision = revisions[0]!.revision.split(' ').at(-1);
    found.push(
      await isPlausible({ model: id, revision, dtype }, task).then(
        (plausible): Finding =>
          plausible
            ? { name: label, status: 'ok', detail: `${detail}; plausible on a drawn image, as ${dtype}` }
            : {
                name: label,
                status: 'warning',
                detail: `${detail}; implausible on a drawn image, as ${dtype}`,
                hint: `maskwright models verify ${name ?? id} compares its files with what was downloaded; other weights may be more exact`,
              },
        (error: unknown) => failed(label, 'warning', error),
      ),
    );
  }
  return found;
}

function failed(name: string, status: 'warning' | 'error', error: unknown): Finding {
  const hint = error instanceof MaskwrightError ? error.hint : undefined;
  const detail = redactSecrets((error as Error).message.split('\n', 1)[0]!.slice(0, 300));
  return { name, status, detail, ...(hint === undefined ? {} : { hint }) };
}

function megabytes(bytes: number): string {
  return bytes >= 10_000 * MB
    ? `${(bytes / (1000 * MB)).toFixed(0)} GB`
    : `${(bytes / MB).toFixed(bytes < 10 * MB ? 1 : 0)} MB`;
}
