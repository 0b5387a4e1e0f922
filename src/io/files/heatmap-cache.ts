import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat, unlink, utimes } from 'node:fs/promises';
import { endianness } from 'node:os';
import { join } from 'node:path';
import { createHeatmap, type Heatmap, type Raster } from '../../raster/index.js';
import { createFolder } from './create-folder.js';
import { replaceFile } from './temporary-files.js';

/** Heatmaps kept between runs, one file each, in a folder of their own. */
export interface HeatmapCache {
  readonly folder: string;
  /** Above this the files used longest ago are removed. */
  readonly limitBytes: number;
}

export const HEATMAP_CACHE_DEFAULTS = { limitBytes: 512 * 1024 * 1024 } as const;

/** A heatmap, and whatever of it should be known without the network. */
export interface CachedHeatmap {
  readonly heatmap: Heatmap;
  readonly notes: Readonly<Record<string, unknown>>;
}

const ENDING = '.heatmap';
const FORMAT = 1;
const IS_BIG_ENDIAN = endianness() === 'BE';

/**
 * Names under which a network's answers for an image are kept: by its pixels (so its content, not its name or format),
 * and everything else that an answer depends on.
 */
export function heatmapKeys({
  width,
  height,
  channels,
  data,
}: Raster): (dependencies: Readonly<Record<string, unknown>>) => string {
  const pixels = createHash('sha256').update(data).digest('hex');
  const image = { FORMAT, width, height, channels, bits: data.BYTES_PER_ELEMENT * 8, pixels };
  return (dependencies) =>
    createHash('sha256')
      .update(JSON.stringify({ ...image, ...dependencies }))
      .digest('hex');
}

/** What is kept under a key; undefined where nothing is, or where the file is damaged. It becomes the newest. */
export async function readHeatmap({ folder }: HeatmapCache, key: string): Promise<CachedHeatmap | undefined> {
  const path = join(folder, key + ENDING);
  const bytes = await readFile(path).catch(() => undefined);
  const cached = bytes === undefined ? undefined : decode(bytes);
  if (cached !== undefined) {
    const now = new Date();
    await utimes(path, now, now).catch(() => undefined);
  }
  return cached;
}

/**
 * What this process knows of a folder: its bytes when they were last counted, and those written since. To count is to
 * look at every file, which is not to be done for each image of thousands.
 */
const tallies = new Map<string, { readonly counted: number; readonly written: number }>();

/**
 * Keeps heatmaps under their keys, and removes the oldest where the limit is passed: at once, or by a sixteenth of it
 * where this process writes many. Throws what the file system does.
 */
export async function storeHeatmaps(
  cache: HeatmapCache,
  entries: readonly (readonly [key: string, cached: CachedHeatmap])[],
): Promise<void> {
  await createFolder(cache.folder);
  const tally = tallies.get(cache.folder);
  let written = tally?.written ?? 0;
  for (const [key, cached] of entries) {
    const bytes = encode(cached);
    written += bytes.length;
    await replaceFile(join(cache.folder, key + ENDING), bytes);
  }
  const isPast = tally !== undefined && tally.counted + written > cache.limitBytes && written > cache.limitBytes / 16;
  tallies.set(
    cache.folder,
    tally === undefined || isPast
      ? { counted: await removeOldest(cache), written: 0 }
      : { counted: tally.counted, written },
  );
}

export interface HeatmapCacheInfo {
  readonly folder: string;
  readonly heatmaps: number;
  readonly bytes: number;
  readonly limitBytes: number;
}

/** How much is kept. */
export async function heatmapCacheInfo(cache: HeatmapCache): Promise<HeatmapCacheInfo> {
  const files = await listFiles(cache.folder);
  return { ...cache, heatmaps: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** Removes everything that is kept, and says what that was. */
export async function clearHeatmapCache(cache: HeatmapCache): Promise<HeatmapCacheInfo> {
  const info = await heatmapCacheInfo(cache);
  await rm(cache.folder, { recursive: true, force: true });
  tallies.delete(cache.folder);
  return info;
}

/** Gives the bytes that are left. */
async function removeOldest({ folder, limitBytes }: HeatmapCache): Promise<number> {
  const files = (await listFiles(folder)).sort((a, b) => a.usedMs - b.usedMs);
  let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  for (const file of files) {
    if (bytes <= limitBytes) {
      break;
    }
    // Another run may have been faster.
    await unlink(file.path).catch(() => undefined);
    bytes -= file.bytes;
  }
  return bytes;
}

async function listFiles(folder: string): Promise<{ path: string; bytes: number; usedMs: number }[]> {
  const names = await readdir(folder).catch(() => []);
  const files = await Promise.all(
    names
      .filter((name) => name.endsWith(ENDING))
      .map(async (name) => {
        const path = join(folder, name);
        const entry = await stat(path).catch(() => undefined);
        return entry === undefined ? [] : [{ path, bytes: entry.size, usedMs: entry.mtimeMs }];
      }),
  );
  return files.flat();
}

/** A line of JSON, then the probabilities as little-endian single precision. */
function encode({ heatmap: { width, height, data }, notes }: CachedHeatmap): Buffer {
  const head = Buffer.from(`${JSON.stringify({ format: FORMAT, width, height, notes })}\n`);
  const values = Buffer.from(data.slice().buffer);
  return Buffer.concat([head, IS_BIG_ENDIAN ? values.swap32() : values]);
}

function decode(bytes: Buffer): CachedHeatmap | undefined {
  const end = bytes.indexOf('\n');
  try {
    const { format, width, height, notes } = JSON.parse(bytes.toString('utf8', 0, end)) as Record<string, unknown>;
    const count = Number(width) * Number(height);
    if (
      end < 0 ||
      !Number.isInteger(width) ||
      !Number.isInteger(height) ||
      format !== FORMAT ||
      typeof notes !== 'object' ||
      notes === null ||
      bytes.length !== end + 1 + count * 4
    ) {
      return undefined;
    }
    const values = new Uint8Array(bytes.subarray(end + 1)).buffer;
    const data = new Float32Array(IS_BIG_ENDIAN ? Buffer.from(values).swap32().buffer : values);
    if (!data.every((value) => value >= 0 && value <= 1)) {
      return undefined;
    }
    return {
      heatmap: createHeatmap(Number(width), Number(height), data),
      notes: notes as CachedHeatmap['notes'],
    };
  } catch {
    return undefined;
  }
}
