import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';

import type { Activities } from '../activities/index.ts';

/**
 * How long each kind of activity may take, and how often it is tried. Whether an error is worth another try is
 * decided in one table, src/domain/errors/errors.ts, not here. `summary` is one
 * of src/wording/summary.ts.
 */

/** Reads: nothing is lost by asking again, and a cancellation may stop them at once. */
export function reading(summary: string): Activities {
  return proxyActivities<Activities>({
    summary,
    startToCloseTimeout: '10m',
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m', maximumAttempts: 20 },
    cancellationType: ActivityCancellationType.TRY_CANCEL,
  });
}

/** The same of hosts: hundreds of them may have to be waited for (16 at once, four tries of a minute each). */
export function readingHosts(summary: string): Activities {
  return proxyActivities<Activities>({
    summary,
    startToCloseTimeout: '4h',
    heartbeatTimeout: '1m',
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m', maximumAttempts: 20 },
    cancellationType: ActivityCancellationType.TRY_CANCEL,
  });
}

/**
 * One change by one cmdlet: an undo waits until it has ended, and then reads. Longer than all that an attempt waits
 * for together, so that none is given up while its cmdlet may still take effect.
 */
export function changing(summary: string): Activities {
  return proxyActivities<Activities>({
    summary,
    startToCloseTimeout: '15m',
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m', maximumAttempts: 10 },
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
}

/**
 * Changes on a wave of hosts: long, so they heartbeat; a cancellation lets the hosts under way finish. `atMostMs` is
 * what the hosts of the wave may take together.
 */
export function onHosts(summary: string, atMostMs: number): Activities {
  return proxyActivities<Activities>({
    summary,
    startToCloseTimeout: allowance(atMostMs),
    heartbeatTimeout: '1m',
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m', maximumAttempts: 8 },
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
}

/** Waiting: an attempt that is not due fails with its own next delay, so attempts are without number. */
export function waiting(summary: string): Activities {
  return proxyActivities<Activities>({
    summary,
    startToCloseTimeout: '5m',
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '5m' },
    cancellationType: ActivityCancellationType.TRY_CANCEL,
  });
}

/** Undoing by cmdlets: tried for a while, then a person is asked (compensate.ts). */
export function undoing(summary: string): Activities {
  return proxyActivities<Activities>({
    summary,
    startToCloseTimeout: '20m',
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m', maximumAttempts: 6 },
  });
}

/** Undoing on hosts, and reading them back: a worker that dies meanwhile is noticed by its missing heartbeats. */
export function undoingOnHosts(summary: string, atMostMs: number): Activities {
  return proxyActivities<Activities>({
    summary,
    startToCloseTimeout: allowance(atMostMs),
    heartbeatTimeout: '1m',
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m', maximumAttempts: 6 },
  });
}

/** Twice the time, as a worker's sessions are shared by all its migrations; hours where there are few hosts. */
function allowance(atMostMs: number): number {
  return Math.max(2 * 3_600_000, 2 * atMostMs);
}
