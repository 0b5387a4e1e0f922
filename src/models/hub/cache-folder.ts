import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** The folder of this toolkit's own caches: `MASKWRIGHT_CACHE`, else the platform's cache folder. */
export function cacheFolder(): string {
  const chosen = process.env['MASKWRIGHT_CACHE'];
  if (chosen !== undefined && chosen !== '') {
    return resolve(chosen);
  }
  if (process.platform === 'win32') {
    return join(process.env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'maskwright', 'Cache');
  }
  if (process.platform === 'darwin') {
    return join(homedir(), 'Library', 'Caches', 'maskwright');
  }
  // The XDG specification says to ignore relative paths.
  const xdg = process.env['XDG_CACHE_HOME'];
  return join(xdg?.startsWith('/') === true ? xdg : join(homedir(), '.cache'), 'maskwright');
}
