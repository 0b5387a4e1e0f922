import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Tests keep their models and heatmaps in a folder of their own: nothing of the user's is read or written. */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'maskwright-test-cache-'));
  process.env['MASKWRIGHT_CACHE'] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
