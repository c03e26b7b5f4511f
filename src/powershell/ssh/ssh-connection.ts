import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type AuthenticationType, Client } from 'ssh2';
import { formatDuration } from '../../domain/values/duration.ts';
import { type HostTrust, hostKeyAlgorithms, verdictOf } from './host-trust.ts';
import { connectError, type SshProgress, type SshTarget } from './ssh-errors.ts';
import type { SshLogin } from './ssh-login.ts';

export interface SshConnectOptions extends SshTarget {
  login: SshLogin;
  trust: HostTrust;
  /** Stream to speak over: a socket on its way to the address, or a channel of a jump host. Closed where this throws. */
  stream: Duplex;
  /** For connecting, the key exchange and the login together. */
  connectTimeoutMs: number;
  signal: AbortSignal;
}

/** A connection that is logged in. It ends by itself when the other side goes, or answers no keepalive. */
export interface SshConnection {
  readonly client: Client;
  isOpen(): boolean;
  /** Reason why it ended by itself; undefined where there is none. */
  failure(): Error | undefined;
  /** Calls back when it ends, or has ended; the answer takes the listener away. */
  onClose(listener: () => void): () => void;
  /** At once, whatever is under way; settles when it is closed. */
  close(): Promise<void>;
}

/** A host that answers none of three probes is gone: seen after a minute, where TCP alone takes hours. */
const keepaliveMs = 15_000;

/**
 * Logs in. Nothing is sent to a host whose key is not the right one, no user name and no password. Throws DmsaError
 * HOST_UNREACHABLE, HOST_KEY_MISMATCH, HOST_KEY_UNKNOWN, LOGIN_REFUSED; the signal's reason when it aborts.
 */
export async function openConnection(options: SshConnectOptions): Promise<SshConnection> {
  const { host, stream, trust, login, user, connectTimeoutMs, signal } = options;
  const client = new Client();
  const connection = connectionOf(client, stream);
  const progress: SshProgress = { stage: 'connect', presented: null, verdict: null, offered: null };
  const next = login(user);
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    signal.throwIfAborted();
    const ready = new Promise<void>((resolve, reject) => {
      const fail = (cause?: Error) =>
        reject(connectError(options, progress, untimely(cause, connectTimeoutMs)));
      // Errors after the first are echoes of it, and these listeners stay so that none of them is left unhandled.
      client.on('error', fail);
      client.on('close', () => fail());
      client.on('handshake', () => {
        progress.stage = 'login';
      });
      client.on('ready', resolve);
      client.connect({
        sock: stream as never,
        username: user,
        authHandler: ((left: AuthenticationType[] | null) => {
          if (left) progress.offered = left;
          return next(left);
        }) as never,
        algorithms: { serverHostKey: hostKeyAlgorithms(trust, host) },
        hostVerifier: (presented: Buffer) => {
          progress.presented = presented;
          progress.verdict = verdictOf(trust, host, presented);
          return progress.verdict === 'known';
        },
        readyTimeout: connectTimeoutMs,
        keepaliveInterval: keepaliveMs,
      });
    });
    await Promise.race([ready, aborted.promise]);
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function connectionOf(client: Client, stream: Duplex): SshConnection {
  let open = true;
  let failure: Error | undefined;
  const listeners = new Set<() => void>();
  client.on('error', (error) => {
    failure ??= error;
  });
  const closed = new Promise<void>((resolve) => {
    stream.once('close', () => {
      open = false;
      resolve();
      for (const listener of [...listeners]) listener();
    });
  });
  return {
    client,
    isOpen: () => open && stream.writable,
    failure: () => failure,
    onClose(listener) {
      if (open) listeners.add(listener);
      else listener();
      return () => listeners.delete(listener);
    },
    async close() {
      client.end();
      stream.destroy();
      // A channel is closed when the jump host says so, which may be gone.
      if (stream instanceof Socket) await closed;
    },
  };
}

function untimely(cause: Error | undefined, timeoutMs: number): Error | undefined {
  if (!cause || !('level' in cause) || cause.level !== 'client-timeout') return cause;
  return new Error(`no connection and login within ${formatDuration(timeoutMs)}`, { cause });
}
