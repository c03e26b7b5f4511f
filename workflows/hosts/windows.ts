import { condition } from '@temporalio/workflow';

import { summaries } from '../../src/wording/summary.ts';
import { reading } from '../activities.ts';
import { continueIfLong, isLong } from '../continue.ts';
import { waitFor } from '../stage.ts';
import type { Migration } from '../state.ts';
import { unlessPaused } from '../unless.ts';

/**
 * Waits for the end of a pause, or for a maintenance window. Returns whether it had to wait: then the caller decides anew
 * what begins. An undo ends the wait.
 */
export async function hadToWait(m: Migration): Promise<boolean> {
  if (m.state.status.paused) {
    await unlessPaused(m);
    return true;
  }
  if (await hadToWaitForWindow(m, 'may-continue-as-new')) return true;
  // Someone may have paused while the window was asked for.
  return m.state.status.paused;
}

/** Waits for a maintenance window, if the plan has any. `stay`: no new run may begin, as the caller goes on with what it read. */
export async function hadToWaitForWindow(
  m: Migration,
  when: 'may-continue-as-new' | 'stay',
): Promise<boolean> {
  const { windows = [] } = m.plan.rollout;
  if (windows.length === 0) return false;
  const { open, opensAt } = await reading(summaries.nextWindow).nextWindow({ windows });
  if (open) return false;
  waitFor(m, { kind: 'window' }, opensAt);
  const left = opensAt === null ? null : Math.max(1, Date.parse(opensAt) - Date.now());
  const long = () => when === 'may-continue-as-new' && isLong();
  if (left === null) await condition(long);
  else await condition(long, left, { summary: summaries.windowWait });
  if (when === 'may-continue-as-new') await continueIfLong(m);
  waitFor(m, null);
  return true;
}
