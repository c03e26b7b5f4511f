import { connect, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, connect as connectTls, type TLSSocket } from 'node:tls';

import { DmsaError } from '../../domain/errors/errors.ts';
import type { ClientCertificate } from './login.ts';
import type { Server } from './servers.ts';
import { startTls } from './start-tls.ts';

/** Milliseconds for the two parts of a connection that come before its first LDAP operation. */
export interface ConnectTimes {
  /** For the TCP connection. */
  connectTimeoutMs: number;
  /** For the answer to StartTLS, and again for the TLS handshake. */
  handshakeTimeoutMs: number;
}

export interface Trust {
  /** PEM of the trusted CAs; undefined for those that Node.js trusts. */
  authorities: string | undefined;
  certificate: ClientCertificate | null;
}

/**
 * A connection that is encrypted, to a server whose certificate is verified and names the host of the URL, whatever
 * address it was reached by. Nothing is sent before that but the request for TLS itself. The caller ends it.
 * Throws DIRECTORY_TIMED_OUT, what startTls throws, the signal's reason, and the socket's own error.
 */
export async function openSecureSocket(
  server: Server,
  trust: Trust,
  times: ConnectTimes,
  signal: AbortSignal | undefined,
): Promise<TLSSocket> {
  const { url } = server;
  const plain = connect({ host: server.address, port: server.port, noDelay: true });
  const limited = <T>(what: string, limitMs: number, step: Promise<T>) =>
    within(plain, step, limitMs, signal, `${url}: ${what} within ${limitMs / 1_000} s`, url);
  try {
    await limited('no TCP connection', times.connectTimeoutMs, opened(plain, 'connect'));
    if (server.startTls)
      await limited('no answer to StartTLS', times.handshakeTimeoutMs, startTls(plain, url));
    const secure = connectTls({ ...tlsOptions(server, trust), socket: plain });
    await limited('no TLS handshake', times.handshakeTimeoutMs, opened(secure, 'secureConnect'));
    return secure;
  } catch (error) {
    plain.destroy();
    throw error;
  }
}

/** The name that is asked for and checked is the URL's; an address has no name to ask for (RFC 6066 3). */
function tlsOptions({ name }: Server, { authorities, certificate }: Trust): ConnectionOptions {
  return {
    ca: authorities,
    ...(certificate ?? {}),
    minVersion: 'TLSv1.2',
    servername: isIP(name) ? '' : name,
    checkServerIdentity: (_, shown) => checkServerIdentity(name, shown),
  };
}

function opened(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    const onOpen = () => settle(resolve);
    const onError = (error: Error) => settle(() => reject(error));
    const onClose = () => settle(() => reject(new Error('the connection was closed before it was secure')));
    const settle = (act: () => void) => {
      socket.off(event, onOpen).off('close', onClose);
      act();
    };
    // Its listener for errors stays: what comes after the first one has nobody else.
    socket.on(event, onOpen).on('error', onError).on('close', onClose);
  });
}

/** The step's outcome, unless its time is over or the signal is aborted first; then the connection is gone. */
async function within<T>(
  socket: Socket,
  step: Promise<T>,
  limitMs: number,
  signal: AbortSignal | undefined,
  message: string,
  url: string,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let abort: (() => void) | undefined;
  const given = new Promise<never>((_, reject) => {
    const end = (reason: unknown) => {
      reject(reason);
      socket.destroy();
    };
    timer = setTimeout(() => end(new DmsaError('DIRECTORY_TIMED_OUT', url, message)), limitMs);
    abort = () => end(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();
  });
  try {
    return await Promise.race([step, given]);
  } finally {
    clearTimeout(timer);
    if (abort) signal?.removeEventListener('abort', abort);
  }
}
