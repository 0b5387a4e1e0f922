import type { ModelChoice } from '../models/registry/model-choice.js';
import type { ModelPool } from '../sources/model-pool.js';
import { LOOPBACK_HOSTS } from './http/guard-request.js';

/** An image that the studio was started with. */
export interface StudioImage {
  /** The path, as it is read. */
  readonly path: string;
  /** Its folder, relative to the folder that was named. */
  readonly folder: string;
}

/** What `createServer` serves, and its limits. All have defaults: `SERVER_DEFAULTS`. */
export interface ServerOptions extends ModelChoice {
  /** Models opened with `openModels`; they are not closed with the server. Without, the server opens its own. */
  readonly models?: ModelPool | undefined;
  /** Keep heatmaps on disk between runs. Default true. */
  readonly cache?: boolean | undefined;
  /** What `Authorization: Bearer` must hold; without, everybody who reaches the server is answered. */
  readonly token?: string | undefined;
  /** Names and addresses that the `Host` header may have, without port; `*` any IP address. */
  readonly hosts?: readonly string[] | undefined;
  /** Largest body of a request, in bytes. */
  readonly maxBodyBytes?: number | undefined;
  /** Requests in work at the same time. */
  readonly concurrency?: number | undefined;
  /** Requests that wait for their turn; one more is answered with 429. */
  readonly maxQueued?: number | undefined;
  /** Open images; the one that was not used for longest is closed for another. */
  readonly maxSessions?: number | undefined;
  /** Memory of all open images together, in bytes. */
  readonly maxSessionBytes?: number | undefined;
  /** Serve the studio's page, with these images. */
  readonly studio?: StudioOptions | undefined;
}

/** What the studio's page shows at its start, and where it saves. */
export interface StudioOptions {
  readonly images: readonly StudioImage[];
  /** Folder that accepted results are written to. */
  readonly outdir: string;
  /** File that lists what was accepted and rejected, as JSON. */
  readonly acceptList?: string | undefined;
}

/** The limits of a server whose options leave them out: bytes, sessions, requests at once and in wait. */
export const SERVER_DEFAULTS = {
  hosts: LOOPBACK_HOSTS,
  maxBodyBytes: 256 * 1024 * 1024,
  concurrency: 2,
  maxQueued: 32,
  maxSessions: 8,
  maxSessionBytes: 1024 * 1024 * 1024,
} as const satisfies ServerOptions;
