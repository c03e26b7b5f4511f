import type { KnownPeople } from '../plan/people.ts';
import { approvals, awaitedAt, type Gate } from './gates.ts';

/** State of the votes at a gate. */
export interface Tally {
  /** Number of approvals that are needed. */
  required: number;
  /** Approvers whose approval counts, as they wrote themselves. */
  approved: string[];
  /** Number of approvals that are missing. */
  missing: number;
  /** Approvers who may still vote; null for anyone but the requester. */
  awaited: string[] | null;
}

/** `known`: who asked for the migration, and by what people are told apart. */
export function tallyOf(gate: Gate, known: KnownPeople & { requestedBy: string }): Tally {
  const approved = approvals(gate).map(({ by }) => by);
  return {
    required: gate.required,
    approved,
    missing: Math.max(0, gate.required - approved.length),
    awaited: gate.approvers.length === 0 ? null : awaitedAt(gate, known),
  };
}
