import type { Client } from '@temporalio/client';

import type { MigrationInput } from '../../workflows/contract.ts';
import type { Plan } from '../domain/plan/plan.ts';
import { decodeFirst } from './decode.ts';

/** Reads the plan of a migration from the first event of its history; null if there is none. */
export async function startedPlan(client: Client, workflowId: string): Promise<Plan | null> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution: { workflowId },
    maximumPageSize: 1,
  });
  const { input } = history?.events?.[0]?.workflowExecutionStartedEventAttributes ?? {};
  const decoded = (await decodeFirst(client, input?.payloads)) as Partial<MigrationInput> | undefined;
  return decoded?.plan ?? null;
}
