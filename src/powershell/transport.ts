import type { OperationName, Parameters, Result } from './wire/operations.ts';

/** Runs one operation on one host in a session of its own. The activities know nothing else of PowerShell. */
export interface Transport {
  /**
   * Sends the envelope, waits for the answer and checks it against the operation's schema.
   *
   * `host` is a DNS name; its address and port come from the settings. `timeoutMs` is for the whole session.
   * Throws DmsaError: HOST_UNREACHABLE, HOST_KEY_MISMATCH, HOST_KEY_UNKNOWN, LOGIN_REFUSED, SESSION_LOST, TIMED_OUT, ANSWER_INVALID,
   * POWERSHELL_MISSING, or the code that the script reported. Aborting `signal` closes the session, asks the host to
   * stop the command where it can, and rejects with its reason; the effect may have happened.
   */
  run<N extends OperationName>(
    host: string,
    operation: N,
    parameters: Parameters<N>,
    options: RunOptions,
  ): Promise<Result<N>>;
}

/** A transport that keeps sessions or connections for a while, and its owner. */
export interface ClosableTransport extends Transport {
  /** Ends what is kept. A run that is under way goes on, and leaves nothing behind. */
  close(): Promise<void>;
}

export interface RunOptions {
  timeoutMs: number;
  signal?: AbortSignal;
  /** Aborting it keeps a session from beginning, and leaves one that has begun alone: an effect is never cut off. */
  notAfter?: AbortSignal;
}
