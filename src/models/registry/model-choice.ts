/**
 * What runs a model: `auto` its fastest path here (CLIPSeg partitioned on onnxruntime, else transformers.js), or
 * `transformers` the classes of transformers.js throughout.
 */
export const RUNTIMES = ['auto', 'transformers'] as const;
/** One of `RUNTIMES`. */
export type Runtime = (typeof RUNTIMES)[number];

/** A model and how to run it. Everything has a default: `MODEL_DEFAULTS`. */
export interface ModelChoice {
  /** A name of models.json (`clipseg`, `tiny`), a hub id (`owner/name`), or a folder. */
  readonly model?: string | undefined;
  /** Branch, tag or commit on the hub. */
  readonly revision?: string | undefined;
  /** Which of the repository's weights: `fp32`, `fp16`, `q8` ... */
  readonly dtype?: string | undefined;
  /** The execution device: `auto`, `cpu`, `cuda`, `webgpu` ... as onnxruntime has it on this platform. */
  readonly device?: string | undefined;
  readonly runtime?: Runtime | undefined;
  /** Never use the network. */
  readonly offline?: boolean | undefined;
  /** Folder of downloaded models, in the layout of Python's huggingface_hub. See `hubCacheFolder`. */
  readonly cacheDir?: string | undefined;
}

/** What exactly ran: for metadata of results and for cache keys. */
export interface ModelIdentity {
  /** Hub id, `tiny`, or the folder as it was named. */
  readonly id: string;
  /** The commit, where the hub named one, else the revision; for folders a fingerprint of the files. */
  readonly revision: string;
  readonly dtype: string;
  readonly device: string;
  /** Where a runtime was chosen instead of `auto`. */
  readonly runtime?: Runtime;
}

export const MODEL_DEFAULTS = {
  model: 'clipseg',
  revision: 'main',
  dtype: 'fp32',
  device: 'cpu',
  runtime: 'auto',
} as const;

/** The progress of one file's download. */
export interface DownloadProgress {
  readonly file: string;
  readonly bytes: number;
  /** Undefined where the server does not say. */
  readonly total: number | undefined;
  readonly bytesPerSecond: number;
}

/** A download that is about to begin. */
export interface DownloadPlan {
  /** Hub id. */
  readonly id: string;
  readonly dtype: string;
  /** Address of the server. */
  readonly source: string;
  /** Folder that the files are kept in. */
  readonly folder: string;
  /** Bytes of the files that are missing, as far as the server says. */
  readonly bytes: number;
  readonly license: string | undefined;
  /** Sizes in MB by dtype, this one's included, where they are known. */
  readonly megabytes: Readonly<Record<string, number>>;
}

/** Receivers of the plan and the progress of downloads, and the signal that aborts them. */
export interface LoadOptions {
  /** Called once, before the first byte of the weights. */
  readonly onDownload?: ((plan: DownloadPlan) => void) | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}
