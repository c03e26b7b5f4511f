import type { DirectorySettings, HostAddress } from '../../config/settings.ts';
import { type DmsaError, errorAbout } from '../../domain/errors/errors.ts';

/** One URL of the settings. */
export interface Server {
  /** As written, for messages. */
  url: string;
  /** The name that its certificate must have, lower case; an IPv6 address without its brackets. */
  name: string;
  /** Where the connection goes: the port of `hosts` is that of this URL's own way, be it LDAPS or StartTLS. */
  address: string;
  port: number;
  /** `ldap://`: TLS starts on the plain port, before anything else is said (RFC 4511 4.14). */
  startTls: boolean;
}

/** DNS names of the URLs, lower case, in their order, each once. Throws SETTINGS_INVALID. */
export function directoryServers({ urls }: Pick<DirectorySettings, 'urls'>): string[] {
  return [...new Set(urls.map((url) => nameOf(parseUrl(url))))];
}

/** The URLs with where each leads. Throws SETTINGS_INVALID where there is none, or one that cannot be used. */
export function serversOf(
  { urls }: Pick<DirectorySettings, 'urls'>,
  hosts: Record<string, HostAddress>,
): Server[] {
  if (urls.length === 0) throw unusable('no URL is given');
  return urls.map((text) => {
    const url = parseUrl(text);
    const name = nameOf(url);
    const startTls = url.protocol === 'ldap:';
    const mapped = hosts[name];
    return {
      url: url.href.replace(/\/$/, ''),
      name,
      address: mapped?.address ?? name,
      port: mapped?.port ?? Number(url.port || (startTls ? 389 : 636)),
      startTls,
    };
  });
}

/**
 * The servers to try, in this order. `answered` has the DC that a URL led to last, so that a DC is found by its own name
 * where its URL is an alias. `only` leaves those alone of that name, or that led to that DC. Throws SETTINGS_INVALID where
 * `only` is none of them.
 */
export function inOrder(
  servers: Server[],
  { prefer, only }: { prefer?: string; only?: string },
  answered: ReadonlyMap<string, string> = new Map(),
): Server[] {
  const named = (wanted: string | undefined) => {
    const name = wanted?.toLowerCase();
    const exact = servers.filter((server) => server.name === name);
    return exact.length > 0 ? exact : servers.filter((server) => answered.get(server.url) === name);
  };
  if (only !== undefined) {
    const alone = named(only);
    if (alone.length === 0) throw unusable(`none leads to ${only}`);
    return alone;
  }
  const first = prefer === undefined ? [] : named(prefer);
  return [...first, ...servers.filter((server) => !first.includes(server))];
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isBare =
    url && ['', '/'].includes(url.pathname) && !url.search && !url.hash && !url.username && !url.password;
  if (!isBare || !['ldaps:', 'ldap:'].includes(url.protocol) || url.hostname === '') {
    throw unusable(
      `"${hideUserInfo(text)}" is not of the form ldaps://dc1.contoso.com:636, or ldap:// for StartTLS`,
    );
  }
  return url;
}

function nameOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
}

function hideUserInfo(url: string): string {
  return url.replace(/\/\/.*@/, '//…@');
}

function unusable(why: string): DmsaError {
  return errorAbout('directory.urls', 'SETTINGS_INVALID', why);
}
