import { Context } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common';

import type { Clock } from '../src/async/clock.ts';
import { DmsaError, type ErrorCode, isRetryable } from '../src/domain/errors/errors.ts';
import type { WaitReason } from '../src/domain/migration/waiting.ts';
import { wordWaiting } from '../src/wording/waiting.ts';

/** The time of this attempt by Temporal's clock: the only clock of activities, so that time can be skipped. */
export function now(): Date {
  return new Date(Context.current().info.currentAttemptScheduledTimestampMs);
}

/**
 * Runs the clock of the attempt on from here: call it where the attempt begins. It adds what has gone by since,
 * measured by a clock that nobody sets. What the attempt had waited for a worker before is not in it.
 */
export function runningClock(clock: Clock): () => Date {
  const [scheduled, began] = [now().getTime(), clock.elapsedMs()];
  return () => new Date(scheduled + clock.elapsedMs() - began);
}

export function attempt(): number {
  return Context.current().info.attempt;
}

export function cancellationSignal(): AbortSignal {
  return Context.current().cancellationSignal;
}

const heartbeatMs = 5_000;

/** Heartbeats while the work is done, so that a dead worker is noticed, however long a single host may take. */
export async function beating<T>(work: () => Promise<T>): Promise<T> {
  const context = Context.current();
  const beat = setInterval(() => context.heartbeat(), heartbeatMs);
  try {
    return await work();
  } finally {
    clearInterval(beat);
  }
}

/** Fails the attempt without noise; it is made again after `delayMs`, and no event is added to the history. */
export function notDue(reason: WaitReason, delayMs: number): never {
  throw ApplicationFailure.create({
    type: 'NOT_DUE' satisfies ErrorCode,
    message: `waiting for ${wordWaiting(reason)}`,
    nextRetryDelay: Math.max(1, Math.ceil(delayMs)),
    category: ApplicationFailureCategory.BENIGN,
  });
}

/** Fails the attempt where two DCs differ: it is made again after `delayMs`, and shown where it stays. */
export function notSettled(message: string, delayMs: number): never {
  throw ApplicationFailure.create({
    type: 'REPLICATION_LAGGING' satisfies ErrorCode,
    message,
    nextRetryDelay: delayMs,
  });
}

type Activity = (...args: never[]) => Promise<unknown>;

/** Makes activities fail in Temporal's way: the type is the code, the table says whether to retry. */
export function translateFailures<T extends Record<string, Activity>>(activities: T): T {
  const translated = Object.entries(activities).map(([name, activity]) => [
    name,
    async (...args: never[]) => {
      try {
        return await activity(...args);
      } catch (error) {
        throw toFailure(error);
      }
    },
  ]);
  return Object.fromEntries(translated) as T;
}

export function toFailure(error: unknown, ...details: unknown[]): unknown {
  // Nobody asked for it: told as a cancellation, Temporal would refuse it and wait for the attempt to time out.
  if (error instanceof CancelledFailure && error.message === 'WORKER_SHUTDOWN')
    return ApplicationFailure.retryable(error.message, 'ATTEMPT_CUT_OFF' satisfies ErrorCode);
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  if (!(error instanceof DmsaError)) return error;
  return ApplicationFailure.create({
    type: error.code,
    message: `${error.subject}: ${error.message}`,
    nonRetryable: !isRetryable(error.code),
    details,
    cause: error.cause instanceof Error ? error.cause : undefined,
  });
}
