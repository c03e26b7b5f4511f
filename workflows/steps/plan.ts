import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, sleep, startChild, workflowInfo } from '@temporalio/workflow';

import { dmsaLockId } from '../../src/domain/plan/plan.ts';
import { summaries } from '../../src/wording/summary.ts';
import { reading } from '../activities.ts';
import { failWith } from '../failures.ts';
import type { holdDmsaName } from '../lock.ts';
import type { Migration } from '../state.ts';

/** Checks the plan once more, as anyone may start a workflow, and claims the dMSA's name for this migration alone. */
export async function checkPlanAndLock(m: Migration): Promise<void> {
  await reading(summaries.checkPlan).checkPlan(m.plan);
  requireOwnId(m);
  await lockDmsaName(m);
}

/** Throws PLAN_INVALID for another workflow id: it is the lock on the account. */
function requireOwnId(m: Migration): void {
  const { workflowId } = workflowInfo();
  if (workflowId === m.id) return;
  const message = `the workflow id is ${workflowId}; for this plan it has to be ${m.id}`;
  throw failWith('START_INVALID', message);
}

/**
 * Tries for the lock. A migration that has just ended gives it up within moments. A run that goes on for another waits up
 * to an hour, so that no migration turns back for a slow server.
 */
const tries = { first: 3, again: 60 };

/**
 * The workflow id locks the account; a child workflow with the dMSA's name as its id locks the dMSA. It ends with this
 * run, however that ends, so a run that goes on for another takes it again. Throws NAME_LOCKED.
 */
export async function lockDmsaName(m: Migration, when: keyof typeof tries = 'first'): Promise<void> {
  for (let count = 1; ; count++) {
    try {
      await startChild<typeof holdDmsaName>('holdDmsaName', {
        workflowId: dmsaLockId(m.plan),
        args: [m.id],
        parentClosePolicy: ParentClosePolicy.TERMINATE,
        staticSummary: summaries.claim(m.plan.dmsa.name, m.id),
      });
      return;
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      if (count === tries[when])
        throw failWith('NAME_LOCKED', `another migration uses the dMSA name ${m.plan.dmsa.name}`);
      await sleep(Math.min(1_000 * 2 ** (count - 1), 60_000), {
        summary: summaries.nameWait(m.plan.dmsa.name),
      });
    }
  }
}
