import type { ReplicationFacts } from '../facts/domain-facts.ts';
import type { Principal } from '../facts/facts.ts';
import type { GateName } from '../plan/plan.ts';
import type { Duration } from '../values/duration.ts';
import type { Failure } from './failure.ts';
import type { JournalStep } from './journal.ts';

/** Reason of a wait, as facts; src/wording/waiting.ts says it in English. */
export type WaitReason =
  /** Votes at an open gate. */
  | { kind: 'votes'; gate: GateName; required: number }
  /** A person's `allowPrincipal` for each. */
  | { kind: 'strangers'; principals: Pick<Principal, 'sid' | 'name'>[] }
  /** A person's `retry` or `skipHost` for each. */
  | { kind: 'failed-hosts'; hosts: string[] }
  /** A person's `retry` of what keeps failing while the migration turns back. */
  | { kind: 'operator'; step: JournalStep | 'compare'; failure: Failure }
  /** Hosts that have to join the principals; an ACE keeps out those that are `refused`. */
  | { kind: 'principals'; hosts: string[]; refused: string[] }
  /** Domain controllers that do not tell the same of a change yet. */
  | { kind: 'controllers'; failure: Failure }
  /** A replication partner from which the domain controller gets nothing. */
  | { kind: 'replication'; partner: ReplicationFacts }
  /** The clock of a host, which Kerberos does not accept. */
  | { kind: 'host-clock'; host: string }
  | { kind: 'bake'; length: Duration }
  | { kind: 'kds-key' }
  | { kind: 'window' }
  | { kind: 'observation' }
  | { kind: 'soak' }
  /** Work that a run which was ended by hand may still have under way. */
  | { kind: 'ended-run' };

/** A wait that is under way. */
export type Waiting = WaitReason & {
  /** ISO 8601: when it began. */
  since: string;
  /** ISO 8601: when it ends or is looked at again; null where only somebody else ends it. */
  until: string | null;
};

/** Returns why something waits, without its times: two looks at one wait give the same. */
export function waitReasonOf(waiting: Waiting | null | undefined): WaitReason | null {
  if (!waiting) return null;
  const { since, until, ...reason } = waiting;
  return reason;
}
