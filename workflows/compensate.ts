import {
  ActivityFailure,
  ApplicationFailure,
  condition,
  isCancellation,
  log,
  type TemporalFailure,
} from '@temporalio/workflow';

import type { ErrorCode } from '../src/domain/errors/errors.ts';
import type { Failure } from '../src/domain/migration/failure.ts';
import { hasEffect, type JournalStep, setStatus, undoOrder } from '../src/domain/migration/journal.ts';
import { durationMs } from '../src/domain/values/duration.ts';
import { wordDrift } from '../src/wording/drift.ts';
import { wordUndoRequest } from '../src/wording/signal.ts';
import { summaries } from '../src/wording/summary.ts';
import { undoingOnHosts } from './activities.ts';
import { continueIfLong, isLong } from './continue.ts';
import { failureOf, failWith } from './failures.ts';
import { notify } from './messages/notify.ts';
import { publish, stage, waitFor } from './stage.ts';
import { inMs, type Migration } from './state.ts';
import { undoComplete } from './steps/complete.ts';
import { undoCreateDmsa } from './steps/create-dmsa.ts';
import { undoLink } from './steps/link.ts';
import { undoPrepareHosts } from './steps/prepare-hosts.ts';
import { undoRestartServices } from './steps/restart-services.ts';
import type { Undo } from './undo.ts';

const undos: { [S in JournalStep]: Undo<S> } = {
  complete: undoComplete,
  link: undoLink,
  'restart-services': undoRestartServices,
  'create-dmsa': undoCreateDmsa,
  'prepare-host': undoPrepareHosts,
  'restart-host': async (m, entries) => {
    // A host that has booted has booted: there is nothing to bring back.
    for (const { id } of entries) setStatus(m.state.status.journal, id, 'undone');
  },
};

/**
 * Restores what the journal says was there before, and reads everything back to prove it. Where nothing was changed
 * the migration was refused, or undone before it began. Runs outside of every cancellation.
 */
export async function turnBack(m: Migration, error: TemporalFailure | null): Promise<void> {
  const { status } = m.state;
  if (error) status.failure = reason(m, error);
  status.paused = false;
  for (const gate of status.gates) if (gate.decision === 'open') gate.decision = 'void';
  if (error) await notify(m, 'turned-back');
  await stage(m, 'undo', async (current) => {
    current.note = { kind: 'failed', failure: status.failure! };
    for (;;) {
      const [next] = undoOrder(status.journal);
      if (!next) break;
      const left = () => undoOrder(status.journal).filter((entry) => entry.step === next.step);
      const all = left();
      // An earlier try may have undone some of them.
      await untilItSucceeds(m, next.step, (accept) => undos[next.step](m, left() as never, accept));
      const targets = all.map((entry) => entry.target);
      current.changed.push({ kind: 'undone', step: next.step, targets });
      log.info('undone', { step: next.step, targets });
    }
    if (status.before) await untilItSucceeds(m, 'compare', (accept) => compareWithBefore(m, accept));
  });
  status.outcome = hasEffect(status.journal) || wasAsked(status.failure!) ? 'undone' : 'refused';
}

/** Pause before the next try where domain controllers have to agree. */
const agreeEvery = '30m';

/** Time for reading every host, in milliseconds. */
const readingMs = 2 * 3_600_000;

async function compareWithBefore(m: Migration, accept: boolean): Promise<void> {
  const verify = undoingOnHosts(summaries.verifyRestored, readingMs).verifyRestored;
  const { facts, differences } = await verify({
    plan: m.plan,
    before: m.state.status.before!,
    server: m.target.domain.server,
  });
  m.state.status.after = facts;
  // If nothing of ours was changed, somebody else made the differences.
  if (differences.length > 0 && !accept && hasEffect(m.state.status.journal)) {
    // An operator who accepts them has to read each.
    throw failWith('RESTORE_DIFFERS', wordDrift(differences, differences.length));
  }
}

/**
 * Compensates until it succeeds. After its retries a compensation waits for an operator's `retry`; if only domain
 * controllers have to agree, for half an hour at most.
 */
async function untilItSucceeds(
  m: Migration,
  step: JournalStep | 'compare',
  compensate: (accept: boolean) => Promise<void>,
): Promise<void> {
  const { state } = m;
  let told: string | null = null;
  for (;;) {
    try {
      const accept = state.retryRequest?.accept ?? false;
      state.retryRequest = null;
      waitFor(m, null);
      state.status.outcome = 'running';
      await compensate(accept);
      return;
    } catch (error) {
      if (!(error instanceof ActivityFailure || error instanceof ApplicationFailure)) throw error;
      const failure = failureOf(error);
      const { code, message } = failure;
      state.status.outcome = 'needs-operator';
      log.error('an operator is needed', { step, code, reason: message });
      const again = code === ('REPLICATION_LAGGING' satisfies ErrorCode) ? durationMs(agreeEvery) : null;
      waitFor(m, { kind: 'operator', step, failure }, again === null ? null : inMs(again));
      publish(m);
      // People are told once of a failure that repeats itself.
      if (told !== code) await notify(m, 'needs-operator', { failure });
      told = code;
      const asked = () => state.retryRequest !== null || isLong();
      // Replication may settle it without anybody.
      if (again !== null) await condition(asked, again, { summary: summaries.operatorWait });
      else await condition(asked);
      await continueIfLong(m);
      state.status.outcome = 'running';
      waitFor(m, null);
      publish(m);
    }
  }
}

const undoRequested = 'UNDO_REQUESTED' satisfies ErrorCode;
const cancelled = 'CANCELLED' satisfies ErrorCode;

function reason(m: Migration, error: TemporalFailure): Failure {
  const asked = m.state.undoRequest;
  if (asked) return { code: undoRequested, message: wordUndoRequest(asked) };
  if (isCancellation(error)) return { code: cancelled, message: 'the workflow was cancelled' };
  return failureOf(error);
}

function wasAsked({ code }: Failure): boolean {
  return code === undoRequested || code === cancelled;
}
