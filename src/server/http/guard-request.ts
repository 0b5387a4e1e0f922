import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import { HttpError } from './http-error.js';

/** Who may ask. */
export interface GuardOptions {
  /** Names and addresses that the `Host` header may have, without port; `*` any IP address. */
  readonly hosts: readonly string[];
  /** What `Authorization: Bearer` must hold. */
  readonly token?: string | undefined;
}

/** The names of this machine for itself. */
export const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]'] as const;

/**
 * Throws `HttpError` for a request that may come from another site's page: its `Host` is none of ours (DNS rebinding),
 * or its `Origin` is another (cross-site request forgery). With a token, throws 401 without it.
 *
 * @param isPublic what a browser loads before it knows the token: the page's own files
 */
export function guardRequest(request: Request, { hosts, token }: GuardOptions, isPublic: boolean): void {
  const { headers } = request;
  const host = headers.get('host') ?? new URL(request.url).host;
  const name = host.replace(/:\d+$/, '').toLowerCase();
  const isAddress = isIP(name.replace(/^\[|\]$/g, '')) !== 0;
  if (!hosts.some((known) => known === name || (known === '*' && isAddress))) {
    throw new HttpError(403, 'HOST_FORBIDDEN', `requests for the host ${JSON.stringify(name)} are not answered`, {
      hint: 'use the address that was printed, or allow the name with --allow-host',
    });
  }
  const origin = headers.get('origin');
  if (origin !== null && hostOf(origin) !== host.toLowerCase()) {
    throw new HttpError(403, 'ORIGIN_FORBIDDEN', `requests from ${JSON.stringify(origin)} are not answered`);
  }
  const site = headers.get('sec-fetch-site');
  const isNavigation = headers.get('sec-fetch-mode') === 'navigate' && request.method === 'GET' && isPublic;
  if (site !== null && site !== 'same-origin' && site !== 'none' && !isNavigation) {
    throw new HttpError(403, 'ORIGIN_FORBIDDEN', 'requests from other sites are not answered');
  }
  if (token !== undefined && !isPublic && !isToken(headers.get('authorization'), token)) {
    throw new HttpError(401, 'TOKEN_REQUIRED', 'this server asks for a token', {
      hint: 'send it as Authorization: Bearer <token>',
      headers: { 'www-authenticate': 'Bearer' },
    });
  }
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

/** Compares in a time that does not depend on where they differ. */
function isToken(header: string | null, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(header ?? ''), digest(`Bearer ${token}`));
}
