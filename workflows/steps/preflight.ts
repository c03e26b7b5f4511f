import { ApplicationFailure } from '@temporalio/workflow';

import type { ErrorCode } from '../../src/domain/errors.ts';
import type { Evidence } from '../../src/domain/facts.ts';
import { blocking } from '../../src/domain/findings.ts';
import type { GateName } from '../../src/domain/plan.ts';
import { reading } from '../activities.ts';
import { evidenceOf, type Migration } from '../state.ts';
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
 * The same reading at the moment of acting. At gate "start" the hosts are not asked again: preparing them is the next
 * step, and reads each host before it changes it. At gate "complete", weeks may have passed since anyone looked.
 */
export async function readAgain(m: Migration, gate: GateName): Promise<Evidence> {
  return await read(m, gate, gate === 'start' ? m.state.evidence!.facts.hosts : null);
}

export function requireNothingBlocking(m: Migration): void {
  const blocks = blocking(m.state.status.findings);
  if (blocks.length === 0) return;
  const message = blocks.map(({ code, subject, evidence }) => `${code} ${subject} (${evidence})`).join('; ');
  throw ApplicationFailure.nonRetryable(message, 'PREFLIGHT_BLOCKED' satisfies ErrorCode);
}

async function read(
  m: Migration,
  gate: GateName,
  hosts: Evidence['facts']['hosts'] | null,
): Promise<Evidence> {
  const { status } = m.state;
  const evidence = await reading(`Read directory${hosts ? '' : ' and hosts'} for gate "${gate}"`).preflight({
    plan: m.plan,
    gate,
    expect: gate === 'start' ? 'unlinked' : 'linked',
    allowed: status.allowedPrincipals.map(({ sid }) => sid),
    hosts,
  });
  status.findings = evidence.findings;
  for (const host of evidence.facts.hosts) {
    if (host.policy) evidenceOf(m, host.name).policy = host.policy.value === 1 ? 'yes' : 'no';
  }
  m.state.evidence = evidence;
  return evidence;
}
