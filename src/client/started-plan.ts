import type { Client } from '@temporalio/client';

import type { MigrationInput } from '../../workflows/contract.ts';
import type { Plan } from '../domain/plan/plan.ts';

/** Reads the plan of a migration from the first event of its history; null if there is none. */
export async function startedPlan(client: Client, workflowId: string): Promise<Plan | null> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution: { workflowId },
    maximumPageSize: 1,
  });
  let payloads = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  const { payloadConverter, payloadCodecs } = client.options.loadedDataConverter;
  for (const codec of payloadCodecs.toReversed()) payloads = await codec.decode(payloads);
  if (!payloads[0]) return null;
  const { plan } = payloadConverter.fromPayload<MigrationInput>(payloads[0]);
  return plan ?? null;
}
