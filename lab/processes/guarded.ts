import { type ChildProcess, spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';

/** A server that this program started, and that never outlives it. */
export interface GuardedProcess {
  readonly pid: number;
  /** Never rejects. */
  readonly exited: Promise<Exit>;
  /** Every line it prints, standard output and standard error alike. */
  onLine(listener: (line: string) => void): void;
  /** Ends it and all its children, then removes `folder`. May be called twice. */
  stop(): Promise<void>;
}

export interface Exit {
  /** Null where a signal ended it or where it could not be started. */
  code: number | null;
  /** One line, with the last of what it printed. */
  message: string;
}

export interface GuardedOptions {
  env?: NodeJS.ProcessEnv;
  /** Working folder. */
  cwd?: string;
  /** A temporary folder that goes with the process. */
  folder?: string;
  /** It has something to save: it is asked to end and given 5 s. What is thrown away with it ends at once. */
  graceful?: boolean;
}

/**
 * The guard is a shell that waits for the end of file descriptor 3, which the kernel closes however this program ends,
 * a SIGKILL included; it then ends the group and removes the folder. A line there sends it home. It is not standard
 * input, as Node closes that before it tells of the process's end.
 */
const guard = `
(
  read -r line <&3 && exit
  trap '' TERM
  kill -TERM -$$
  i=0
  while [ $i -lt $GUARDED_GRACE ] && kill -0 $$; do sleep 0.1; i=$((i+1)); done
  kill -KILL $$
  sleep 0.1
  [ -z "$GUARDED_FOLDER" ] || rm -rf -- "$GUARDED_FOLDER"
  kill -KILL -$$
) >/dev/null 2>&1 &
exec "$0" "$@" 3<&-
`;

const keptLines = 20;
const graceMs = 5_000;

/**
 * Starts a program in a process group of its own, so that Ctrl-C in the terminal reaches this program alone, which
 * can then end in order. Where it cannot be started, `exited` says so.
 */
export function startGuarded(program: string, args: string[], options: GuardedOptions = {}): GuardedProcess {
  const posix = process.platform !== 'win32';
  const grace = options.graceful ? graceMs : 0;
  const child = spawn(posix ? '/bin/sh' : program, posix ? ['-c', guard, program, ...args] : args, {
    cwd: options.cwd,
    env: {
      ...(options.env ?? process.env),
      GUARDED_FOLDER: options.folder ?? '',
      GUARDED_GRACE: `${grace / 100}`,
    },
    stdio: ['ignore', 'pipe', 'pipe', posix ? 'pipe' : 'ignore'],
    detached: posix,
    windowsHide: true,
  });
  const guardPipe = child.stdio[3] as Writable | null;
  guardPipe?.on('error', () => undefined);
  child.once('exit', () => guardPipe?.end('\n', () => guardPipe.destroy()));
  const lines = readLines(child);
  const exited = whenExited(child, program, lines.last);
  // Windows has no shell to guard with; there the process ends with ours on every exit but a hard kill.
  const endWithUs = () => child.kill('SIGKILL');
  if (!posix) process.once('exit', endWithUs);

  const stop = async () => {
    const timer = setTimeout(() => kill(child, 'SIGKILL', posix), grace);
    if (options.graceful) kill(child, 'SIGTERM', posix);
    await exited;
    clearTimeout(timer);
    process.off('exit', endWithUs);
    if (options.folder) await rm(options.folder, { recursive: true, force: true, maxRetries: 3 });
  };
  return { pid: child.pid ?? 0, exited, onLine: lines.on, stop };
}

function readLines(child: ChildProcess) {
  const last: string[] = [];
  const listeners: ((line: string) => void)[] = [];
  for (const input of [child.stdout!, child.stderr!]) {
    createInterface({ input }).on('line', (line) => {
      if (line.trim()) last.push(line.trim());
      if (last.length > keptLines) last.shift();
      for (const listener of listeners) listener(line);
    });
  }
  return { last, on: (listener: (line: string) => void) => void listeners.push(listener) };
}

function whenExited(child: ChildProcess, program: string, last: string[]): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('error', (error) =>
      resolve({ code: null, message: `${program} could not be started: ${error.message}` }),
    );
    // 'close', not 'exit': by then everything it printed has been read.
    child.once('close', (code, signal) => {
      const how = signal ? `was ended by ${signal}` : `ended with exit code ${code}`;
      resolve({ code, message: [`${program} ${how}`, ...last.slice(-3)].join(': ') });
    });
  });
}

function kill(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL', group: boolean): void {
  // Once it has ended, its number may be another's.
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(group ? -child.pid : child.pid, signal);
  } catch {
    // It ended meanwhile.
  }
}
