import type { SignalRefusalCode } from '../../src/domain/migration/signals.ts';
import type { StageName } from '../../src/domain/migration/stages.ts';
import { type GateName, isWaveGate } from '../../src/domain/plan/plan.ts';
import { senderOf, textOf } from '../messages/payload.ts';
import { type Reaction, refuse, turnsBack } from '../messages/signals.ts';
import { evidenceOf, type Migration, now } from '../state.ts';

/** Skips one host. The rollout sees it at its next look. */
export const skipHost: Reaction = (m, payload) => {
  const decision = decideOnHost(m, payload, whyNotSkipped);
  if ('host' in decision) evidenceOf(m, decision.host).skipped = { ...senderOf(payload), at: now() };
  return decision;
};

/** Retries one host that failed. */
export const retryHost: Reaction = (m, payload) => decideOnHost(m, payload, whyNotRetried);

export function isSkipped(m: Migration, host: string): boolean {
  return evidenceOf(m, host).skipped !== undefined;
}

/** Hosts that an operator has skipped, sorted. */
export function skippedHosts(m: Migration): string[] {
  return m.state.status.hosts
    .filter(({ skipped }) => skipped)
    .map(({ host }) => host)
    .sort();
}

/** Hosts that a gate is not about: skipped ones and, at a wave's gate, those that failed and wait for an operator. */
export function leftOut(m: Migration, gate: GateName): string[] {
  const failed = isWaveGate(gate) ? m.state.status.failedHosts.map(({ host }) => host) : [];
  return [...new Set([...skippedHosts(m), ...failed])].sort();
}

type WhyNot = (m: Migration, host: string) => SignalRefusalCode | null;

/** Finds the host that a payload names, which no longer counts as failed; or why nothing is done about it. */
function decideOnHost(m: Migration, payload: unknown, whyNot: WhyNot) {
  const written = textOf(payload, 'host');
  const host = written === undefined ? null : hostOfPlan(m, written);
  if (host === null) return refuse('SIGNAL_NO_HOST', written);
  const code = turnsBack(m.state) ? 'SIGNAL_TURNS_BACK' : whyNot(m, host);
  if (code !== null) return refuse(code, host);
  const { status } = m.state;
  status.failedHosts = status.failedHosts.filter((failed) => failed.host !== host);
  return { about: host, host };
}

/** Finds a host by its name, or by the first label if only one host has it. */
function hostOfPlan({ plan }: Migration, written: string): string | null {
  const name = written.toLowerCase();
  const names = plan.hosts.map((host) => host.name);
  if (names.includes(name)) return name;
  const short = names.filter((each) => each.split('.')[0] === name);
  return short.length === 1 ? short[0]! : null;
}

const whyNotSkipped: WhyNot = (m, host) => {
  const { stage } = m.state.status;
  if (isSkipped(m, host)) return 'SIGNAL_SKIPPED_ALREADY';
  if (over.includes(stage)) return 'SIGNAL_HOSTS_DONE';
  const { rollout } = m.state;
  return rollout?.stage === stage && rollout.done.includes(host) ? 'SIGNAL_HOST_DONE' : null;
};

const whyNotRetried: WhyNot = ({ state: { status } }, host) =>
  status.failedHosts.some((each) => each.host === host) ? null : 'SIGNAL_HOST_NOT_FAILED';

const over: StageName[] = ['soak', 'undo', 'done'];
