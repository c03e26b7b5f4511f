import type { Approval } from '../../activities/gates/require-approval.ts';
import { countedVotes } from '../../src/domain/gates/gates.ts';
import type { GateName } from '../../src/domain/plan/plan.ts';
import type { Migration } from '../state.ts';

/**
 * Signed votes for the activity that makes a change: who can write to the Temporal namespace can write a history, but no
 * signature. Empty for a plan without keys.
 */
export function approval({ plan, state }: Migration, name: GateName): { approval?: Approval } {
  if (!plan.approverKeys) return {};
  const gate = state.status.gates.find((each) => each.name === name);
  const votes = gate ? countedVotes(gate).flatMap(({ jws }) => jws ?? []) : [];
  const { execution } = state.status;
  return { approval: { plan, gate: name, hash: gate?.hash ?? '', execution, votes } };
}
