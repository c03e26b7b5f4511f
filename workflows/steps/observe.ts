import type { Stage } from '../../src/domain/migration/stages.ts';
import { durationMs } from '../../src/domain/values/duration.ts';
import { summaries } from '../../src/wording/summary.ts';
import { waiting } from '../activities.ts';
import { continueIfLong, isLong } from '../continue.ts';
import { waitFor } from '../stage.ts';
import { inMs, type Migration, now } from '../state.ts';
import { unless } from '../unless.ts';
import { hadToWaitForStrangers } from './strangers.ts';

/**
 * Waits for two to four ticket lifetimes, in which every host can join [overview]. The wait counts from the last change of
 * the principals. A stranger among them waits for a person first.
 */
export async function observe(m: Migration, current: Stage): Promise<void> {
  const { observe: length, checkEvery } = m.plan.waits;
  for (;;) {
    const { until, digest } = m.state.observation!;
    waitFor(m, { kind: 'observation' }, until);
    const look = () =>
      waiting(summaries.observe(until)).observe({
        target: m.target,
        until,
        everyMs: durationMs(checkEvery),
        digest,
        planHosts: m.plan.hosts.map((host) => host.computerSid),
      });
    const seen = await unless(() => isLong() || m.state.observation!.until !== until, look);
    if (seen === null) {
      await continueIfLong(m);
      continue;
    }
    if (seen.verdict === 'elapsed') return;
    current.note = { kind: 'observation-restarted', at: now() };
    const again = inMs(durationMs(length));
    // An extension by a person is not taken away.
    m.state.observation = { until: again > until ? again : until, digest: seen.digest };
    waitFor(m, null);
    await hadToWaitForStrangers(m, seen.principals);
  }
}
