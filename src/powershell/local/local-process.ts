import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { DmsaError } from '../../domain/errors/errors.ts';
import { formatDuration } from '../../domain/values/duration.ts';
import { answerLimit, endMarker } from '../wire/envelope.ts';
import { firstLine, type ProgramOutput } from '../wire/output.ts';

export interface BrokerQuestion {
  /** For messages, and the subject of errors. */
  host: string;
  /** ASCII lines. */
  input: string;
  /** Which answer ends the wait. */
  nonce: string;
  timeoutMs: number;
  signal?: AbortSignal;
}

/** A program that answers one question after the other, on its standard input and output. */
export interface LocalProcess {
  readonly alive: boolean;
  /**
   * Settles when the answer is whole, or when the program has ended. Throws DmsaError: TIMED_OUT, ANSWER_INVALID for
   * more than the limit, SESSION_LOST for a program that failed before its answer was whole, PROGRAM_NOT_STARTED for
   * one that cannot be started, or the reason of the signal. After an error the program is of no use: end it.
   */
  ask(question: BrokerQuestion): Promise<ProgramOutput>;
  /** An idle program does not keep this one alive. */
  idle(): void;
  /** Asks it to end, by the end of its standard input; ends it with all its children where it does not. */
  end(): Promise<void>;
}

const stderrLimit = 64 * 1024;

/**
 * On Windows a killed process leaves its children running, so `taskkill /T` ends the tree; elsewhere the program has
 * a process group of its own. Should this program be killed, its end of the pipe closes, which the other side sees.
 */
export function startLocalProcess(
  program: string,
  args: readonly string[],
  { env = process.env, graceMs = 5_000 }: { env?: NodeJS.ProcessEnv; graceMs?: number } = {},
): LocalProcess {
  const child = spawn(program, [...args], {
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
    detached: process.platform !== 'win32',
  });
  const over = Promise.withResolvers<Ending>();
  child.once('error', (cause) => over.resolve({ exitCode: null, cause }));
  child.once('close', (exitCode, killedBy) => over.resolve({ exitCode, killedBy }));
  let alive = true;
  // A child of the program may outlive it, and holds its pipes open: they are not waited for.
  child.once('exit', () => {
    alive = false;
    const letGo = setTimeout(() => {
      child.stdout.destroy();
      child.stderr.destroy();
    }, graceMs);
    child.once('close', () => clearTimeout(letGo));
  });
  child.once('error', () => {
    alive = false;
  });
  // A program that ends before it has read everything breaks the pipe; its end then says why.
  child.stdin.on('error', () => undefined);
  const stdout = child.stdout.setEncoding('latin1');
  const stderr = child.stderr.setEncoding('utf8');
  stdout.on('data', () => undefined);
  stderr.on('data', () => undefined);

  return {
    get alive() {
      return alive;
    },
    async ask({ host, input, nonce, timeoutMs, signal }) {
      signal?.throwIfAborted();
      setHold(child, true);
      const stopped = Promise.withResolvers<never>();
      const abort = () => stopped.reject(signal!.reason);
      signal?.addEventListener('abort', abort, { once: true });
      const timer = setTimeout(() => stopped.reject(timedOut(host, timeoutMs)), timeoutMs);
      const reading = readAnswer(stdout, host, nonce);
      const errors = readFirst(stderr);
      try {
        child.stdin.write(input);
        const ending = await Promise.race([reading.whole, over.promise, stopped.promise]);
        const printed = { stdout: reading.text(), stderr: errors.text() };
        if (ending === 'whole') return { ...printed, exitCode: null };
        if (ending.cause) throw notStarted(program, ending.cause);
        // It ended in order, so it has said what it had to say.
        if (ending.exitCode === 0 || reading.isWhole()) return { ...printed, exitCode: ending.exitCode };
        throw lost(host, ending, printed.stderr);
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        reading.stop();
        errors.stop();
      }
    },
    idle: () => setHold(child, false),
    async end() {
      setHold(child, true);
      child.stdin.end();
      const killer = setTimeout(() => killTree(child), graceMs);
      await over.promise;
      clearTimeout(killer);
    },
  };
}

interface Ending {
  exitCode: number | null;
  killedBy?: NodeJS.Signals | null;
  cause?: Error;
}

/** Only its last characters are looked at, so that a long answer is not searched again for each piece. */
function readAnswer(stdout: Readable, host: string, nonce: string) {
  const whole = Promise.withResolvers<'whole'>();
  const marker = `${endMarker} ${nonce}`;
  const pieces: string[] = [];
  let length = 0;
  let tail = '';
  let isWhole = false;
  const add = (piece: string) => {
    length += piece.length;
    if (length > answerLimit) {
      stop();
      whole.reject(tooLong(host));
      return;
    }
    pieces.push(piece);
    tail += piece;
    const at = tail.indexOf(marker);
    if (at >= 0 && tail.indexOf('\n', at + marker.length) >= 0) {
      isWhole = true;
      whole.resolve('whole');
    }
    tail = at >= 0 ? tail.slice(at) : tail.slice(-marker.length);
  };
  const stop = () => stdout.off('data', add);
  stdout.on('data', add);
  // Where nobody waits any more.
  whole.promise.catch(() => undefined);
  return { whole: whole.promise, isWhole: () => isWhole, text: () => pieces.join(''), stop };
}

function readFirst(stderr: Readable) {
  let text = '';
  const add = (piece: string) => {
    if (text.length < stderrLimit) text += piece.slice(0, stderrLimit - text.length);
  };
  stderr.on('data', add);
  return { text: () => text, stop: () => stderr.off('data', add) };
}

function setHold(child: ChildProcessByStdio<Writable, Readable, Readable>, hold: boolean): void {
  const act = hold ? 'ref' : 'unref';
  child[act]();
  // Pipes to a child are sockets, which the types of Node do not say.
  for (const pipe of [child.stdin, child.stdout, child.stderr]) (pipe as unknown as Socket)[act]();
}

function killTree(child: ChildProcess): void {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    const kill = spawn('taskkill', ['/PID', String(child.pid), '/T', '/F'], { stdio: 'ignore' });
    kill.once('error', () => child.kill('SIGKILL'));
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

function timedOut(host: string, timeoutMs: number): DmsaError {
  return new DmsaError('TIMED_OUT', host, `${host} did not answer within ${formatDuration(timeoutMs)}`);
}

function tooLong(host: string): DmsaError {
  return new DmsaError('ANSWER_INVALID', host, `the answer of ${host} is longer than ${answerLimit} octets`);
}

function notStarted(program: string, cause: Error): DmsaError {
  const code = 'code' in cause ? ` (${cause.code})` : '';
  return new DmsaError('PROGRAM_NOT_STARTED', 'powershell.program', `${program} cannot be started${code}`, {
    cause,
  });
}

function lost(host: string, { exitCode, killedBy }: Ending, stderr: string): DmsaError {
  const how = killedBy ? `killed by ${killedBy}` : `exit code ${exitCode}`;
  const line = firstLine(stderr);
  const shown = line ? `, standard error "${line}"` : '';
  return new DmsaError(
    'SESSION_LOST',
    host,
    `the program for ${host} ended before its answer was whole: ${how}${shown}`,
  );
}
