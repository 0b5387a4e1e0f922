/** Which network to use, and how. What is left out has a default; see `MODEL_DEFAULTS`. */
export interface ModelChoice {
  /** A name from models.json (`clipseg`, `tiny`), a hub id (`owner/name`), or a folder. */
  readonly model?: string | undefined;
  /** Branch, tag or commit on the hub. */
  readonly revision?: string | undefined;
  /** Which of the repository's weights: `fp32`, `fp16`, `q8` ... */
  readonly dtype?: string | undefined;
  /** What computes: `cpu`, `cuda`, `webgpu` ... as onnxruntime has it on this platform. */
  readonly device?: string | undefined;
  /** Never touch the network. */
  readonly offline?: boolean | undefined;
  /** Folder of downloaded weights; default `MASKWRIGHT_CACHE`, else the platform's cache folder. */
  readonly cacheDir?: string | undefined;
}

/** What exactly ran: for metadata of results and for cache keys. */
export interface ModelIdentity {
  /** Hub id, `tiny`, or the folder as it was given. */
  readonly id: string;
  /** The commit where the hub told it, else the revision asked for; for folders a fingerprint of the files. */
  readonly revision: string;
  readonly dtype: string;
  readonly device: string;
}

export const MODEL_DEFAULTS = {
  model: 'clipseg',
  revision: 'main',
  dtype: 'fp32',
  device: 'cpu',
} as const;

/** How far the download of one file is. */
export interface DownloadProgress {
  readonly file: string;
  readonly bytes: number;
  /** Undefined where the server does not tell. */
  readonly total: number | undefined;
  readonly bytesPerSecond: number;
}

export interface LoadOptions {
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}
