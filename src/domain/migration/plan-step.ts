import type { GateName, GatePlan, PlanHost, Rollout } from '../plan/plan.ts';
import { type Duration, durationMs } from '../values/duration.ts';

/**
 * One step of a plan: what it changes, whom it asks, and until when it waits. Dates are ISO 8601. Account and dMSA are
 * sAMAccountNames. src/wording/plan-step.ts says it in words, with what undoes each.
 */
export type PlanStep =
  | { step: 'gate'; gate: GateName; asks: GatePlan; expiresAt: string }
  /** Gates "wave-1" to "wave-`count`", each before its wave: when one opens is known when the one before has closed. */
  | { step: 'wave-gates'; count: number; asks: GatePlan }
  | { step: 'prepare-hosts'; hosts: string[]; enablesEventLog: boolean }
  | { step: 'reboot-hosts'; which: NonNullable<Rollout['reboot']> }
  | { step: 'create-dmsa'; dmsa: string; dn: string; exists: boolean }
  | { step: 'link'; account: string; dmsa: string }
  | RestartStep
  /** `joinBy`: where a host has not joined by then, everything is undone; null where none has to. */
  | { step: 'verify-principals'; hosts: string[]; joinBy: string | null }
  | { step: 'observe' | 'soak'; until: string }
  | { step: 'complete'; account: string; dmsa: string; spns: string[]; delegates: boolean }
  | { step: 'restore-event-logs'; hosts: string[] };

/** Restart of everything that logs on as the account, on the way to Complete and after it. */
export interface RestartStep {
  step: 'restart-services' | 'restart-and-verify';
  /** No services and no pools where it is not known which of them run. */
  hosts: { name: string; services: string[]; pools: string[] }[];
  /** Until when the canary runs at the least before the next wave; null where it is not let run. */
  bakesUntil: string | null;
  /** The only wave that is meant; absent for all of them. */
  wave?: GateName;
}

/** Makes the step of a gate that opens at `opensAt` (ISO 8601). */
export function gateStep(gate: GateName, asks: GatePlan, opensAt: string): PlanStep {
  return { step: 'gate', gate, asks, expiresAt: later(opensAt, asks.expiresAfter) };
}

export function hostNames(hosts: PlanHost[]): string[] {
  return hosts.map(({ name }) => name);
}

/** ISO 8601: so long after `from`. */
export function later(from: string, duration: Duration): string {
  return new Date(Date.parse(from) + durationMs(duration)).toISOString();
}
