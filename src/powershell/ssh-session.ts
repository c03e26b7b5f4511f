import { connect, type Socket } from 'node:net';
import {
  type Algorithms,
  Client,
  type ClientChannel,
  type ParsedKey,
  type PublicKeyAuthMethod,
  type ServerHostKeyAlgorithm,
} from 'ssh2';

import { formatDuration } from '../domain/duration.ts';
import { DmsaError } from '../domain/errors.ts';
import { answerLimit } from './envelope.ts';
import { checkHostKey, type KnownHost, knownKeyTypes } from './known-hosts.ts';
import { type Progress, sessionError } from './ssh-errors.ts';

export interface SessionRequest {
  /** The host's name: what its key is looked up under, whatever the address (ssh_config(5), HostKeyAlias). */
  host: string;
  address: string;
  port: number;
  user: string;
  key: ParsedKey;
  knownHosts: KnownHost[];
  command: string;
  /** All of standard input. */
  input: string;
  /** For connecting, the key exchange and the login together. */
  connectTimeoutMs: number;
  /** For the whole session. */
  timeoutMs: number;
  signal?: AbortSignal;
}

export interface SessionOutput {
  stdout: string;
  /** The first 64 KiB. */
  stderr: string;
  exitCode: number;
}

const stderrLimit = 64 * 1024;
/** A host that answers none of three probes is gone: seen after a minute, where TCP alone takes hours. */
const keepaliveMs = 15_000;

/**
 * Runs one command in one connection of its own, and settles when that connection is closed. Only what a session
 * that ended in order has printed is returned; a session cut off, killed or without an exit code is SESSION_LOST.
 * Throws DmsaError: HOST_UNREACHABLE, HOST_KEY_MISMATCH, LOGIN_REFUSED, SESSION_LOST, TIMED_OUT, ANSWER_INVALID.
 */
export async function runSession(request: SessionRequest): Promise<SessionOutput> {
  const { host, timeoutMs, signal } = request;
  signal?.throwIfAborted();
  const stopped = Promise.withResolvers<never>();
  const abort = () => stopped.reject(signal!.reason);
  const timer = setTimeout(() => stopped.reject(timedOut(host, timeoutMs)), timeoutMs);
  signal?.addEventListener('abort', abort, { once: true });

  const socket = connect({ host: request.address, port: request.port, noDelay: true });
  const closed = new Promise((resolve) => socket.once('close', resolve));
  const client = new Client();
  try {
    return await Promise.race([converse(client, socket, request), stopped.promise]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
    client.end();
    socket.destroy();
    await closed;
  }
}

function converse(client: Client, socket: Socket, request: SessionRequest): Promise<SessionOutput> {
  return new Promise((resolve, reject) => {
    const progress: Progress = { stage: 'connect', presented: null, verdict: null };
    // Errors after the first are echoes of it, and these listeners stay so that none of them is left unhandled.
    const fail = (cause?: Error) => reject(sessionError(request, progress, cause));
    client.on('error', fail);
    client.on('close', () => fail());
    client.on('handshake', () => {
      progress.stage = 'login';
    });
    client.on('ready', () => {
      progress.stage = 'session';
      client.exec(request.command, (error, channel) => {
        if (error) return fail(error);
        collect(channel, request.host, resolve, reject, fail);
        channel.end(request.input);
      });
    });
    const login: PublicKeyAuthMethod = { type: 'publickey', username: request.user, key: request.key };
    client.connect({
      sock: socket,
      username: request.user,
      authHandler: [login],
      algorithms: algorithms(request),
      hostVerifier: (presented: Buffer) => {
        progress.presented = presented;
        progress.verdict = checkHostKey(request.knownHosts, request.host, 22, presented);
        return progress.verdict === 'known';
      },
      readyTimeout: request.connectTimeoutMs,
      keepaliveInterval: keepaliveMs,
    });
  });
}

function collect(
  channel: ClientChannel,
  host: string,
  resolve: (output: SessionOutput) => void,
  reject: (reason: DmsaError) => void,
  fail: (cause: Error) => void,
): void {
  const stdout = keep(answerLimit);
  const stderr = keep(stderrLimit);
  channel.on('data', (chunk: Buffer) => {
    if (!stdout.add(chunk)) reject(tooLong(host));
  });
  channel.stderr.on('data', stderr.add);
  channel.on('error', fail);
  channel.on('close', (exitCode?: number | null, killedBy?: string) => {
    if (typeof exitCode === 'number') resolve({ stdout: stdout.text(), stderr: stderr.text(), exitCode });
    else fail(new Error(killedBy ? `the command was killed (${killedBy})` : 'the command has no exit code'));
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

/** Asks first for the kinds of key that known_hosts has, as OpenSSH does: a host presents one key of several. */
function algorithms(request: SessionRequest): Algorithms {
  const known = knownKeyTypes(request.knownHosts, request.host, 22).flatMap((type) =>
    type === 'ssh-rsa' ? rsa : (hostKeyAlgorithms.find((each) => each === type) ?? []),
  );
  return { serverHostKey: [...new Set([...known, ...hostKeyAlgorithms])] };
}

/** RSA signatures with SHA-2 alone (RFC 8332). */
const rsa: ServerHostKeyAlgorithm[] = ['rsa-sha2-512', 'rsa-sha2-256'];
const hostKeyAlgorithms: ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  ...rsa,
];

function timedOut(host: string, timeoutMs: number): DmsaError {
  return new DmsaError('TIMED_OUT', host, `${host} did not answer within ${formatDuration(timeoutMs)}`);
}

function tooLong(host: string): DmsaError {
  return new DmsaError('ANSWER_INVALID', host, `the answer of ${host} is longer than ${answerLimit} octets`);
}
