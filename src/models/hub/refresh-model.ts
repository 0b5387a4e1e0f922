import { randomBytes } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ModelTask } from '../registry/local-model.js';
import type { HubLocation } from '../registry/locate-model.js';
import { checkFolder, openFolder } from '../registry/open-folder.js';
import { type PulledModel, pullModel, type PullOptions } from './pull-model.js';

/**
 * Downloads a hub model anew, whatever is in the cache, into a folder beside its own that takes its place only
 * when it is whole. Weights of other dtypes go with the old folder: all files are to be of one commit.
 * Throws errors of the category `model`; what was there stays then.
 */
export async function refreshModel(location: HubLocation, task: ModelTask, options: PullOptions): Promise<PulledModel> {
  const { id, folder, dtype } = location;
  const name = `.${basename(folder)}-${randomBytes(4).toString('hex')}`;
  const fresh = join(dirname(folder), `${name}.new`);
  const old = join(dirname(folder), `${name}.old`);
  try {
    const pulled = await pullModel({ ...location, folder: fresh }, task, options);
    await checkFolder(await openFolder(id, fresh, task, dtype), task);
    await rename(folder, old).catch(ignoreAbsent);
    await rename(fresh, folder);
    return pulled;
  } finally {
    await rm(fresh, { recursive: true, force: true });
    await rm(old, { recursive: true, force: true });
  }
}

function ignoreAbsent(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') {
    throw error;
  }
}
