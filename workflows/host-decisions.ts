import type { StageName } from '../src/domain/stages.ts';
import { decisionsKept, type HostDecision } from '../src/domain/status.ts';
import { by, isRecord } from './payload.ts';
import { evidenceOf, type Migration, now } from './state.ts';

/**
 * What a person says about one host: `skip` it, or `retry` one that failed. Each is kept with what became of it; the
 * rollout sees it when it looks next. No name that a host may have is longer (RFC 1035).
 */
export function decideOnHost(m: Migration, action: HostDecision['action'], payload: unknown): void {
  const { status } = m.state;
  const written = isRecord(payload) && typeof payload.host === 'string' ? payload.host.trim() : null;
  const host = written && hostOfPlan(m, written);
  const decision: HostDecision = {
    action,
    host: host ?? written?.slice(0, longestName) ?? null,
    ...by(payload),
    at: now(),
    refused: refusal(m, action, host),
  };
  status.hostDecisions = [...(status.hostDecisions ?? []), decision].slice(-decisionsKept);
  if (!host || decision.refused !== null) return;
  status.failedHosts = status.failedHosts?.filter((failed) => failed.host !== host);
  if (action === 'skip') {
    const { by: who, reason, at } = decision;
    evidenceOf(m, host).skipped = { by: who, reason, at };
  }
}

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

const longestName = 255;

/** By its name, or by the first label alone where that is one host's. */
function hostOfPlan({ plan }: Migration, written: string): string | null {
  const name = written.toLowerCase();
  const names = plan.hosts.map((host) => host.name);
  if (names.includes(name)) return name;
  const short = names.filter((each) => each.split('.')[0] === name);
  return short.length === 1 ? short[0]! : null;
}

function refusal(m: Migration, action: HostDecision['action'], host: string | null): string | null {
  if (!host) return 'it names no host of the plan';
  if (m.state.undoRequest || m.state.status.failure) return 'the migration turns back';
  return refusals[action](m, host);
}

const refusals: Record<HostDecision['action'], (m: Migration, host: string) => string | null> = {
  skip(m, host) {
    const { stage } = m.state.status;
    if (isSkipped(m, host)) return 'it is skipped already';
    if (over.includes(stage)) return 'every host has had its turn';
    const { rollout } = m.state;
    return rollout?.stage === stage && rollout.done.includes(host)
      ? 'it has had its turn, and is well'
      : null;
  },
  retry(m, host) {
    const failed = m.state.status.failedHosts?.some((each) => each.host === host) ?? false;
    return failed ? null : 'it waits for nobody: only a host that failed is tried again';
  },
};

const over: StageName[] = ['soak', 'undo', 'done'];
