import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';

import type { Activities } from '../activities/index.ts';

/**
 * How long each kind of activity may take, and how often it is tried. Whether an error is worth another try is
 * decided in one table, src/domain/errors.ts, not here. `summary` is what Temporal's UI shows.
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

/** One change by one cmdlet: an undo waits until it has ended, and then reads. */
export function changing(summary: string): Activities {
  return proxyActivities<Activities>({
    summary,
    startToCloseTimeout: '5m',
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m', maximumAttempts: 10 },
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
}

/** Changes on a wave of hosts: long, so they heartbeat; a cancellation lets the hosts under way finish. */
export function onHosts(summary: string): Activities {
  return proxyActivities<Activities>({
    summary,
    startToCloseTimeout: '2h',
    heartbeatTimeout: '1m',
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m', maximumAttempts: 8 },
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
}

/** Waiting: an attempt that is not due fails with its own next delay, so attempts are without number. */
export function waiting(summary: string): Activities {
  return proxyActivities<Activities>({
    summary,
    startToCloseTimeout: '2m',
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '5m' },
    cancellationType: ActivityCancellationType.TRY_CANCEL,
  });
}

/** Undoing: tried for a while, then a person is asked (compensate.ts). */
export function undoing(summary: string): Activities {
  return proxyActivities<Activities>({
    summary,
    startToCloseTimeout: '2h',
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m', maximumAttempts: 6 },
  });
}
