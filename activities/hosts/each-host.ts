import { Context } from '@temporalio/activity';
import { ApplicationFailure, type CancelledFailure } from '@temporalio/common';
import { mapLimited } from '../../src/async/limited.ts';
import { DmsaError, type ErrorCode, isRetryable } from '../../src/domain/errors/errors.ts';
import { toFailure } from '../runtime.ts';

/**
 * Outcome of one host of a wave. `untouched`: the wave stopped before its turn. `unknown`: the same, on a retry: an
 * earlier attempt may have come to the host, and its worker may have died before the next heartbeat said so.
 */
export type HostOutcome<R = unknown> =
  | { host: string; status: 'done'; result: R }
  | { host: string; status: 'failed'; code: string; message: string; result?: R }
  | { host: string; status: 'untouched' | 'unknown' };

interface WaveProgress<R> {
  hosts: Record<string, HostOutcome<R>>;
}

/** A failure of one host of which something is to be told all the same. */
export class FailedWith<R> extends DmsaError {
  readonly result: R;

  constructor(code: ErrorCode, subject: string, message: string, result: R) {
    super(code, subject, message);
    this.result = result;
  }
}

export interface EachHostOptions {
  /** `go-on`: an undo restores what it can. */
  afterFailure?: 'stop' | 'go-on';
  /** Hosts that may fail before no more are begun, and the wave with them; 0 where absent. */
  maxFailures?: number;
}

/** Heartbeats while a host is worked on, so that a dead worker is noticed and a cancellation arrives. */
const heartbeatMs = 5_000;

/**
 * Works on the hosts of a wave, all at once at the most `limit`, and returns one outcome for each.
 *
 * A wave is one activity: the history stays flat however many hosts there are. What is done goes into the heartbeat,
 * so that a retry goes on with the rest. A cancellation lets the hosts under way finish and leaves the rest
 * untouched. More failures than may be let them finish too, start no more (unless it is told to go on), and fail the
 * wave with the outcomes as its details: as retryable where every failure is.
 *
 * Where some may fail, a retry leaves those alone that no retry can help, and the wave succeeds with failed hosts among
 * its outcomes once the others are done or may not be tried again. Above the limit it fails with TOO_MANY_FAILURES.
 */
export async function eachHost<H extends { name: string }, R>(
  hosts: H[],
  limit: number,
  work: (host: H) => Promise<R>,
  { afterFailure = 'stop', maxFailures = 0 }: EachHostOptions = {},
): Promise<HostOutcome<R>[]> {
  const context = Context.current();
  const earlier = (context.info.heartbeatDetails as WaveProgress<R> | undefined)?.hosts ?? {};
  const progress: WaveProgress<R> = { hosts: { ...earlier } };
  const failures: unknown[] = [];
  const failed = () =>
    failures.length + Object.values(earlier).filter(({ status }) => status === 'failed').length;
  const beat = setInterval(() => context.heartbeat(progress), heartbeatMs);
  try {
    const outcomes = await mapLimited(hosts, limit, async (host): Promise<HostOutcome<R>> => {
      if (progress.hosts[host.name]) return progress.hosts[host.name]!;
      const passedOver: HostOutcome<R> = {
        host: host.name,
        status: context.info.attempt > 1 ? 'unknown' : 'untouched',
      };
      const stopped = failed() > maxFailures && afterFailure === 'stop';
      if (stopped || context.cancellationSignal.aborted) return passedOver;
      try {
        const outcome: HostOutcome<R> = { host: host.name, status: 'done', result: await work(host) };
        progress.hosts[host.name] = outcome;
        context.heartbeat(progress);
        return outcome;
      } catch (thrown) {
        // It waited for a session that did not begin any more.
        if (context.cancellationSignal.aborted && thrown === context.cancellationSignal.reason)
          return passedOver;
        const error = thrown instanceof DmsaError ? namingHost(host.name, thrown) : thrown;
        failures.push(error);
        if (!(error instanceof DmsaError)) return { host: host.name, status: 'unknown' };
        const outcome: HostOutcome<R> = {
          host: host.name,
          status: 'failed',
          code: error.code,
          message: error.message,
          ...(thrown instanceof FailedWith ? { result: thrown.result } : {}),
        };
        if (maxFailures > 0 && !error.retryable) {
          progress.hosts[host.name] = outcome;
          context.heartbeat(progress);
        }
        return outcome;
      }
    });
    if (maxFailures > 0) requireFew(context, failures, outcomes, maxFailures);
    else if (failures.length > 0) throw worst(failures, outcomes);
    if (outcomes.some(({ status }) => status === 'untouched' || status === 'unknown'))
      requireAsked(context, outcomes);
    return outcomes;
  } finally {
    clearInterval(beat);
  }
}

/** Fails a wave with too many failures, and one that another attempt may yet bring further. */
function requireFew(
  { info }: Context,
  failures: unknown[],
  outcomes: HostOutcome[],
  maxFailures: number,
): void {
  if (failures.some((failure) => !(failure instanceof DmsaError))) throw worst(failures, outcomes);
  const failed = outcomes.filter((outcome) => outcome.status === 'failed');
  const [first] = failed;
  if (!first) return;
  const final = failed.filter(({ code }) => !isRetryable(code));
  const isLast = info.attempt >= (info.retryPolicy?.maximumAttempts ?? Number.POSITIVE_INFINITY);
  if (final.length > maxFailures || (isLast && failed.length > maxFailures)) {
    const message = `${failed.length} hosts failed and ${maxFailures} may, ${first.code} first: ${first.message}`;
    throw toFailure(new DmsaError('TOO_MANY_FAILURES', first.host, message), outcomes);
  }
  const again = failures.filter((failure) => failure instanceof DmsaError && failure.retryable);
  if (again.length > 0 && !isLast) throw toFailure(again[0], outcomes);
}

/**
 * A wave that ends early because someone turns back has ended. One that a stopping worker cut short has not: it fails,
 * so that another worker goes on with the rest, and nobody takes hosts for done that were passed over.
 */
function requireAsked({ cancellationSignal }: Context, outcomes: HostOutcome[]): void {
  const { message } = cancellationSignal.reason as CancelledFailure;
  if (message === 'CANCELLED') return;
  throw ApplicationFailure.create({
    type: 'ATTEMPT_CUT_OFF' satisfies ErrorCode,
    message,
    details: [outcomes],
  });
}

/** Adds the host to an error that a script reports about a service or a key. */
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
