import type { ClientChannel } from 'ssh2';

import type { HostAddress, SshSettings } from '../../config/settings.ts';
import { DmsaError } from '../../domain/errors/errors.ts';
import { formatDuration } from '../../domain/values/duration.ts';
import { readCredential } from '../credential.ts';
import type { ClosableTransport } from '../transport.ts';
import { commandLine } from '../wire/bootstrap.ts';
import { prepareRequest } from '../wire/envelope.ts';
import { readOutput } from '../wire/output.ts';
import { neverStarted } from './never-started.ts';
import { sessionSlots } from './session-slots.ts';
import type { SshConnection } from './ssh-connection.ts';
import { sshConnector } from './ssh-connector.ts';
import { sshPool } from './ssh-pool.ts';
import { runCommand, startCommand } from './ssh-session.ts';

export interface SshTransportOptions {
  /** Most connections that may be open at once; further runs wait for one to end, on nobody's time-out. */
  maxSessions?: number;
  /** For connecting, the key exchange and the login together; HOST_UNREACHABLE when it has elapsed. */
  connectTimeoutMs?: number;
  /** From the start of the command until PowerShell runs; TIMED_OUT when it has elapsed. */
  firstByteTimeoutMs?: number;
  /** Milliseconds for which a connection is kept for the next run to its host. */
  idleMs?: number;
}

/** After this, a connection that is in steady use is made anew, with keys, passwords and host keys as they are then. */
const oldestMs = 5 * 60_000;

/**
 * Runs operations over OpenSSH: one command for each run, in a connection that a run in order leaves to the next one
 * to the same host. A host's address and port come from `hosts`, else its name and port 22; its key is checked under
 * its name alone. Files and secrets are read for each new connection, so that a rotated key needs no restart. Also
 * throws the codes of settings where one of them cannot be read, and POWERSHELL_MISSING.
 */
export function sshTransport(
  settings: SshSettings,
  hosts: Record<string, HostAddress>,
  {
    maxSessions = 16,
    connectTimeoutMs = 10_000,
    firstByteTimeoutMs = 60_000,
    idleMs = 15_000,
  }: SshTransportOptions = {},
): ClosableTransport {
  const slots = sessionSlots(maxSessions);
  const connector = sshConnector(settings, hosts, { connectTimeoutMs, idleMs });
  const pool = sshPool({ limit: maxSessions, idleMs, oldestMs, connect: connector.connect });

  /** One that is kept may have died since: the host has to say that the command runs before anything is sent. */
  async function begin(host: string, signal: AbortSignal): Promise<[SshConnection, ClientChannel]> {
    const start = { timeoutMs: connectTimeoutMs, signal };
    const idle = pool.takeIdle(host);
    if (idle) {
      try {
        return [idle, await startCommand(idle, host, commandLine, start)];
      } catch {
        await pool.end(idle);
        signal.throwIfAborted();
      }
    }
    const fresh = await pool.takeNew(host, signal);
    try {
      return [fresh, await startCommand(fresh, host, commandLine, start)];
    } catch (error) {
      await pool.end(fresh);
      throw error;
    }
  }

  return {
    async run(host, operation, parameters, { timeoutMs, signal: given, notAfter }) {
      const giveBack = await slots.take(notAfter ?? given);
      const { signal, clear } = deadline(host, timeoutMs, given);
      try {
        signal.throwIfAborted();
        const credential = await readCredential(settings, operation);
        const request = prepareRequest(operation, parameters, credential);
        notAfter?.throwIfAborted();
        const [connection, channel] = await begin(host, signal);
        let inOrder = false;
        try {
          notAfter?.throwIfAborted();
          const sent = { host, input: request.input, firstByteTimeoutMs, signal };
          const output = await runCommand(connection, channel, sent);
          inOrder = true;
          return readOutput(host, request, output, credential, neverStarted);
        } finally {
          await (inOrder ? pool.keep(host, connection) : pool.end(connection));
        }
      } finally {
        clear();
        giveBack();
      }
    },
    async close() {
      await pool.close();
      await connector.close();
    },
  };
}

/** One signal for both: the caller's own, and the time that the whole run may take. */
function deadline(host: string, timeoutMs: number, given?: AbortSignal) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(timedOut(host, timeoutMs)), timeoutMs);
  const abort = () => controller.abort(given!.reason);
  if (given?.aborted) abort();
  given?.addEventListener('abort', abort, { once: true });
  return {
    signal: controller.signal,
    clear() {
      clearTimeout(timer);
      given?.removeEventListener('abort', abort);
    },
  };
}

function timedOut(host: string, timeoutMs: number): DmsaError {
  return new DmsaError('TIMED_OUT', host, `${host} did not answer within ${formatDuration(timeoutMs)}`);
}
