import type { GatePlan, PlanHost } from '../plan/plan.ts';
import { type Duration, durationMs } from '../values/duration.ts';

/** What one step of a plan will do, in words, and what takes it back. */
export interface PlanStep {
  title: string;
  /** What is changed, one sentence each; empty for a step that only reads or waits. */
  changes: string[];
  /** What undoes it; empty where nothing has to. */
  undo: string[];
  /** What it waits for, where that is more than time. */
  waitsFor?: string;
  /** ISO 8601: until when it waits at the least; null where it may end at once. */
  until: string | null;
  /** ISO 8601: until when it waits at the most; where it waits in vain, everything is undone. */
  atMost?: string;
  /** Who votes, where it is a gate. */
  gate?: GatePlan & {
    /** ISO 8601; null where several open one after the other. */
    expiresAt: string | null;
  };
}

/** A step that changes nothing; `more`: what it waits for, or asks. */
export function idleStep(title: string, more: Partial<Omit<PlanStep, 'changes' | 'undo'>> = {}): PlanStep {
  return { title, changes: [], undo: [], until: null, ...more };
}

/** `opensAt`: ISO 8601; null where several open one after the other. */
export function gateStep(title: string, gate: GatePlan, opensAt: string | null): PlanStep {
  const expiresAt = opensAt === null ? null : later(opensAt, gate.expiresAfter);
  return idleStep(title, { gate: { ...gate, expiresAt } });
}

/** The name of one host, or how many there are. */
export function counted(hosts: PlanHost[]): string {
  return hosts.length === 1 ? hosts[0]!.name : `${hosts.length} hosts`;
}

/** ISO 8601: so long after `from`. */
export function later(from: string, duration: Duration): string {
  return new Date(Date.parse(from) + durationMs(duration)).toISOString();
}
