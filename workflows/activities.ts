import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';

import type { Activities } from '../activities/index.ts';

/**
 * Kinds of activities: how long each may take, and how often it is tried. src/domain/errors/errors.ts alone decides which
 * errors are tried again. `summary` is one of src/wording/summary.ts.
 */

/** Reads the directory. A cancellation stops it at once, as a read can be repeated. */
export function reading(summary: string): Activities {
  return proxyActivities<Activities>({
    summary,
    startToCloseTimeout: '10m',
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m', maximumAttempts: 20 },
    cancellationType: ActivityCancellationType.TRY_CANCEL,
  });
}

/** Reads hosts. Hundreds of them may have to be waited for: 16 at once, four tries of a minute each. */
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
 * Runs one cmdlet that changes something. An undo waits until it has ended, and then reads. The time covers all that an
 * attempt waits for, so that none is given up while its cmdlet may still take effect.
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
 * Changes a wave of hosts, with heartbeats. A cancellation lets the hosts under way finish. `atMostMs`: time that the
 * hosts of the wave may take together.
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

/** Waits: an attempt that is not due fails with the delay to the next one, so attempts have no limit. */
export function waiting(summary: string): Activities {
  return proxyActivities<Activities>({
    summary,
    startToCloseTimeout: '5m',
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '5m' },
    cancellationType: ActivityCancellationType.TRY_CANCEL,
  });
}

/** Undoes by cmdlets. After its attempts an operator is asked (compensate.ts). */
export function undoing(summary: string): Activities {
  return proxyActivities<Activities>({
    summary,
    startToCloseTimeout: '20m',
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m', maximumAttempts: 6 },
  });
}

/** Undoes on hosts and reads them back, with heartbeats, so that a worker that dies is noticed. */
export function undoingOnHosts(summary: string, atMostMs: number): Activities {
  return proxyActivities<Activities>({
    summary,
    startToCloseTimeout: allowance(atMostMs),
    heartbeatTimeout: '1m',
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m', maximumAttempts: 6 },
  });
}

/** Doubles the time, as all migrations of a worker share its sessions; two hours at the least. */
function allowance(atMostMs: number): number {
  return Math.max(2 * 3_600_000, 2 * atMostMs);
}
