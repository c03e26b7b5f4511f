import { condition } from '@temporalio/workflow';

import { summaries } from '../../src/wording/summary.ts';
import { reading } from '../activities.ts';
import { continueIfLong, isLong } from '../continue.ts';
import { waitFor } from '../stage.ts';
import type { Migration } from '../state.ts';
import { unlessPaused } from '../unless.ts';

/**
 * Whether what was about to begin had to wait, for the end of a pause or for a maintenance window: then it is decided
 * anew what begins. An undo ends the wait, as everything on the way forward; it does not wait itself.
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

/** `stay`: the caller has read what must not be read by a later run. */
export async function hadToWaitForWindow(
  m: Migration,
  when: 'may-continue-as-new' | 'stay',
): Promise<boolean> {
  const { windows = [] } = m.plan.rollout;
  if (windows.length === 0) return false;
  const { open, opensAt } = await reading(summaries.nextWindow).nextWindow({
    windows,
  });
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
