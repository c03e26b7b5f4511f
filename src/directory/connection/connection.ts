import type { TLSSocket } from 'node:tls';
import { Client, ResultCodeError } from 'ldapts';
import type { DirectorySettings, HostAddress } from '../../config/settings.ts';
import { DmsaError } from '../../domain/errors/errors.ts';
import type { ConnectDirectory } from '../directory.ts';
import { guardLdap } from '../ldap/ber-guard.ts';
import { LdapDirectory } from '../ldap/ldap-directory.ts';
import { directoryError } from '../ldap/ldap-errors.ts';
import { FailoverDirectory } from './failover.ts';
import { bind, type DirectoryLogin, isCertificate, readAuthorities, readLogin } from './login.ts';
import { inOrder, type Server, serversOf } from './servers.ts';
import { type ConnectTimes, openSecureSocket } from './tls.ts';

export interface ConnectionLimits extends ConnectTimes {
  /** For the bind, and for every request that comes after it. */
  operationTimeoutMs: number;
}

export const connectionLimits: ConnectionLimits = {
  connectTimeoutMs: 10_000,
  handshakeTimeoutMs: 10_000,
  operationTimeoutMs: 30_000,
};

interface Way {
  login: DirectoryLogin;
  authorities: string | undefined;
  limits: ConnectionLimits;
  signal: AbortSignal | undefined;
}

/**
 * Connects to the first domain controller that answers, by LDAPS or StartTLS; FailoverDirectory says what happens when
 * one fails, before and after it has answered. The certificate must name the host of the URL even where `hosts` has
 * another address and port for that name. A DC is found by `prefer` and `only` under the host of its URL; where that is
 * an alias, under its own name too once it has answered to this function's caller.
 * Throws the codes of settings that cannot be used, and what ConnectDirectory throws. Aborting the signal closes
 * the connection; what was under way rejects with the signal's reason. Secrets are read anew for each call.
 */
export function connectDirectory(
  settings: DirectorySettings,
  hosts: Record<string, HostAddress>,
  changed: Partial<ConnectionLimits> = {},
): ConnectDirectory {
  const limits = { ...connectionLimits, ...changed };
  /** Which DC each URL led to last. */
  const answered = new Map<string, string>();
  return async ({ signal, prefer, only } = {}) => {
    const servers = inOrder(serversOf(settings, hosts), { prefer, only }, answered);
    const [login, authorities] = await Promise.all([readLogin(settings), readAuthorities(settings)]);
    const way: Way = { login, authorities, limits, signal };
    return await FailoverDirectory.connect(servers, signal, async (server) => {
      const directory = await open(server, way);
      const { dc } = directory.rootDse();
      answered.set(server.url, dc);
      if (only === undefined || [server.name, dc].includes(only.toLowerCase())) return directory;
      // An alias that led to this DC before, and leads to another now.
      await directory.close();
      const message = `${server.url}: ${dc} answers, not ${only}`;
      throw new DmsaError('DIRECTORY_UNREACHABLE', server.url, message);
    });
  };
}

/** Binds, and reads the names of the naming contexts. Throws what the socket's opening throws, and BIND_REFUSED. */
async function open(server: Server, { login, authorities, limits, signal }: Way): Promise<LdapDirectory> {
  const { url } = server;
  const certificate = isCertificate(login) ? login : null;
  let socket: TLSSocket;
  try {
    socket = await openSecureSocket(server, { authorities, certificate }, limits, signal);
  } catch (error) {
    signal?.throwIfAborted();
    throw handshakeError(url, error, certificate !== null);
  }
  const abort = () => socket.destroy();
  signal?.addEventListener('abort', abort, { once: true });
  const guard = guardLdap(socket, url);
  const client = clientOn(guard.socket, limits);
  const release = () => signal?.removeEventListener('abort', abort);
  const directory = new LdapDirectory({ client, guard, server: url, signal: signal ?? null, release });
  try {
    signal?.throwIfAborted();
    await bind(client, login, server);
    await directory.readRootDse();
    return directory;
  } catch (error) {
    await directory.close();
    signal?.throwIfAborted();
    // With TLS 1.3 a client's certificate is refused after the handshake; then it is the socket that knows why.
    const isAnswer = error instanceof ResultCodeError;
    throw handshakeError(
      url,
      isAnswer ? error : (guard.failure ?? socket.errored ?? error),
      certificate !== null,
    );
  }
}

/** ldapts would make a second connection by itself, and not bind on it: there is one socket, once. */
function clientOn(socket: TLSSocket, { operationTimeoutMs }: ConnectionLimits): Client {
  const sockets = [socket];
  return new Client({
    url: 'ldaps://connected',
    timeout: operationTimeoutMs,
    createSecureConnection: () => {
      const next = sockets.pop();
      if (!next || next.destroyed) throw new Error('the connection was lost');
      return next;
    },
  });
}

/** TLS alerts of RFC 8446 6.2 that are about the certificate that the client has shown. */
const refusedCertificate =
  /ALERT_(NO_|BAD_|UNSUPPORTED_)?CERTIFICATE|ALERT_UNKNOWN_CA|ALERT_ACCESS_DENIED|ALERT_DECRYPT_ERROR/;

function handshakeError(url: string, error: unknown, hasCertificate: boolean): DmsaError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!hasCertificate || !refusedCertificate.test(code)) return directoryError(url, error);
  const message = `${url}: the domain controller refused the client certificate (${code})`;
  return new DmsaError('BIND_REFUSED', url, message, { cause: error });
}
