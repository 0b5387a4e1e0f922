import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const OF_THE_USER = ['HF_HOME', 'HF_HUB_CACHE', 'HUGGINGFACE_HUB_CACHE', 'HF_TOKEN', 'HF_ENDPOINT', 'HF_HUB_OFFLINE'];

/** Tests keep their models and heatmaps in a temporary folder: nothing of the user's is read or written. */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'maskwright-test-cache-'));
  process.env['MASKWRIGHT_CACHE'] = folder;
  process.env['HF_TOKEN_PATH'] = join(folder, 'token');
  OF_THE_USER.forEach((name) => delete process.env[name]);
  return () => rmSync(folder, { recursive: true, force: true });
}
