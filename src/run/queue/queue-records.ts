import { createHash } from 'node:crypto';
import type { Variables } from '../../recipe/interpolate.js';
import type { PlacedInput } from '../../recipe/plan-run.js';
import { VERSION } from '../../version.js';
import type { RecipeChoice } from './recipe-runner.js';

/** A recipe, stored once for all its chunks. */
export interface StoredRecipe {
  readonly version: string;
  readonly data: unknown;
  readonly folder: string;
  readonly set: Variables;
  readonly outdir: string | undefined;
  readonly model: string | undefined;
}

/** What one `queue submit` submitted. */
export interface StoredRun {
  readonly recipe: string;
  readonly count: number;
  readonly submitted: string;
  readonly cancelled?: boolean;
}

/** An input of a chunk, in few letters: a job holds paths and URIs, and never pixels. */
export interface ChunkInput {
  /** Path, folder, place among all, version, and row of a table. */
  readonly p: string;
  readonly f?: string | undefined;
  readonly i: number;
  readonly v?: string | undefined;
  readonly r?: Variables | undefined;
}

/** A job: some inputs of a run. */
export interface Chunk {
  readonly run: string;
  readonly recipe: string;
  readonly count: number;
  readonly inputs: readonly ChunkInput[];
  /** How often these were tried before. */
  readonly attempt: number;
  /** How often they may be tried. */
  readonly attempts: number;
  /** What came of it, in place of the inputs. */
  readonly result?: ChunkResult;
}

/** What came of a chunk. */
export interface ChunkResult {
  readonly done: number;
  readonly skipped: number;
  /** Inputs that failed, and are tried again or listed. */
  readonly failed: number;
}

/** An error as it is stored. */
export interface StoredError {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** An input that failed as often as it may, or that killed its workers. */
export interface DeadInput extends Omit<Chunk, 'inputs'> {
  readonly input: ChunkInput;
  readonly error: StoredError;
  /** How often it was put back by `queue retry`. */
  readonly retries: number;
}

/** A recipe as it is stored, and its SHA-256, under which it is. */
export function storeRecipe({ document, set = {}, outdir, model }: RecipeChoice): { id: string; stored: StoredRecipe } {
  const { data, folder } = document;
  const stored = { version: VERSION, data, folder, set, outdir, model };
  return { id: createHash('sha256').update(JSON.stringify(stored)).digest('hex'), stored };
}

export function toChunkInput({ path, folder, index, version, row }: PlacedInput): ChunkInput {
  return { p: path, ...(folder === '' ? {} : { f: folder }), i: index, v: version, r: row };
}

export function fromChunkInput({ p, f = '', i, v, r }: ChunkInput, count: number): PlacedInput {
  return { path: p, folder: f, index: i, count, version: v, row: r };
}
