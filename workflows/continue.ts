import { continueAsNew, workflowInfo } from '@temporalio/workflow';

import type { MigrationInput } from './contract.ts';
import type { Migration } from './state.ts';

/** Returns whether the server suggests a new run. Only thousands of votes or signals make a history that long. */
export function isLong(): boolean {
  return workflowInfo().continueAsNewSuggested;
}

/**
 * Goes on in a new run with the whole state. Call it only during a wait: no activity is pending then, and handlers have
 * written every signal into the state. The new run verifies the votes in the queue.
 */
export async function continueIfLong(m: Migration): Promise<void> {
  if (!isLong()) return;
  await continueAsNew<(input: MigrationInput) => Promise<unknown>>({ plan: m.plan, carried: m.state });
}
