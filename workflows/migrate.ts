import { CancellationScope, ContinueAsNew, condition, TemporalFailure } from '@temporalio/workflow';

import type { MigrationResult } from '../src/domain/migration/status.ts';
import { adopt } from './adopt.ts';
import { turnBack } from './compensate.ts';
import type { MigrationInput } from './contract.ts';
import { failWith } from './failures.ts';
import { openAndPassGate } from './gates/gate.ts';
import { handleMessages } from './messages/messages.ts';
import { notify } from './messages/notify.ts';
import { recordVotes } from './messages/votes.ts';
import { countEnd } from './metrics.ts';
import { stage, waitFor } from './stage.ts';
import { type Migration, newMigration } from './state.ts';
import { complete } from './steps/complete.ts';
import { createDmsa } from './steps/create-dmsa.ts';
import { link } from './steps/link.ts';
import { observe } from './steps/observe.ts';
import { checkPlanAndLock, lockDmsaName } from './steps/plan.ts';
import { preflight, requireAsPlanned } from './steps/preflight.ts';
import { prepareHosts } from './steps/prepare-hosts.ts';
import { rebootHosts } from './steps/reboot-hosts.ts';
import { restartServices, verifyPrincipals } from './steps/restart-services.ts';
import { soak } from './steps/soak.ts';

/** Runs the stages in their order. Each step registers its own undo before it changes anything. */
async function runbook(m: Migration): Promise<void> {
  await stage(m, 'plan', () => checkPlanAndLock(m));
  await stage(m, 'preflight', async () => {
    await preflight(m, 'start');
    requireAsPlanned(m);
  });
  await stage(m, 'gate-start', () => openAndPassGate(m, 'start'));
  await stage(m, 'prepare-hosts', (current) => prepareHosts(m, current));
  if (m.plan.rollout.reboot) await stage(m, 'reboot-hosts', (current) => rebootHosts(m, current));
  await stage(m, 'create-dmsa', (current) => createDmsa(m, current));
  await stage(m, 'link', (current) => link(m, current));
  await stage(m, 'restart-services', (current) => restartServices(m, current));
  await stage(m, 'verify-principals', (current) => verifyPrincipals(m, current));
  await stage(m, 'observe', (current) => observe(m, current));
  await stage(m, 'preflight-again', () => preflight(m, 'complete'));
  await stage(m, 'gate-complete', () => openAndPassGate(m, 'complete'));
  await stage(m, 'complete', (current) => complete(m, current));
  await stage(m, 'restart-and-verify', (current) => restartServices(m, current));
  await stage(m, 'soak', (current) => soak(m, current));
}

/**
 * Migrates one superseded account to a dMSA, or leaves everything as it was. Any failure, rejection, expiry, undo or
 * cancellation of the way forward turns back. Only a fault of this code fails the workflow task, which waits.
 */
export async function migrateServiceAccount(input: MigrationInput): Promise<MigrationResult> {
  const m = begin(input);
  handleMessages(m);
  void CancellationScope.nonCancellable(() => recordVotes(m));
  if (input.adopted) await CancellationScope.nonCancellable(() => adopt(m, input.adopted!));
  if (m.state.status.failure) await turnBackFrom(m, null);
  else await goForward(m, input.carried !== undefined);
  await CancellationScope.nonCancellable(async () => {
    await waitForRecordedVotes(m);
    await stage(m, 'done', async () => undefined);
    countEnd(m.state.status);
    await notify(m, 'done');
    await waitForRecordedVotes(m);
  });
  return result(m);
}

/** Anyone may start a workflow with any input. Without a plan it fails, as nothing could be mended. */
function begin(input: MigrationInput): Migration {
  if (input?.carried) return newMigration(input);
  try {
    return newMigration(input);
  } catch {
    const message = 'plan: the input of the workflow holds no plan: start it with dmsa start';
    throw failWith('START_INVALID', message);
  }
}

/** Waits until every vote is verified. On the way forward an undo still counts meanwhile. */
async function waitForRecordedVotes(m: Migration): Promise<void> {
  await condition(() => m.state.queue.length === 0);
}

async function goForward(m: Migration, continued: boolean): Promise<void> {
  try {
    await m.forward.run(async () => {
      if (m.state.undoRequest) m.forward.cancel();
      if (continued && isLocked(m)) await lockDmsaName(m, 'again');
      await runbook(m);
      await waitForRecordedVotes(m);
    });
    m.state.status.outcome = 'completed';
  } catch (error) {
    if (error instanceof ContinueAsNew || !(error instanceof TemporalFailure)) throw error;
    await turnBackFrom(m, error);
  }
}

/** Returns whether an earlier run had locked the dMSA's name: one that was ended by hand may not have come that far. */
function isLocked({ state }: Migration): boolean {
  return state.status.stages.some(({ name, endedAt }) => name === 'plan' && endedAt !== null);
}

async function turnBackFrom(m: Migration, error: TemporalFailure | null): Promise<void> {
  await CancellationScope.nonCancellable(() => turnBack(m, error));
  waitFor(m, null);
}

function result({ state }: Migration): MigrationResult {
  const { migrationId, account, dmsa, outcome, failure } = state.status;
  return { migrationId, account, dmsa, outcome: outcome as MigrationResult['outcome'], failure };
}
