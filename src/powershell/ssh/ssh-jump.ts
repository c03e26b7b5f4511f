import type { Duplex } from 'node:stream';

import { DmsaError } from '../../domain/errors/errors.ts';
import type { SshConnection } from './ssh-connection.ts';
import { describe } from './ssh-errors.ts';

export interface JumpHost {
  /** A channel to a host's SSH port, as the jump host reaches it. */
  open(host: string, address: string, port: number, signal: AbortSignal): Promise<Duplex>;
  close(): Promise<void>;
}

/**
 * One connection to the jump host for all sessions through it, made when it is first needed, made again when it was
 * lost, closed when nobody has used it for a while. `direct-tcpip` channels (RFC 4254, 7.2), which sshd does not count
 * against `MaxSessions`.
 *
 * `open` throws what `connect` throws, with the jump host as its subject; HOST_UNREACHABLE where the jump host does
 * not get through to the host, or may not forward.
 */
export function jumpHost(name: string, idleMs: number, connect: () => Promise<SshConnection>): JumpHost {
  let current: Promise<SshConnection> | null = null;
  let channels = 0;
  let timer: NodeJS.Timeout | undefined;

  /** Runs that come while the connection is being made wait for it; a failure is everybody's, and forgotten. */
  function connection(): Promise<SshConnection> {
    if (current) return current;
    const made = connect();
    current = made;
    const forget = () => {
      if (current === made) current = null;
    };
    made.then((each) => each.onClose(forget), forget);
    return made;
  }

  async function close(): Promise<void> {
    clearTimeout(timer);
    const last = current;
    current = null;
    await last?.then(
      (each) => each.close(),
      () => undefined,
    );
  }

  function released(): void {
    channels -= 1;
    if (channels === 0) timer = setTimeout(() => void close(), idleMs).unref();
  }

  return {
    async open(host, address, port, signal) {
      clearTimeout(timer);
      channels += 1;
      try {
        const channel = await unlessAborted(signal, connection(), (each) =>
          forward(each, name, host, address, port),
        );
        channel.once('close', released);
        return channel;
      } catch (error) {
        released();
        throw error;
      }
    },
    close,
  };
}

/** A channel that is opened for somebody who has left is closed again. */
async function unlessAborted(
  signal: AbortSignal,
  connection: Promise<SshConnection>,
  open: (connection: SshConnection) => Promise<Duplex>,
): Promise<Duplex> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  const opening = connection.then((each) => {
    signal.throwIfAborted();
    return open(each);
  });
  opening.then(
    (channel) => signal.aborted && channel.destroy(),
    () => undefined,
  );
  try {
    return await Promise.race([opening, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function forward(
  { client, onClose, failure }: SshConnection,
  jump: string,
  host: string,
  address: string,
  port: number,
): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const fail = (cause?: Error) => {
      forget();
      reject(notForwarded(jump, host, `${address} port ${port}`, cause));
    };
    let forget = (): unknown => undefined;
    forget = onClose(() => fail(failure()));
    try {
      client.forwardOut('127.0.0.1', 0, address, port, (error, channel) => {
        if (error) return fail(error);
        forget();
        // Where the jump host goes, so does what it carries, without another word.
        channel.on('error', () => undefined);
        resolve(channel);
      });
    } catch (cause) {
      fail(cause as Error);
    }
  });
}

/** SSH_OPEN_ADMINISTRATIVELY_PROHIBITED (RFC 4254, 5.1): `AllowTcpForwarding no` and the like. */
const prohibited = 1;

function notForwarded(jump: string, host: string, where: string, cause?: Error): DmsaError {
  if (cause && 'reason' in cause && cause.reason === prohibited)
    return new DmsaError(
      'HOST_UNREACHABLE',
      jump,
      `the jump host ${jump} may not forward to ${host} at ${where}`,
      {
        cause,
      },
    );
  const message = `no SSH connection to ${host} at ${where} through the jump host ${jump}: ${describe(cause)}`;
  return new DmsaError('HOST_UNREACHABLE', host, message, { cause });
}
