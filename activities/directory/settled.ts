import { readReplicas } from '../../src/directory/read-replicas.ts';
import type { Objects } from '../../src/domain/lag.ts';
import type { Target } from '../../src/domain/plan.ts';
import type { ActivityDeps } from '../deps.ts';
import { attempt, cancellationSignal, notSettled } from '../runtime.ts';

/**
 * Whether what was read can be relied on where it is not what this migration left behind. The DCs in the settings are
 * asked as well: where they differ, or the DC that was kept so far does not answer, one of them has not learned of the
 * other's changes yet, and concluding anything from its silence would be taking replication lag for drift. Then the
 * attempt fails as REPLICATION_LAGGING and is made again, less and less often; with one DC there is nothing to ask.
 */
export async function requireSettled(
  deps: ActivityDeps,
  target: Target,
  { server, ...read }: Objects & { server: string },
): Promise<void> {
  const kept = target.domain.server.toLowerCase();
  const others = deps.directoryServers.filter((name) => name !== server.toLowerCase());
  const replicas = await readReplicas(deps.connectDirectory, others, target, read, cancellationSignal());
  const unsettled = replicas.find(
    ({ server: name, agrees }) => agrees === 'no' || (agrees === 'unknown' && name === kept),
  );
  if (!unsettled) return;
  const what = `${server} and ${unsettled.server} do not agree yet: ${unsettled.differs.join('; ')}`;
  const gone =
    unsettled.agrees === 'unknown' ? '; if it is gone for good, take it out of directory.urls' : '';
  notSettled(`${target.account.samAccountName}: ${what}${gone}`, pauseMs(attempt()));
}

/** From 15 seconds, as within a site, to half an hour, as between sites: 10 attempts last an hour and a half. */
function pauseMs(count: number): number {
  return Math.min(15_000 * 2 ** (count - 1), 30 * 60_000);
}
