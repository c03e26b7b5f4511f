import type { Evidence } from '../facts/evidence.ts';
import type { GateName, Plan } from '../plan/plan.ts';
import { durationMs } from '../values/duration.ts';
import type { WaitReason } from './waiting.ts';

/** Obstacle that passes by itself. */
export interface Hold {
  reason: WaitReason;
  /** ISO 8601: when to look again. */
  until: string;
}

/**
 * Finds what preflight has to wait for before its findings mean anything; null if nothing. If the plan says so, that is a
 * KDS root key that becomes effective later (failure-cases.md, 13). Once the accounts are linked, it is replication that
 * fails: going on is not allowed then [overview], and turning weeks back for a link between two sites helps nobody. So it
 * is with a host's clock that Kerberos does not accept.
 */
export function holdFor(
  { domain, findings }: Pick<Evidence, 'domain' | 'findings'>,
  plan: Pick<Plan, 'waits' | 'waitForKds'>,
  gate: GateName,
  now: string,
): Hold | null {
  const found = (code: string) => findings.filter((each) => each.code === code);
  if (gate === 'start' && plan.waitForKds && found('KDS_KEY_NOT_EFFECTIVE').length > 0) {
    return { reason: { kind: 'kds-key' }, until: domain.kdsEffectiveAt! };
  }
  const lookAgain = new Date(Date.parse(now) + durationMs(plan.waits.checkEvery)).toISOString();
  const failing = found('REPLICATION_FAILING').map(({ subject }) => subject);
  const partner = domain.replication?.find((each) => failing.includes(each.partner));
  if (gate !== 'start' && partner) return { reason: { kind: 'replication', partner }, until: lookAgain };
  const skewed = found('HOST_CLOCK_SKEWED').find(({ severity }) => severity === 'block');
  if (gate !== 'start' && skewed)
    return { reason: { kind: 'host-clock', host: skewed.subject }, until: lookAgain };
  return null;
}
