import { createHash } from 'node:crypto';
import { dirname, join, relative, sep } from 'node:path';
import { hashIfReadable } from '../io/files/hash-file.js';
import {
  appendToManifest,
  listManifests,
  type ManifestEntry,
  manifestName,
  readManifest,
  writeManifest,
} from '../io/files/manifest.js';
import { STDIO } from '../io/files/read-input.js';
import { removeDeadTemporaries } from '../io/files/temporary-files.js';
import { versionOf } from '../io/storage/storage-of.js';
import { isRemote } from '../io/storage/storage-path.js';
import { VERSION } from '../version.js';

/** What one input's task reads and writes, known before it starts. */
export interface TaskPlan {
  readonly input: string;
  /** Every file that its results depend on, the input among them. */
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** What else decides about its results, besides what decides about all; compared as JSON. */
  readonly options?: unknown;
}

/** The memory of a batch: what is done, kept in a manifest in the folder of the results. */
export interface BatchRecord {
  /** Whether an earlier run wrote this task's files from the same contents and options, and they are whole. */
  readonly isDone: (plan: TaskPlan) => Promise<boolean>;
  /** Notes that a task's files are written: those planned, unless others are named. */
  readonly markDone: (plan: TaskPlan, written?: readonly string[]) => Promise<void>;
  /** Brings the manifest into the order of the inputs. */
  readonly finish: () => Promise<void>;
}

export interface BatchRecordOptions {
  readonly outdir: string;
  /** Everything but the files that decides what is written; compared as JSON. */
  readonly options: unknown;
  /** Also removes what killed runs left half-written where these jobs write. */
  readonly resume: boolean;
  /** The part of a divided batch, which keeps a manifest of its own: others may write theirs at the same time. */
  readonly part?: string | undefined;
}

/** Opens the record of a batch over `plans`. */
export async function openBatchRecord(plans: readonly TaskPlan[], options: BatchRecordOptions): Promise<BatchRecord> {
  const { outdir } = options;
  const path = join(outdir, manifestName(options.part));
  if (options.resume) {
    const folders = new Set([outdir, ...plans.flatMap(({ writes }) => writes.map((file) => dirname(file)))]);
    for (const folder of folders) {
      await removeDeadTemporaries(folder);
    }
  }
  // One entry an output: what a later run wrote over is not done any more.
  const byOutput = new Map<string, ManifestEntry>();
  const remember = (entry: ManifestEntry): void => {
    for (const output of entry.outputs) {
      byOutput.set(output.path, entry);
    }
  };
  const foreign = new Set<ManifestEntry>();
  for (const file of await listManifests(outdir)) {
    for (const entry of await readManifest(file)) {
      remember(entry);
      if (file !== path) {
        foreign.add(entry);
      }
    }
  }
  const ownEntries = (): ManifestEntry[] => [...new Set(byOutput.values())].filter((entry) => !foreign.has(entry));
  if (ownEntries().length > 0) {
    // The last line may be torn, and the next one must not be glued to it.
    await writeManifest(path, ownEntries());
  }
  const shared = new Map<string, Promise<string | undefined>>();
  const keyOf = async (plan: TaskPlan): Promise<string> => {
    const hashes = plan.reads.map((file) => {
      if (file === plan.input) {
        return fingerprint(file);
      }
      const known = shared.get(file) ?? fingerprint(file);
      shared.set(file, known);
      return known;
    });
    const parts = [
      VERSION,
      options.options,
      plan.options,
      plan.writes.map((file) => nameIn(outdir, file)),
      await Promise.all(hashes),
    ];
    return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  };
  const entryOf = (plan: TaskPlan): ManifestEntry | undefined => {
    const first = plan.writes[0];
    return first === undefined ? undefined : byOutput.get(nameIn(outdir, first));
  };
  return {
    isDone: async (plan) => {
      const entry = entryOf(plan);
      if (entry === undefined || plan.reads.includes(STDIO) || entry.key !== (await keyOf(plan))) {
        return false;
      }
      for (const { path: name, sha256 } of entry.outputs) {
        if ((await hashIfReadable(join(outdir, name))) !== sha256) {
          return false;
        }
      }
      return true;
    },
    markDone: async (plan, written = plan.writes) => {
      const outputs = [];
      for (const file of written) {
        const sha256 = await hashIfReadable(file);
        if (sha256 !== undefined) {
          outputs.push({ path: nameIn(outdir, file), sha256 });
        }
      }
      const entry = { input: plan.input, key: await keyOf(plan), outputs };
      remember(entry);
      await appendToManifest(path, entry);
    },
    finish: async () => {
      const ours = new Set(plans.map(entryOf));
      const entries = [
        ...ownEntries().filter((entry) => !ours.has(entry)),
        ...[...ours].filter((entry) => entry !== undefined),
      ];
      if (entries.length > 0) {
        await writeManifest(path, entries);
      }
    },
  };
}

function fingerprint(path: string): Promise<string | undefined> {
  return isRemote(path) ? versionOf(path) : hashIfReadable(path);
}

function nameIn(outdir: string, path: string): string {
  return relative(outdir, path).split(sep).join('/');
}
