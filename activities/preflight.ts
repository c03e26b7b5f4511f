import { hostsLetIn } from '../src/domain/assess/assess-principals.ts';
import type { Expectation } from '../src/domain/assess/assessed.ts';
import { DmsaError, hostKeyCodes } from '../src/domain/errors/errors.ts';
import { differences } from '../src/domain/facts/compare.ts';
import type { CompletionFault, LinkState } from '../src/domain/facts/completion-fault.ts';
import type { Evidence } from '../src/domain/facts/evidence.ts';
import type { Facts } from '../src/domain/facts/facts.ts';
import type { HostFacts } from '../src/domain/facts/host-facts.ts';
import type { Finding } from '../src/domain/findings/findings.ts';
import { type Plan, type PlanHost, type Target, targetOf } from '../src/domain/plan/plan.ts';
import { MigrationState } from '../src/domain/states.ts';
import type { Drift } from '../src/domain/values/drift.ts';
import type { InspectOptions } from '../src/inspection/ask-host.ts';
import type { EventVerdicts } from '../src/inspection/events.ts';
import { hashOf, preflight as readAndAssess, readFacts } from '../src/inspection/preflight.ts';
import type { ActivityDeps } from './deps.ts';
import { isIn, type PresentPair } from './directory/pair.ts';
import { requireSettled } from './directory/settled.ts';
import { beating, cancellationSignal, now } from './runtime.ts';

export interface PreflightInput {
  plan: Plan;
  gate: string;
  expect: Expectation;
  allowed: string[];
  /** Facts to take over instead of asking the hosts again. */
  hosts: HostFacts[] | null;
  /** Findings of these hosts when they were asked. */
  hostFindings?: Finding[];
  /** When the migration set the policy value of hosts, ISO 8601, by their names. */
  policySetAt?: Record<string, string>;
  /** DNS name of the DC that is kept for the migration. */
  server: string;
  /** Hosts that a person has left out; absent for none. */
  skipped?: string[];
  /** Hosts of the wave that is voted on; absent where the vote is on all that there is. */
  wave?: string[];
}

/**
 * Reads directory and hosts, and says what stands in the way. Changes nothing. Throws REPLICATION_LAGGING where the
 * link is not what it was, and DCs disagree about it.
 */
export async function preflight(deps: ActivityDeps, input: PreflightInput): Promise<Evidence> {
  const request = { ...input, now: now().toISOString() };
  const { facts, domain, server, dc, findings, hash } = await beating(() =>
    readAndAssess(deps, request, inspectOptions(null)),
  );
  const { skipped = [], wave } = input;
  const aside = facts.hosts.map(({ name }) => name).filter((name) => isAside(name, { skipped, wave }));
  if (input.expect !== 'unlinked') {
    requireReached(facts, aside);
    const { account, dmsa } = facts;
    const state = input.expect === 'linked' ? MigrationState.Started : MigrationState.Completed;
    if (account === null || !isIn({ account, dmsa }, state))
      await requireReliable(deps, targetOf(input.plan, input.server), facts, dc);
  }
  const voted = wave ? { findings, hash: hashOf({ hash, wave }) } : { findings, hash };
  return { facts, domain, server, ...withoutSkipped(voted, skipped, aside) };
}

/**
 * Keeps findings on a host that is left out, or whose turn is not now, visible: they block nothing. That it is left
 * out is voted on, too: a skip that comes after the votes voids them.
 */
function withoutSkipped(
  { findings, hash }: Pick<Evidence, 'findings' | 'hash'>,
  skipped: string[],
  aside: string[],
) {
  const shown = findings.map((each) =>
    each.severity === 'block' && aside.includes(each.subject) ? { ...each, severity: 'warn' as const } : each,
  );
  return skipped.length === 0
    ? { findings: shown, hash }
    : { findings: shown, skipped, hash: hashOf({ hash, skipped }) };
}

/** A wave is about its own hosts: another one that is away is met in its own turn. */
function isAside(host: string, { skipped, wave }: { skipped: string[]; wave?: string[] }): boolean {
  return skipped.includes(host) || (wave !== undefined && !wave.includes(host));
}

/**
 * Throws HOSTS_NOT_ASKED: once linked, a host that cannot be asked now is unknown, not wrong, and weeks of waiting are
 * not turned back for a reboot. The activity is tried again for a while first.
 */
function requireReached({ hosts }: Facts, skipped: string[]): void {
  const unreached = hosts.filter((host) => host.unreachable !== null && !skipped.includes(host.name));
  if (unreached.length === 0) return;
  const names = unreached.map(({ name }) => name).join(', ');
  const named =
    unreached.find(({ unreachable }) => hostKeyCodes.includes(unreachable!.code)) ?? unreached[0]!;
  const { code, message } = named.unreachable!;
  throw new DmsaError('HOSTS_NOT_ASKED', names, `${named.name} answers ${code}: ${message}`);
}

export interface VerifyRestoredInput {
  plan: Plan;
  before: Facts;
  /** DNS name of the DC that is kept for the migration. */
  server: string;
}

/** Reads what is there after undoing, and where it differs from before: nowhere, when the promise is kept. */
export async function verifyRestored(
  deps: ActivityDeps,
  { plan, before, server }: VerifyRestoredInput,
): Promise<{ facts: Facts; differences: Drift[] }> {
  const read = await beating(() => readFacts(deps, plan, { ...inspectOptions(null), server }));
  const { facts, dc } = read;
  const target = targetOf(plan, server);
  const found = differences(before, facts);
  if (found.length > 0) await requireReliable(deps, target, facts, dc);
  return { facts, differences: found };
}

export interface VerifyCompletedInput {
  plan: Plan;
  /** DNS name of the DC that is kept for the migration. */
  server: string;
  /** ISO 8601: since when hosts may have fetched keys of the dMSA. */
  completedAt: string;
  /** SIDs that were let in when Complete was voted on: a host that never joined is no news. */
  principals: string[];
  /** Services that were restarted on each host, and so have to run. */
  running: Record<string, string[]>;
  /** Hosts that a person has left out; absent for none. */
  skipped?: string[];
}

export interface CompletionCheck {
  facts: Facts;
  events: Record<string, EventVerdicts>;
  faults: CompletionFault[];
}

/**
 * After the soak: both objects completed and linked, the account still there and disabled (failure-cases.md, 5), its
 * services running as the account (failure-cases.md, 4), every host that had joined still among the principals.
 */
export async function verifyCompleted(
  deps: ActivityDeps,
  input: VerifyCompletedInput,
): Promise<CompletionCheck> {
  const { plan, server } = input;
  const options = { ...inspectOptions(input.completedAt), server };
  const { facts, inspections, dc } = await beating(() => readFacts(deps, plan, options));
  requireReached(facts, input.skipped ?? []);
  const inDirectory = [...directoryFaults(facts), ...principalFaults(facts, input)];
  if (inDirectory.length > 0) await requireReliable(deps, targetOf(plan, server), facts, dc);
  const events = Object.fromEntries(inspections.map(({ facts: host, events }) => [host.name, events]));
  return { facts, events, faults: [...inDirectory, ...serviceFaults(facts, input)] };
}

/** Once it has been read in this migration how things were; what differs now may only not have been heard of. */
async function requireReliable(deps: ActivityDeps, target: Target, facts: Facts, dc: string): Promise<void> {
  await requireSettled(deps, target, { ...facts, dc, server: target.domain.server }, { seen: true });
}

function directoryFaults({ account, dmsa }: Facts): CompletionFault[] {
  if (!account) return [{ kind: 'account-deleted' }];
  const faults: CompletionFault[] = [];
  if (!isIn({ account, dmsa }, MigrationState.Completed))
    faults.push({ kind: 'pair', ...linkState({ account, dmsa }) });
  if (account.enabled) faults.push({ kind: 'account-enabled', dn: account.dn });
  return faults;
}

function linkState({ account, dmsa }: PresentPair): LinkState {
  const { state, supersededBy } = account;
  return {
    account: { state, supersededBy },
    dmsa: dmsa && { state: dmsa.state, precededBy: dmsa.precededBy },
  };
}

function principalFaults({ dmsa }: Facts, input: VerifyCompletedInput): CompletionFault[] {
  const { principals } = input;
  const present = dmsa ? hostsLetIn(dmsa) : new Set();
  return hostsOf(input)
    .filter(({ computerSid }) => principals.includes(computerSid) && !present.has(computerSid))
    .map(({ name }) => ({ kind: 'principal-gone', host: name }));
}

/** A host that a person has left out is no part of what has to be right. */
function hostsOf({ plan, skipped = [] }: VerifyCompletedInput): PlanHost[] {
  return plan.hosts.filter(({ name }) => !skipped.includes(name));
}

function serviceFaults(facts: Facts, input: VerifyCompletedInput): CompletionFault[] {
  return hostsOf(input).flatMap(({ name, services }): CompletionFault[] => {
    const host = facts.hosts.find((each) => each.name === name);
    if (!host) return [{ kind: 'host-not-read', host: name }];
    const states = new Map(host.services.map((service) => [service.name.toLowerCase(), service.state]));
    const stateOf = (service: string) => states.get(service.toLowerCase()) ?? null;
    const gone = services.filter((service) => stateOf(service) === null);
    const dead = (input.running[name] ?? []).filter(
      (service) => ![null, 'Running'].includes(stateOf(service)),
    );
    return [
      ...gone.map((service) => ({ kind: 'service-account', host: name, service }) as const),
      ...dead.map(
        (service) => ({ kind: 'service-state', host: name, service, state: stateOf(service)! }) as const,
      ),
    ];
  });
}

function inspectOptions(eventsSince: string | null): InspectOptions {
  return { eventsSince, signal: cancellationSignal() };
}
