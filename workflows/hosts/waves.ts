import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';

import type { HostOutcome } from '../../activities/hosts/each-host.ts';
import { type JournalEntry, setStatus } from '../../src/domain/migration/journal.ts';
import type { Migration } from '../state.ts';

export type FailedOutcome<R> = Extract<HostOutcome<R>, { status: 'failed' }>;

/**
 * Runs one wave and records the outcome of each host, also of a wave that failed: the details of its failure have the
 * outcomes. Hosts that had no turn are `untouched`, and undoing leaves them alone.
 */
export async function runWave<R>(
  m: Migration,
  entries: JournalEntry[],
  wave: () => Promise<HostOutcome<R>[]>,
  onHost: (host: string, result: R) => void,
  done: 'applied' | 'undone' = 'applied',
  onFailed: (failed: FailedOutcome<R>) => void = () => undefined,
): Promise<void> {
  const record = (outcomes: HostOutcome<R>[]) => {
    for (const outcome of outcomes) {
      const entry = entries.find((each) => each.target === outcome.host)!;
      if (outcome.status === 'done') {
        setStatus(m.state.status.journal, entry.id, done);
        onHost(outcome.host, outcome.result);
      } else if (outcome.status === 'untouched' && entry.status === 'intended' && done === 'applied') {
        setStatus(m.state.status.journal, entry.id, 'untouched');
      } else if (outcome.status === 'failed') {
        onFailed(outcome);
      }
    }
  };
  try {
    record(await wave());
  } catch (error) {
    record(outcomesOf<R>(error));
    throw error;
  }
}

/** Runs one wave that undoes, as `runWave`. */
export async function undoWave<R>(
  m: Migration,
  entries: JournalEntry[],
  wave: () => Promise<HostOutcome<R>[]>,
): Promise<void> {
  await runWave(m, entries, wave, () => undefined, 'undone');
}

export function outcomesOf<R>(error: unknown): HostOutcome<R>[] {
  const cause = error instanceof ActivityFailure ? error.cause : null;
  const [outcomes] = cause instanceof ApplicationFailure ? (cause.details ?? []) : [];
  return Array.isArray(outcomes) ? (outcomes as HostOutcome<R>[]) : [];
}
