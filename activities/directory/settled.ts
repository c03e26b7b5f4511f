import { readReplicas } from '../../src/directory/read/read-replicas.ts';
import type { ReplicaFacts } from '../../src/domain/facts/domain-facts.ts';
import { lag, type PairFacts } from '../../src/domain/facts/lag.ts';
import type { Target } from '../../src/domain/plan/plan.ts';
import type { Drift } from '../../src/domain/values/drift.ts';
import { wordDrift } from '../../src/wording/drift.ts';
import type { ActivityDeps } from '../deps.ts';
import { attempt, cancellationSignal, notSettled } from '../runtime.ts';

/** Pair that was read, and the DC that it was read of. */
export interface ReadPair extends PairFacts {
  /** DNS name of the DC that was read, lower case. */
  dc: string;
  /** DNS name of the DC that cmdlets go to by now. */
  server: string;
}

export interface SettledOptions {
  /** Where the DCs differ as far as it matters here; everything that a migration changes unless told otherwise. */
  differ?(read: PairFacts, other: PairFacts): Drift[];
  /** True if what seems to be gone was read before in this migration, so that its absence is news. */
  seen?: boolean;
}

/**
 * Requires that what was read can be relied on where it is not what this migration left behind. The DCs in the settings
 * are asked as well: where they differ, or the DC that was kept so far does not answer, one of them has not learned of
 * the other's changes yet, and concluding anything from its silence would be taking replication lag for drift. Then the
 * attempt fails as REPLICATION_LAGGING and is made again, less and less often; with one DC there is nothing to ask.
 */
export async function requireSettled(
  deps: ActivityDeps,
  target: Target,
  { dc, server, ...read }: ReadPair,
  { differ = lag, seen = false }: SettledOptions = {},
): Promise<void> {
  const others = deps.directoryServers.filter((name) => name !== dc);
  const replicas = await readReplicas(
    deps.connectDirectory,
    others,
    target,
    read,
    cancellationSignal(),
    differ,
  );
  const kept = target.domain.server.toLowerCase();
  const heard = dc === kept || replicas.some((other) => other.server === kept && other.agrees === 'yes');
  const other =
    replicas.find(({ agrees }) => agrees === 'no') ?? (heard ? undefined : silent(replicas, kept));
  const account = target.account.samAccountName;
  if (other) {
    const hint = other.agrees === 'unknown' ? '; if it is gone for good, take it out of directory.urls' : '';
    const { differs, failure } = other;
    const why = failure ? `${failure.code} ${failure.message}` : wordDrift(differs);
    notSettled(`${account}: ${dc} and ${other.server} do not agree yet: ${why}${hint}`, pauseMs(attempt()));
  }
  // Cmdlets go to a DC that cannot be read: what they did there is only known once this one has learned of it.
  if (heard || seen || server.toLowerCase() !== kept) return;
  const lacking = `${server}, which the cmdlets go to, is not in directory.urls`;
  notSettled(`${account}: ${dc} may not have heard yet, and ${lacking}`, pauseMs(attempt()));
}

/** The kept DC where it does not answer; where no URL has its name, any that does not answer may lead to it. */
function silent(replicas: ReplicaFacts[], kept: string): ReplicaFacts | undefined {
  const unknown = replicas.filter(({ agrees }) => agrees === 'unknown');
  const named = replicas.some(({ server }) => server === kept);
  return named ? unknown.find(({ server }) => server === kept) : unknown[0];
}

/** From 15 seconds, as within a site, to half an hour, as between sites: 10 attempts last an hour and a half. */
function pauseMs(count: number): number {
  return Math.min(15_000 * 2 ** (count - 1), 30 * 60_000);
}
