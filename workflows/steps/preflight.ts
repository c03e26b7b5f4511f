import { ActivityFailure, sleep } from '@temporalio/workflow';

import type { Expectation } from '../../src/domain/assess/assessed.ts';
import type { ErrorCode } from '../../src/domain/errors/errors.ts';
import { withoutWords } from '../../src/domain/facts/compare.ts';
import type { Evidence } from '../../src/domain/facts/evidence.ts';
import { blocking, type Finding } from '../../src/domain/findings/findings.ts';
import type { Gate } from '../../src/domain/gates/gates.ts';
import { holdFor } from '../../src/domain/migration/hold.ts';
import { type GateName, isWaveGate } from '../../src/domain/plan/plan.ts';
import { findDrift } from '../../src/domain/values/drift.ts';
import { wordDrift } from '../../src/wording/drift.ts';
import { summaries } from '../../src/wording/summary.ts';
import { reading, readingHosts } from '../activities.ts';
import { continueIfLong } from '../continue.ts';
import { failureOf, failWith } from '../failures.ts';
import { seeHosts, seePrincipals } from '../hosts/evidence.ts';
import { leftOut } from '../hosts/host-decisions.ts';
import { waitFor } from '../stage.ts';
import { evidenceOf, keep, type Migration, now } from '../state.ts';
import { hadToWaitForStrangers } from './strangers.ts';

/** Evidence, and when its hosts were read (ISO 8601). */
export interface Reading {
  evidence: Evidence;
  hostsReadAt: string;
}

/** Reads everything before a gate opens, for people to vote on. Throws PREFLIGHT_BLOCKED. */
export async function preflight(m: Migration, gate: GateName, wave?: string[]): Promise<void> {
  const reading = await read(m, gate, false, wave);
  const { facts } = reading.evidence;
  voteOn(m, reading);
  m.state.status.before ??= facts;
  requireNothingBlocking(m);
  if (gate === 'complete' && (await hadToWaitForStrangers(m, facts.dmsa?.principals ?? [])))
    voteOn(m, await read(m, gate, false));
}

/**
 * Reads again at the moment of acting: before-images are made of it. Hosts that were asked minutes ago are not asked again
 * at gate "start". Later, someone may have set the policy for a dMSA of their own, which an undo would take away. The
 * caller decides whether people vote on it: a run that ends in between must not leave evidence that nobody has seen.
 */
export async function readAgain(
  m: Migration,
  { name: gate, hosts: wave }: Pick<Gate, 'name' | 'hosts'>,
): Promise<Reading> {
  const { hostsReadAt } = m.state;
  const fresh = gate === 'start' && Date.now() - Date.parse(hostsReadAt!) <= freshMs;
  return await read(m, gate, fresh, wave);
}

/** Makes this reading the evidence that votes are for and that changes begin from. */
export function voteOn({ state }: Migration, { evidence, hostsReadAt }: Reading): void {
  Object.assign(state, { evidence, hostsReadAt });
}

/** Age up to which a reading is taken to hold, in milliseconds. */
export const freshMs = 5 * 60_000;

export function requireNothingBlocking(m: Migration): void {
  const blocks = blocking(m.state.status.findings);
  if (blocks.length === 0) return;
  const message = blocks.map(({ code, subject, evidence }) => `${code} ${subject} (${evidence})`).join('; ');
  throw failWith('PREFLIGHT_BLOCKED', message);
}

/** Throws PLAN_DRIFTED if the facts are not those that the plan was made of. */
export function requireAsPlanned({ state }: Migration): void {
  const { seen, evidence } = state;
  state.seen = null;
  const differences = seen ? findDrift(withoutWords(seen), withoutWords(evidence!.facts)) : [];
  if (differences.length > 0)
    throw failWith('PLAN_DRIFTED', `since the plan was made: ${wordDrift(differences)}`);
}

/** Reads until nothing is in the way that passes by itself. Each look costs a few events. */
async function read(m: Migration, gate: GateName, hostsAreFresh: boolean, wave?: string[]): Promise<Reading> {
  for (let takeHosts = hostsAreFresh; ; takeHosts = false) {
    const reading = await lookOrSkip(m, gate, takeHosts, wave);
    if (reading === null) continue;
    const hold = holdFor(reading.evidence, m.plan, gate, now());
    if (!hold) return reading;
    waitFor(m, hold.reason, hold.until);
    await sleep(Math.max(1, Date.parse(hold.until) - Date.now()), { summary: summaries.holdWait });
    waitFor(m, null);
    await continueIfLong(m);
  }
}

/** Reads once; null if a host could not be asked and has been skipped meanwhile. */
async function lookOrSkip(
  m: Migration,
  gate: GateName,
  takeHosts: boolean,
  wave?: string[],
): Promise<Reading | null> {
  const before = leftOut(m, gate).join();
  try {
    return await look(m, gate, takeHosts, wave);
  } catch (error) {
    const isAway =
      error instanceof ActivityFailure && failureOf(error).code === ('HOSTS_NOT_ASKED' satisfies ErrorCode);
    if (isAway && leftOut(m, gate).join() !== before) return null;
    throw error;
  }
}

/** Reads once. `takeHosts`: takes over what hosts said last, and does not ask them. */
export async function look(
  m: Migration,
  gate: GateName,
  takeHosts: boolean,
  wave?: string[],
): Promise<Reading> {
  const { status } = m.state;
  const taken = takeHosts ? { hosts: m.state.evidence!.facts.hosts, at: m.state.hostsReadAt! } : null;
  const askedAt = now();
  const skipped = leftOut(m, gate);
  const read = taken
    ? reading(summaries.preflight(gate, false))
    : readingHosts(summaries.preflight(gate, true));
  const evidence = await read.preflight({
    plan: m.plan,
    gate,
    expect: expectation(gate),
    allowed: status.allowedPrincipals.map(({ sid }) => sid),
    hosts: taken?.hosts ?? null,
    ...(taken && { hostFindings: status.findings }),
    ...(gate !== 'start' && { policySetAt: policySetAt(m) }),
    server: m.target.domain.server,
    ...(skipped.length > 0 && { skipped }),
    ...(wave && { wave }),
  });
  keep(m, evidence);
  status.findings = evidence.findings.filter((each) => !isYetToJoin(m, gate, each));
  if (!taken) seeHosts(m, evidence.facts.hosts, askedAt);
  if (gate !== 'start') seePrincipals(m, evidence.facts.dmsa, askedAt);
  return { evidence, hostsReadAt: taken?.at ?? askedAt };
}

/** Returns whether a finding says that a host has not joined before its wave, which restarts it so that it joins. */
function isYetToJoin(m: Migration, gate: GateName, { code, subject }: Finding): boolean {
  if (code !== 'PRINCIPAL_MISSING' || !isWaveGate(gate)) return false;
  return m.plan.hosts.some(({ name }) => name === subject) && evidenceOf(m, subject).restarted !== 'yes';
}

function expectation(gate: GateName): Expectation {
  if (gate === 'start') return 'unlinked';
  return gate === 'soak' ? 'completed' : 'linked';
}

/** When this migration set the policy value, by host (ISO 8601). */
function policySetAt({ state }: Migration): Record<string, string> {
  const set = state.status.journal.flatMap((entry) =>
    entry.step === 'prepare-host' && entry.status === 'applied' && entry.beforeImage.policy?.value !== 1
      ? [[entry.target, entry.registeredAt]]
      : [],
  );
  return Object.fromEntries(set);
}
