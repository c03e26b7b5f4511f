import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, connect, type TLSSocket } from 'node:tls';

import { Client } from 'ldapts';

import { readSecret } from '../config/secret.ts';
import type { DirectorySettings, HostAddress } from '../config/settings.ts';
import { DmsaError } from '../domain/errors.ts';
import type { ConnectDirectory, Directory } from './directory.ts';
import { LdapDirectory } from './ldap-directory.ts';
import { directoryError } from './ldap-errors.ts';

const connectTimeoutMs = 10_000;
const operationTimeoutMs = 30_000;

interface Login {
  user: string;
  password: string;
  /** PEM of the trusted CA; undefined for the system's store. */
  ca: string | undefined;
}

/**
 * Connects to the first domain controller that answers. The certificate must name the host of the URL even where
 * `hosts` has another address and port for that name. Only what may pass (DIRECTORY_UNREACHABLE, DIRECTORY_BUSY) makes
 * it try the next URL: a refused bind is not repeated, as that would lock the account out.
 * Throws PLAN_INVALID for settings that cannot be used, and what ConnectDirectory throws. Aborting the signal closes
 * the connection; what was under way rejects with the signal's reason.
 */
export function connectDirectory(
  settings: DirectorySettings,
  hosts: Record<string, HostAddress>,
): ConnectDirectory {
  return async ({ signal, prefer, only } = {}) => {
    const servers = inOrder(settings.urls.map(parseUrl), prefer, only);
    const login = await readLogin(settings);
    const failures: DmsaError[] = [];
    for (const server of servers) {
      signal?.throwIfAborted();
      try {
        return await open(server, hosts[server.hostname.toLowerCase()] ?? null, login, signal);
      } catch (error) {
        if (!(error instanceof DmsaError) || !error.retryable) throw error;
        failures.push(error);
      }
    }
    throw allFailed(failures);
  };
}

/** As the settings have them, but for the one that is wanted first, or alone. */
function inOrder(servers: URL[], prefer?: string, only?: string): URL[] {
  const isNamed = (name: string | undefined) => (server: URL) =>
    name !== undefined && server.hostname.toLowerCase() === name.toLowerCase();
  if (only !== undefined) return servers.filter(isNamed(only));
  const wanted = servers.filter(isNamed(prefer));
  return [...wanted, ...servers.filter((server) => !wanted.includes(server))];
}

/** Binds, and reads the names of the naming contexts. */
async function open(
  server: URL,
  mapped: HostAddress | null,
  { user, password, ca }: Login,
  signal: AbortSignal | undefined,
): Promise<Directory> {
  const url = server.href.replace(/\/$/, '');
  let socket: TLSSocket | null = null;
  const client = new Client({
    url,
    connectTimeout: connectTimeoutMs,
    timeout: operationTimeoutMs,
    createSecureConnection: () => {
      socket = connect(tlsOptions(server, mapped, ca));
      return socket;
    },
  });
  const abort = () => socket?.destroy(new Error('aborted'));
  signal?.addEventListener('abort', abort, { once: true });
  const directory = new LdapDirectory({
    client,
    server: url,
    signal: signal ?? null,
    release: () => signal?.removeEventListener('abort', abort),
  });
  try {
    await client.bind(user, password);
    await directory.readRootDse();
    return directory;
  } catch (error) {
    await directory.close();
    signal?.throwIfAborted();
    throw directoryError(url, error);
  }
}

/** The name that is asked for and checked is the URL's; an address has no name to ask for (RFC 6066 3). */
function tlsOptions(server: URL, mapped: HostAddress | null, ca: string | undefined): ConnectionOptions {
  const name = server.hostname.replace(/^\[(.*)\]$/, '$1');
  return {
    host: mapped?.address ?? name,
    port: mapped?.port ?? Number(server.port || 636),
    ca,
    minVersion: 'TLSv1.2',
    servername: isIP(name) ? '' : name,
    checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate),
  };
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== 'ldaps:' || url.hostname === '' || url.username !== '' || url.password !== '') {
    const message = `directory.urls: "${hideUserInfo(text)}" is not of the form ldaps://dc1.contoso.com:636`;
    throw new DmsaError('PLAN_INVALID', 'directory.urls', message);
  }
  return url;
}

function hideUserInfo(url: string): string {
  return url.replace(/\/\/.*@/, '//…@');
}

async function readLogin({ user, password, caFile }: DirectorySettings): Promise<Login> {
  const secret = await readSecret(password);
  if (secret === '') {
    // A simple bind without a password is anonymous, and succeeds (RFC 4513 5.1.2).
    throw new DmsaError('PLAN_INVALID', 'directory.password', 'directory.password: the password is empty');
  }
  try {
    return { user, password: secret, ca: caFile === null ? undefined : await readFile(caFile, 'utf8') };
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? ` (${cause.code})` : '';
    const message = `directory.ca-file: ${caFile} cannot be read${reason}`;
    throw new DmsaError('PLAN_INVALID', 'directory.ca-file', message, { cause });
  }
}

function allFailed(failures: DmsaError[]): DmsaError {
  const last = failures.at(-1);
  if (!last) return new DmsaError('PLAN_INVALID', 'directory.urls', 'directory.urls: no URL is given');
  const subject = failures.map((failure) => failure.subject).join(', ');
  return new DmsaError(last.code, subject, failures.map((failure) => failure.message).join('; '), {
    cause: last,
  });
}
