import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ApplicationFailure, ParentClosePolicy, sleep, startChild } from '@temporalio/workflow';

import type { ErrorCode } from '../../src/domain/errors.ts';
import { dmsaLockId } from '../../src/domain/plan.ts';
import { reading } from '../activities.ts';
import type { holdDmsaName } from '../lock.ts';
import type { Migration } from '../state.ts';

/** Checks the plan once more, as anyone may start a workflow, and claims the dMSA's name for this migration alone. */
export async function checkPlanAndLock(m: Migration): Promise<void> {
  await reading('Check the plan and its hash').checkPlan(m.plan);
  await lockDmsaName(m);
}

/** A migration that has just ended gives its lock up within moments: one more try is worth it. */
const tries = 3;

/**
 * The workflow id locks the account; a child workflow with the dMSA's name as its id locks the dMSA. It ends with this
 * run, however that ends, so a run that goes on for another takes it again. Throws NAME_LOCKED.
 */
export async function lockDmsaName(m: Migration): Promise<void> {
  for (let count = 1; ; count++) {
    try {
      await startChild<typeof holdDmsaName>('holdDmsaName', {
        workflowId: dmsaLockId(m.plan),
        args: [m.id],
        parentClosePolicy: ParentClosePolicy.TERMINATE,
        staticSummary: `${m.plan.dmsa.name}$ is claimed by ${m.id}`,
      });
      return;
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      if (count === tries) {
        const message = `another migration uses the dMSA name ${m.plan.dmsa.name}`;
        throw ApplicationFailure.nonRetryable(message, 'NAME_LOCKED' satisfies ErrorCode);
      }
      await sleep('1s');
    }
  }
}
