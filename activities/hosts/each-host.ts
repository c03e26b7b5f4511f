import { Context } from '@temporalio/activity';
import { ApplicationFailure, type CancelledFailure } from '@temporalio/common';

import { DmsaError, type ErrorCode } from '../../src/domain/errors.ts';
import { mapLimited } from '../../src/limited.ts';
import { toFailure } from '../runtime.ts';

/**
 * What became of one host of a wave. `untouched`: the wave stopped before its turn. `unknown`: the same, on a retry: an
 * earlier attempt may have come to the host, and its worker may have died before the next heartbeat said so.
 */
export type HostOutcome<R = unknown> =
  | { host: string; status: 'done'; result: R }
  | { host: string; status: 'failed'; code: string; message: string }
  | { host: string; status: 'untouched' | 'unknown' };

interface Progress<R> {
  hosts: Record<string, HostOutcome<R>>;
}

/** Heartbeats while a host is worked on, so that a dead worker is noticed and a cancellation arrives. */
const heartbeatMs = 5_000;

/**
 * Works on the hosts of a wave, all at once at the most `limit`, and returns one outcome for each.
 *
 * A wave is one activity: the history stays flat however many hosts there are. What is done goes into the heartbeat,
 * so that a retry goes on with the rest. A cancellation lets the hosts under way finish and leaves the rest
 * untouched. A failure lets them finish too, starts no more (unless it is told to go on: an undo restores what it can),
 * and fails with the outcomes as its details: as retryable where every failure is.
 */
export async function eachHost<H extends { name: string }, R>(
  hosts: H[],
  limit: number,
  work: (host: H) => Promise<R>,
  { afterFailure = 'stop' }: { afterFailure?: 'stop' | 'go-on' } = {},
): Promise<HostOutcome<R>[]> {
  const context = Context.current();
  const earlier = (context.info.heartbeatDetails as Progress<R> | undefined)?.hosts ?? {};
  const progress: Progress<R> = { hosts: { ...earlier } };
  const failures: unknown[] = [];
  const beat = setInterval(() => context.heartbeat(progress), heartbeatMs);
  try {
    const outcomes = await mapLimited(hosts, limit, async (host): Promise<HostOutcome<R>> => {
      if (progress.hosts[host.name]) return progress.hosts[host.name]!;
      const failed = failures.length > 0 && afterFailure === 'stop';
      if (failed || context.cancellationSignal.aborted)
        return { host: host.name, status: context.info.attempt > 1 ? 'unknown' : 'untouched' };
      try {
        const outcome: HostOutcome<R> = { host: host.name, status: 'done', result: await work(host) };
        progress.hosts[host.name] = outcome;
        context.heartbeat(progress);
        return outcome;
      } catch (thrown) {
        const error = thrown instanceof DmsaError ? namingHost(host.name, thrown) : thrown;
        failures.push(error);
        if (!(error instanceof DmsaError)) return { host: host.name, status: 'unknown' };
        return { host: host.name, status: 'failed', code: error.code, message: error.message };
      }
    });
    if (failures.length > 0) throw worst(failures, outcomes);
    if (outcomes.some(({ status }) => status !== 'done')) requireAsked(context, outcomes);
    return outcomes;
  } finally {
    clearInterval(beat);
  }
}

/**
 * A wave that ends early because someone turns back has ended. One that a stopping worker cut short has not: it fails,
 * so that another worker goes on with the rest, and nobody takes hosts for done that were passed over.
 */
function requireAsked({ cancellationSignal }: Context, outcomes: HostOutcome[]): void {
  const { message } = cancellationSignal.reason as CancelledFailure;
  if (message === 'CANCELLED') return;
  throw ApplicationFailure.create({ type: 'SESSION_LOST' satisfies ErrorCode, message, details: [outcomes] });
}

/** What a script reports is about a service or a key: whoever reads it has to know on which host. */
function namingHost(host: string, error: DmsaError): DmsaError {
  const { code, subject, message, cause } = error;
  const told = subject === host || message.includes(subject) ? message : `${subject}: ${message}`;
  return new DmsaError(code, host, told, { cause });
}

/** A fault of this program first, then what no retry can help. */
function worst(failures: unknown[], outcomes: HostOutcome[]): unknown {
  const fault = failures.find((failure) => !(failure instanceof DmsaError));
  const final = failures.find((failure) => failure instanceof DmsaError && !failure.retryable);
  return toFailure(fault ?? final ?? failures[0], outcomes);
}
