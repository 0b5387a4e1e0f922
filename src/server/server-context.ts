import type { ModelPool } from '../sources/model-pool.js';
import type { WorkContext } from './routes/work.js';
import type { SessionStore } from './session-store.js';
import type { StudioFolder } from './studio-folder.js';

/** What the routes of one server share. */
export interface ServerContext extends WorkContext {
  readonly models: ModelPool;
  /** The model that the server runs. */
  readonly model: string;
  readonly cache: boolean | undefined;
  readonly sessions: SessionStore;
  readonly maxBodyBytes: number;
  readonly folder: StudioFolder | undefined;
}
