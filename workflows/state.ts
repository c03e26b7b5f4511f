import { CancellationScope } from '@temporalio/workflow';

import type { HostEvidence } from '../src/domain/facts/host-evidence.ts';
import { migrationId, type Plan, type Target, targetOf } from '../src/domain/plan/plan.ts';
import { type Carried, initialState } from './carried.ts';
import type { MigrationInput } from './contract.ts';

/** One migration while it runs. Everything in `state` is plain data and crosses continue-as-new. */
export interface Migration {
  readonly id: string;
  readonly plan: Plan;
  /** Part of the plan that each step needs, with the DC that the migration keeps by now. */
  readonly target: Target;
  readonly state: Carried;
  /** Number of signals that this run has received. */
  heard: number;
  /** Scope of the way forward. An undo cancels it, and compensations run outside of it. */
  readonly forward: CancellationScope;
}

export function newMigration({ plan, carried, seen }: MigrationInput): Migration {
  return {
    id: migrationId(plan),
    plan,
    get target() {
      return targetOf(plan, this.state.server);
    },
    state: carried ?? initialState(plan, seen ?? null),
    heard: 0,
    forward: new CancellationScope(),
  };
}

/**
 * Keeps the DC that an activity used. If the plan's own fails, the migration moves to another one and stays there, as the
 * first may come back without what was changed meanwhile.
 */
export function keep(m: Migration, { server }: { server: string }): void {
  m.state.server = server;
}

/** Tells an activity that an ended run may have run it: then its first attempt is a retry. */
export function again({ state }: Migration): { again?: boolean } {
  return state.adopted ? { again: true } : {};
}

export function evidenceOf(m: Migration, host: string): HostEvidence {
  return m.state.status.hosts.find((each) => each.host === host)!;
}

/** Workflow time, ISO 8601: the same on every replay. */
export function now(): string {
  return new Date().toISOString();
}

export function inMs(ms: number): string {
  return new Date(Date.now() + ms).toISOString();
}
