import { withPrincipalNames } from '../../src/directory/principals/read-principals.ts';
import { DmsaError } from '../../src/domain/errors/errors.ts';
import type { Target } from '../../src/domain/plan/plan.ts';
import { MigrationState } from '../../src/domain/states.ts';
import { wordPair } from '../../src/wording/completion-fault.ts';
import { type ActivityDeps, readNow } from '../deps.ts';
import { notDue, now } from '../runtime.ts';
import { isIn, pairFrom } from './pair.ts';
import { requireSettled } from './settled.ts';
import type { PrincipalsReading } from './verify-principals.ts';

export interface ObserveInput {
  target: Target;
  /** ISO 8601: when the observation is over if nothing changes. */
  until: string;
  /** Milliseconds between two reads. */
  everyMs: number;
  /** SIDs of all hosts of the plan, by which a group's members are told apart. */
  planHosts?: string[];
  /** SHA-256 of the principals' descriptor when this observation began. */
  digest: string | null;
}

export type ObservationResult =
  | { verdict: 'elapsed' }
  | ({ verdict: 'principals-changed' } & PrincipalsReading);

/**
 * Watches both objects until `until`. Each look that finds nothing new fails as not due, with the delay to the next
 * look: 28 days cost a handful of history events. Ends early when the descriptor changes, because the wait counts
 * from its last change [overview]. Throws STATE_UNEXPECTED when the link is no longer what it was, REPLICATION_LAGGING
 * for as long as DCs disagree about a change.
 */
export async function observe(deps: ActivityDeps, input: ObserveInput): Promise<ObservationResult> {
  const { target } = input;
  const dmsa = await readNow(deps, target, async (directory) => {
    const pair = await pairFrom(directory, target);
    const linked = isIn(pair, MigrationState.Started);
    if (linked && pair.dmsa?.principalsDigest === input.digest) return null;
    await requireSettled(deps, target, pair, { seen: true });
    if (linked) return await withPrincipalNames(directory, pair.dmsa!, input.planHosts);
    throw new DmsaError('STATE_UNEXPECTED', pair.account.dn, `while observing: ${wordPair(pair)}`);
  });
  const readAt = now();
  if (dmsa) {
    const { principals, principalsDigest } = dmsa;
    return {
      verdict: 'principals-changed',
      principals,
      digest: principalsDigest,
      readAt: readAt.toISOString(),
    };
  }
  const left = Date.parse(input.until) - readAt.getTime();
  if (left <= 0) return { verdict: 'elapsed' };
  return notDue({ kind: 'observation' }, Math.min(left, input.everyMs));
}
