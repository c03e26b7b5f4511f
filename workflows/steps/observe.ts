import { CancellationScope, condition } from '@temporalio/workflow';

import { durationMs } from '../../src/domain/duration.ts';
import type { Stage } from '../../src/domain/stages.ts';
import { waiting } from '../activities.ts';
import { continueIfLong, isLong } from '../continue.ts';
import { inMs, type Migration, now, waitFor } from '../state.ts';
import { strangersAllowed } from './strangers.ts';

/**
 * Two to four ticket lifetimes in which every host can join [overview]. The wait counts from the last change of the
 * principals, and says so when it starts again; a stranger among them waits for a person first.
 */
export async function observe(m: Migration, current: Stage): Promise<void> {
  const { observe: length, checkEvery } = m.plan.waits;
  for (;;) {
    const { until, digest } = m.state.observation!;
    waitFor(m, 'the observation to end', until);
    const look = () =>
      waiting(`Observe both objects until ${until}`).observe({
        target: m.target,
        until,
        everyMs: durationMs(checkEvery),
        digest,
        planHosts: m.plan.hosts.map((host) => host.computerSid),
      });
    const seen = await unlessLong(look);
    if (seen === null) {
      await continueIfLong(m);
      continue;
    }
    if (seen.verdict === 'elapsed') return;
    current.note = `started again at ${now()}: the principals changed`;
    m.state.observation = { until: inMs(durationMs(length)), digest: seen.digest };
    await strangersAllowed(m, seen.principals);
  }
}

/** The result of a wait, or null where the history has grown long meanwhile and the wait was given up. */
async function unlessLong<T>(wait: () => Promise<T>): Promise<T | null> {
  const scope = new CancellationScope();
  const result = scope.run(wait);
  const long = condition(isLong).then(() => null);
  const first = await Promise.race([result, long]);
  if (first === null) {
    scope.cancel();
    await result.catch(() => undefined);
  }
  return first;
}
