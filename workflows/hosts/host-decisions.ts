import type { StageName } from '../../src/domain/migration/stages.ts';
import type { GateName } from '../../src/domain/plan/plan.ts';
import { by, textOf } from '../messages/payload.ts';
import { type Reaction, turnsBack } from '../messages/signals.ts';
import { evidenceOf, type Migration, now } from '../state.ts';

/** What a person says about one host: leave it out. The rollout sees it when it looks next. */
export const skipHost: Reaction = (m, payload) => {
  const { about, host, refused } = addressed(m, payload, whyNotSkipped);
  if (!host || refused !== null) return { about, refused };
  noLongerFailed(m, host);
  evidenceOf(m, host).skipped = { ...by(payload), at: now() };
  return { about };
};

/** Try one again that failed. */
export const retryHost: Reaction = (m, payload) => {
  const { about, host, refused } = addressed(m, payload, whyNotRetried);
  if (host && refused === null) noLongerFailed(m, host);
  return { about, refused };
};

export function isSkipped(m: Migration, host: string): boolean {
  return evidenceOf(m, host).skipped !== undefined;
}

/** Hosts that a person has left out, sorted. */
export function skippedHosts(m: Migration): string[] {
  return m.state.status.hosts
    .filter(({ skipped }) => skipped)
    .map(({ host }) => host)
    .sort();
}

/** Hosts that a gate is not about: a wave does not wait for those that have failed before it, and wait for a person. */
export function leftOut(m: Migration, gate: GateName): string[] {
  const failed = gate.startsWith('wave-') ? m.state.status.failedHosts.map(({ host }) => host) : [];
  return [...new Set([...skippedHosts(m), ...failed])].sort();
}

type WhyNot = (m: Migration, host: string) => string | null;

function addressed(m: Migration, payload: unknown, whyNot: WhyNot) {
  const written = textOf(payload, 'host');
  const host = written && hostOfPlan(m, written);
  const about = host ?? written;
  if (!host) return { about, host, refused: 'it names no host of the plan' };
  if (turnsBack(m.state)) return { about, host, refused: 'the migration turns back' };
  return { about, host, refused: whyNot(m, host) };
}

/** By its name, or by the first label alone where that is one host's. */
function hostOfPlan({ plan }: Migration, written: string): string | null {
  const name = written.toLowerCase();
  const names = plan.hosts.map((host) => host.name);
  if (names.includes(name)) return name;
  const short = names.filter((each) => each.split('.')[0] === name);
  return short.length === 1 ? short[0]! : null;
}

const whyNotSkipped: WhyNot = (m, host) => {
  const { stage } = m.state.status;
  if (isSkipped(m, host)) return 'it is skipped already';
  if (over.includes(stage)) return 'every host has had its turn';
  const { rollout } = m.state;
  return rollout?.stage === stage && rollout.done.includes(host) ? 'it has had its turn, and is well' : null;
};

const whyNotRetried: WhyNot = (m, host) => {
  const failed = m.state.status.failedHosts.some((each) => each.host === host);
  return failed ? null : 'it waits for nobody: only a host that failed is tried again';
};

function noLongerFailed({ state: { status } }: Migration, host: string): void {
  status.failedHosts = status.failedHosts.filter((failed) => failed.host !== host);
}

const over: StageName[] = ['soak', 'undo', 'done'];
