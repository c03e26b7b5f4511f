import { ActivityFailure, isCancellation } from '@temporalio/workflow';

import type { HostOutcome } from '../../activities/hosts/each-host.ts';
import type { JournalEntryOf } from '../../src/domain/migration/journal.ts';
import type { Stage } from '../../src/domain/migration/stages.ts';
import { batches } from '../../src/domain/plan/plan.ts';
import { summaries } from '../../src/wording/summary.ts';
import { onHosts } from '../activities.ts';
import { failureOf } from '../failures.ts';
import { skippedHosts } from '../hosts/host-decisions.ts';
import { outcomesOf } from '../hosts/waves.ts';
import type { Migration } from '../state.ts';
import { unlessPaused } from '../unless.ts';
import { hostsAtOnce, hostsPerActivity, waveMs } from './prepare-hosts.ts';

/**
 * Turns the Kerberos log off again where this migration turned it on. A completed migration does not turn back for a log;
 * the stage lists what stays on. Skipped hosts stay as they were prepared, as they may join yet.
 */
export async function restoreEventLogs(m: Migration, current: Stage): Promise<void> {
  const skipped = skippedHosts(m);
  const enabled = m.state.status.journal.filter(
    (entry): entry is JournalEntryOf<'prepare-host'> =>
      entry.step === 'prepare-host' &&
      entry.status === 'applied' &&
      entry.beforeImage.eventLogEnabled === false &&
      !skipped.includes(entry.target),
  );
  for (const entries of batches(m.plan.enableEventLog ? enabled : [], hostsPerActivity)) {
    await unlessPaused(m);
    const restore = onHosts(summaries.restoreEventLogs(entries), waveMs(entries.length));
    const wave = () => restore.restoreEventLogs({ entries, maxParallel: hostsAtOnce });
    const outcomes = await restored(entries, wave);
    for (const outcome of outcomes) note(m, current, outcome);
  }
}

/** Returns the outcome of each host, also of a wave that failed. */
async function restored(
  entries: JournalEntryOf<'prepare-host'>[],
  wave: () => Promise<HostOutcome<null>[]>,
): Promise<HostOutcome<null>[]> {
  try {
    return await wave();
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    const outcomes = outcomesOf<null>(error);
    if (outcomes.length > 0) return outcomes;
    const failure = failureOf(error);
    return entries.map(({ target }) => ({ host: target, status: 'failed', ...failure }));
  }
}

function note(m: Migration, current: Stage, outcome: HostOutcome<null>): void {
  const { host } = outcome;
  if (outcome.status !== 'done') {
    const failed = outcome.status === 'failed';
    const failure = failed ? { code: outcome.code, message: outcome.message } : null;
    current.changed.push({ kind: 'log-kept', host, failure });
    return;
  }
  current.changed.push({ kind: 'log-restored', host });
  const after = m.state.status.after?.hosts.find(({ name }) => name === host);
  if (after) after.eventLogEnabled = false;
}
