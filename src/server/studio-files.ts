import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PACKAGE_ROOT } from '../version.js';
import { HttpError } from './http/http-error.js';

/** The page as `npm run build` leaves it. */
const FOLDER = new URL('dist/studio/', PACKAGE_ROOT);

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};

/** Nothing is loaded from elsewhere, nothing inline is run, and no page may frame it. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** `/`, or a file of the build: its names hold no folder but `assets`. */
const SERVED = /^\/(?:assets\/)?[\w-]+(?:\.[\w-]+)*\.(?:html|js|css|svg|json)$/;

/** A file of the page. Throws 404. */
export async function studioFile(path: string): Promise<Response> {
  const name = path === '/' ? '/index.html' : path;
  const body = SERVED.test(name)
    ? await readFile(fileURLToPath(new URL(`.${name}`, FOLDER))).catch(() => undefined)
    : undefined;
  if (body === undefined) {
    throw new HttpError(404, 'NOT_FOUND', `there is no ${path}`, { hint: 'GET /openapi.json describes the API' });
  }
  return new Response(new Uint8Array(body), {
    headers: {
      'content-type': TYPES[extname(name)]!,
      // Names of assets hold a hash of their content.
      'cache-control': name.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      'content-security-policy': CONTENT_SECURITY_POLICY,
    },
  });
}
