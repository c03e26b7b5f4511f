import { ActivityCancellationType, type ActivityOptions, proxyActivities } from '@temporalio/workflow';

import type { Activities } from '../activities/index.ts';

/**
 * Kinds of activities: how long each may take, and how often it is tried. src/domain/errors/errors.ts alone decides which
 * errors are tried again. `summary` is one of src/wording/summary.ts.
 */
const { TRY_CANCEL, WAIT_CANCELLATION_COMPLETED } = ActivityCancellationType;
const tries = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' } as const;

const kind = (summary: string, options: ActivityOptions): Activities =>
  proxyActivities<Activities>({ summary, ...options });

/** Reads the directory. A cancellation stops it at once, as a read can be repeated. */
export const reading = (summary: string): Activities =>
  kind(summary, {
    startToCloseTimeout: '10m',
    retry: { ...tries, maximumAttempts: 20 },
    cancellationType: TRY_CANCEL,
  });

/** Reads hosts. Hundreds of them may have to be waited for: 16 at once, four tries of a minute each. */
export const readingHosts = (summary: string): Activities =>
  kind(summary, {
    startToCloseTimeout: '4h',
    heartbeatTimeout: '1m',
    retry: { ...tries, maximumAttempts: 20 },
    cancellationType: TRY_CANCEL,
  });

/**
 * Runs one cmdlet that changes something. An undo waits until it has ended, and then reads. The time covers all that an
 * attempt waits for, so that none is given up while its cmdlet may still take effect.
 */
export const changing = (summary: string): Activities =>
  kind(summary, {
    startToCloseTimeout: '15m',
    retry: { ...tries, maximumAttempts: 10 },
    cancellationType: WAIT_CANCELLATION_COMPLETED,
  });

/**
 * Changes a wave of hosts, with heartbeats. A cancellation lets the hosts under way finish. `atMostMs`: time that the
 * hosts of the wave may take together.
 */
export const onHosts = (summary: string, atMostMs: number): Activities =>
  kind(summary, {
    startToCloseTimeout: allowance(atMostMs),
    heartbeatTimeout: '1m',
    retry: { ...tries, maximumAttempts: 8 },
    cancellationType: WAIT_CANCELLATION_COMPLETED,
  });

/** Waits: an attempt that is not due fails with the delay to the next one, so attempts have no limit. */
export const waiting = (summary: string): Activities =>
  kind(summary, {
    startToCloseTimeout: '5m',
    retry: { ...tries, maximumInterval: '5m' },
    cancellationType: TRY_CANCEL,
  });

/** Undoes by cmdlets. After its attempts an operator is asked (compensate.ts). */
export const undoing = (summary: string): Activities =>
  kind(summary, { startToCloseTimeout: '20m', retry: { ...tries, maximumAttempts: 6 } });

/** Undoes on hosts and reads them back, with heartbeats, so that a worker that dies is noticed. */
export const undoingOnHosts = (summary: string, atMostMs: number): Activities =>
  kind(summary, {
    startToCloseTimeout: allowance(atMostMs),
    heartbeatTimeout: '1m',
    retry: { ...tries, maximumAttempts: 6 },
  });

/** Doubles the time, as all migrations of a worker share its sessions; two hours at the least. */
function allowance(atMostMs: number): number {
  return Math.max(2 * 3_600_000, 2 * atMostMs);
}
