import type { ClientChannel } from 'ssh2';
import { DmsaError } from '../../domain/errors/errors.ts';
import { formatDuration } from '../../domain/values/duration.ts';
import { answerLimit } from '../wire/envelope.ts';
import type { ProgramOutput } from '../wire/output.ts';
import type { SshConnection } from './ssh-connection.ts';
import { sessionLost } from './ssh-errors.ts';

export interface SessionRequest {
  host: string;
  /** All of standard input. */
  input: string;
  /** From the command's start to the first octet of its standard output. */
  firstByteTimeoutMs: number;
  signal: AbortSignal;
}

const stderrLimit = 64 * 1024;

/**
 * Starts a command on a connection; the host has said that it runs when this returns, and nothing has been sent to
 * it yet. Throws DmsaError SESSION_LOST where it does not say so in `timeoutMs`; the signal's reason when it aborts.
 */
export function startCommand(
  { client, onClose, failure }: SshConnection,
  host: string,
  command: string,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<ClientChannel> {
  return new Promise<ClientChannel>((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const settle = (end: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      forget();
      end();
    };
    const fail = (cause?: Error) => settle(() => reject(sessionLost(host, cause)));
    const abort = () => settle(() => reject(signal.reason));
    const late = () => fail(new Error(`the command did not start within ${formatDuration(timeoutMs)}`));
    const timer = setTimeout(late, timeoutMs);
    signal.addEventListener('abort', abort, { once: true });
    let forget = (): unknown => undefined;
    forget = onClose(() => fail(failure()));
    try {
      client.exec(command, (error, channel) => (error ? fail(error) : settle(() => resolve(channel))));
    } catch (cause) {
      fail(cause as Error);
    }
  });
}

/**
 * Sends the input and collects the output until the command has ended. Only what a command that ended in order has
 * printed is returned; one cut off, killed or without an exit code is SESSION_LOST. When this throws, the command is
 * asked to stop and the connection is to be closed: nobody reads what it still prints.
 * Throws DmsaError SESSION_LOST, TIMED_OUT, ANSWER_INVALID; the signal's reason when it aborts.
 */
export async function runCommand(
  connection: SshConnection,
  channel: ClientChannel,
  request: SessionRequest,
): Promise<ProgramOutput> {
  const { host, signal, firstByteTimeoutMs } = request;
  const stopped = Promise.withResolvers<never>();
  const abort = () => stopped.reject(signal.reason);
  const timer = setTimeout(() => stopped.reject(silent(host, firstByteTimeoutMs)), firstByteTimeoutMs);
  channel.once('data', () => clearTimeout(timer));
  signal.addEventListener('abort', abort, { once: true });
  try {
    signal.throwIfAborted();
    const forget = connection.onClose(() => stopped.reject(sessionLost(host, connection.failure())));
    const output = collect(channel, host);
    channel.end(request.input);
    return await Promise.race([output, stopped.promise]).finally(forget);
  } catch (error) {
    stop(connection, channel);
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

/**
 * The end of a connection alone ends no command: on Linux and on Windows (PowerShell/Win32-OpenSSH#1751) it runs on.
 * OpenSSH passes a signal on to it (RFC 4254, 6.9; measured with Debian's 9.2, for every login but root's; not known of
 * Windows'). ssh2's own
 * `channel.signal` says nothing once the input has ended.
 */
function stop({ client, isOpen }: SshConnection, channel: ClientChannel): void {
  const { _protocol: protocol } = client as unknown as {
    _protocol?: { signal(id: number, name: string): void };
  };
  const { id } = channel.outgoing as { id: number };
  if (isOpen()) protocol?.signal(id, 'TERM');
}

function collect(channel: ClientChannel, host: string): Promise<ProgramOutput> {
  return new Promise((resolve, reject) => {
    const stdout = keep(answerLimit);
    const stderr = keep(stderrLimit);
    channel.on('data', (chunk: Buffer) => {
      if (!stdout.add(chunk)) reject(tooLong(host));
    });
    channel.stderr.on('data', stderr.add);
    channel.on('error', (cause: Error) => reject(sessionLost(host, cause)));
    channel.on('close', (exitCode?: number | null, killedBy?: string) => {
      if (typeof exitCode === 'number') resolve({ stdout: stdout.text(), stderr: stderr.text(), exitCode });
      else if (killedBy) reject(sessionLost(host, new Error(`the command was killed (${killedBy})`)));
      else reject(sessionLost(host, new Error('the command has no exit code')));
    });
  });
}

/** Keeps the first `limit` octets; `add` is false for what goes beyond, which is not kept. */
function keep(limit: number) {
  const chunks: Buffer[] = [];
  let size = 0;
  return {
    add(chunk: Buffer): boolean {
      if (size < limit) chunks.push(chunk.subarray(0, limit - size));
      size += chunk.length;
      return size <= limit;
    },
    text: () => Buffer.concat(chunks).toString('utf8'),
  };
}

function silent(host: string, timeoutMs: number): DmsaError {
  const message = `${host} started the command, which printed nothing within ${formatDuration(timeoutMs)}`;
  return new DmsaError('TIMED_OUT', host, message);
}

function tooLong(host: string): DmsaError {
  return new DmsaError('ANSWER_INVALID', host, `the answer of ${host} is longer than ${answerLimit} octets`);
}
