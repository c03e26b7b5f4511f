import { CancellationScope, condition } from '@temporalio/workflow';

import type { Migration } from './state.ts';

/** Waits, and returns the result of the wait, or null if `given` became true first. */
export async function unless<T>(given: () => boolean, wait: () => Promise<T>): Promise<T | null> {
  const scope = new CancellationScope();
  const result = scope.run(wait);
  const first = await Promise.race([result, condition(given).then(() => null)]);
  if (first === null) {
    scope.cancel();
    await result.catch(() => undefined);
  }
  return first;
}

/** Holds the next change back while someone has paused the migration; never stops one in the middle. */
export async function unlessPaused(m: Migration): Promise<void> {
  if (m.state.status.paused) await condition(() => !m.state.status.paused);
}
