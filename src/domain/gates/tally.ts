import type { KnownPeople } from '../plan/people.ts';
import { approvals, awaitedAt, type Gate } from './gates.ts';

/** How far the votes at a gate are. */
export interface Tally {
  /** How many have to say yes. */
  required: number;
  /** Whose yes counts, as they wrote themselves. */
  approved: string[];
  /** How many yeses are missing. */
  missing: number;
  /** Who may still vote; null for anyone but the requester. */
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
