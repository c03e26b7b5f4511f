import { continueAsNew, workflowInfo } from '@temporalio/workflow';

import type { MigrationInput } from './contract.ts';
import type { Migration } from './state.ts';

/** Whether the server suggests a new run: thousands of votes or signals, as waiting itself adds next to nothing. */
export function isLong(): boolean {
  return workflowInfo().continueAsNewSuggested;
}

/**
 * Goes on in a new run with all state. Only called where nothing but a wait is under way: no activity is pending, and
 * signals have been written into the state by handlers that never wait. Votes in the queue are verified by the new run.
 */
export async function continueIfLong(m: Migration): Promise<void> {
  if (!isLong()) return;
  await continueAsNew<(input: MigrationInput) => Promise<unknown>>({ plan: m.plan, carried: m.state });
}
