import { causeLine } from '../domain/errors/cause-line.ts';
import { DmsaError } from '../domain/errors/errors.ts';
import { temporalRefusal } from '../domain/errors/temporal-refusal.ts';
import { wordFailure } from '../wording/failure.ts';

/**
 * - `warn`: it works, and will not for long, or not in every case.
 * - `fail`: migrations cannot run like this.
 * - `unknown`: it was asked, and nobody may say.
 * - `not-checked`: something before it failed.
 */
export const verdicts = ['ok', 'warn', 'fail', 'unknown', 'not-checked'] as const;
export type CheckVerdict = (typeof verdicts)[number];

/** One thing that was looked at. */
export interface Check {
  name: string;
  verdict: CheckVerdict;
  /** What was seen; of `not-checked`, what kept it from being looked at. */
  seen: string;
  /** What to do about it; null where there is nothing to do. */
  fix: string | null;
}

export const ok = (name: string, seen: string): Check => ({ name, verdict: 'ok', seen, fix: null });
export const warn = (name: string, seen: string, fix: string): Check => ({
  name,
  verdict: 'warn',
  seen,
  fix,
});
export const fail = (name: string, seen: string, fix: string): Check => ({
  name,
  verdict: 'fail',
  seen,
  fix,
});
export const unknown = (name: string, seen: string, fix: string | null = null): Check => ({
  name,
  verdict: 'unknown',
  seen,
  fix,
});
export const notChecked = (name: string, because: string): Check => ({
  name,
  verdict: 'not-checked',
  seen: because,
  fix: null,
});

/** An error as the result of a check, with its code and its own fix. */
export function failed(name: string, error: unknown): Check {
  const told = temporalRefusal(name, error) ?? new DmsaError('UNEXPECTED', name, causeLine(error));
  return fail(name, wordFailure(told), told.fix);
}

/** What work is given: a signal that aborts when its time is over or the command is interrupted. */
export interface Limits {
  limitMs: number;
  signal: AbortSignal;
}

/**
 * The work's own answer, or what it threw as a failed check; after `limitMs` a failed check, whether the work heeds its
 * signal or not. Throws the reason of the caller's own signal.
 */
export async function within<T>(
  name: string,
  { limitMs, signal }: Limits,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | Check> {
  signal.throwIfAborted();
  const limit = new AbortController();
  const both = AbortSignal.any([signal, limit.signal]);
  const late = fail(
    name,
    `no answer within ${limitMs / 1_000} s`,
    'Look at the network on the way, and at the load of what is asked.',
  );
  let timer: NodeJS.Timeout | undefined;
  let interrupt: (() => void) | undefined;
  const over = new Promise<Check>((resolve, reject) => {
    timer = setTimeout(() => {
      resolve(late);
      limit.abort(new Error(late.seen));
    }, limitMs);
    interrupt = () => reject(signal.reason);
    signal.addEventListener('abort', interrupt, { once: true });
  });
  try {
    return await Promise.race([over, work(both)]);
  } catch (error) {
    signal.throwIfAborted();
    return failed(name, error);
  } finally {
    clearTimeout(timer);
    if (interrupt) signal.removeEventListener('abort', interrupt);
  }
}

/** Whether `within` gave the answer of the work, and not a check in its place. */
export function isCheck(value: object): value is Check {
  return 'verdict' in value && 'fix' in value;
}
