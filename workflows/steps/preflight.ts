import { ApplicationFailure, sleep } from '@temporalio/workflow';

import type { ErrorCode } from '../../src/domain/errors.ts';
import type { Evidence } from '../../src/domain/facts.ts';
import { blocking } from '../../src/domain/findings.ts';
import { holdFor } from '../../src/domain/hold.ts';
import type { GateName } from '../../src/domain/plan.ts';
import { reading, readingHosts } from '../activities.ts';
import { continueIfLong, isLong } from '../continue.ts';
import { seeHosts, seePrincipals } from '../evidence.ts';
import { skippedHosts } from '../host-decisions.ts';
import { keep, type Migration, now, waitFor } from '../state.ts';
import { strangersAllowed } from './strangers.ts';

/** Reads everything before a gate opens: what it finds is what will be voted on. Throws PREFLIGHT_BLOCKED. */
export async function preflight(m: Migration, gate: GateName): Promise<void> {
  const evidence = await read(m, gate, null);
  m.state.status.before ??= evidence.facts;
  requireNothingBlocking(m);
  if (gate === 'complete' && (await strangersAllowed(m, evidence.facts.dmsa?.principals ?? [])))
    await read(m, gate, null);
}

/**
 * The same reading at the moment of acting: what it sees is the before-image of what is changed next. Hosts that were
 * asked minutes ago are not asked again at gate "start"; after that, someone may have set the policy for a dMSA of
 * their own, which an undo would take away.
 */
export async function readAgain(m: Migration, gate: GateName): Promise<Evidence> {
  const { evidence, hostsReadAt } = m.state;
  const fresh = gate === 'start' && Date.now() - Date.parse(hostsReadAt!) <= freshMs;
  return await read(m, gate, fresh ? evidence!.facts.hosts : null);
}

const freshMs = 5 * 60_000;

export function requireNothingBlocking(m: Migration): void {
  const blocks = blocking(m.state.status.findings);
  if (blocks.length === 0) return;
  const message = blocks.map(({ code, subject, evidence }) => `${code} ${subject} (${evidence})`).join('; ');
  throw ApplicationFailure.nonRetryable(message, 'PREFLIGHT_BLOCKED' satisfies ErrorCode);
}

/**
 * Reads until nothing is in the way that passes by itself; timers are durable, and cost a few events each. A new run goes
 * on with what had been read before the wait: where that was voted on, votes are for it and for nothing read since.
 */
async function read(
  m: Migration,
  gate: GateName,
  hosts: Evidence['facts']['hosts'] | null,
): Promise<Evidence> {
  const { evidence: before, hostsReadAt } = m.state;
  for (let taken = hosts; ; taken = null) {
    const evidence = await readOnce(m, gate, taken);
    const hold = holdFor(evidence, m.plan, gate, now());
    if (!hold) return evidence;
    waitFor(m, hold.waitingFor, hold.until);
    await sleep(Math.max(1, Date.parse(hold.until) - Date.now()), { summary: 'Wait before looking again' });
    waitFor(m, null);
    if (!isLong()) continue;
    Object.assign(m.state, { evidence: before, hostsReadAt });
    await continueIfLong(m);
  }
}

async function readOnce(
  m: Migration,
  gate: GateName,
  hosts: Evidence['facts']['hosts'] | null,
): Promise<Evidence> {
  const { status } = m.state;
  const askedAt = now();
  const skipped = skippedHosts(m);
  const read = hosts
    ? reading(`Read directory for gate "${gate}"`)
    : readingHosts(`Read directory and hosts for gate "${gate}"`);
  const evidence = await read.preflight({
    plan: m.plan,
    gate,
    expect: gate === 'start' ? 'unlinked' : 'linked',
    allowed: status.allowedPrincipals.map(({ sid }) => sid),
    hosts,
    ...(hosts && { hostFindings: status.findings }),
    ...(gate === 'complete' && { policySetAt: policySetAt(m) }),
    server: m.target.domain.server,
    ...(skipped.length > 0 && { skipped }),
  });
  keep(m, evidence);
  status.findings = evidence.findings;
  if (!hosts) seeHosts(m, evidence.facts.hosts, askedAt);
  if (gate === 'complete') seePrincipals(m, evidence.facts.dmsa, askedAt);
  m.state.evidence = evidence;
  if (!hosts) m.state.hostsReadAt = askedAt;
  return evidence;
}

/** Of hosts whose value was another before. */
function policySetAt({ state }: Migration): Record<string, string> {
  const set = state.status.journal.flatMap((entry) =>
    entry.step === 'prepare-host' && entry.status === 'applied' && entry.beforeImage.policy?.value !== 1
      ? [[entry.target, entry.registeredAt]]
      : [],
  );
  return Object.fromEntries(set);
}
