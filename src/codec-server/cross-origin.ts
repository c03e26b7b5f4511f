import type { IncomingMessage } from 'node:http';

import { errorAbout } from '../domain/errors/errors.ts';
import { Refusal } from './refusal.ts';

/** Headers of Temporal's UI; `authorization-extras` holds an ID token, which is ignored. */
const allowedHeaders = 'x-namespace, content-type, authorization, authorization-extras';

/** Parses origins such as `https://temporal.contoso.com`, without a path. Throws ARGUMENT_INVALID. */
export function parseOrigins(written: string[]): ReadonlySet<string> {
  return new Set(
    written.map((text) => {
      const url = URL.parse(text);
      if (url && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`) return url.origin;
      throw errorAbout(
        '--origin',
        'ARGUMENT_INVALID',
        `"${text}" is not an origin: write it as https://temporal.contoso.com`,
      );
    }),
  );
}

/**
 * Headers that let the browser have the answer, if its page is of an allowed origin; none for a caller that is no
 * browser. Throws Refusal 403 for any other page: a request that needs no preflight would be carried out otherwise.
 */
export function crossOriginHeaders(
  { headers }: IncomingMessage,
  origins: ReadonlySet<string>,
): Record<string, string> {
  const { origin } = headers;
  if (origin === undefined) return {};
  if (!origins.has(origin)) throw new Refusal(403, 'ORIGIN_REFUSED', 'pages of this origin may not ask');
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    vary: 'Origin',
  };
}

/** Further headers for a preflight. Chromium asks for the last one before a page may reach the local network. */
export function preflightHeaders({ headers }: IncomingMessage): Record<string, string> {
  const fromOutside = headers['access-control-request-private-network'] === 'true';
  return {
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': allowedHeaders,
    'access-control-max-age': '600',
    ...(fromOutside ? { 'access-control-allow-private-network': 'true' } : {}),
  };
}

/**
 * Refuses requests for another name than loopback's. Without a token every caller is answered, and a page whose name was
 * made to point here (DNS rebinding) is of the same origin to its browser. Throws Refusal 403.
 */
export function checkLoopbackName({ headers }: IncomingMessage): void {
  const name = URL.parse(`http://${headers.host ?? ''}`)?.hostname;
  if (!name || !isLoopback(name))
    throw new Refusal(403, 'HOST_REFUSED', 'this is not the name of this server');
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}
