import type { Tally } from '../domain/gates/tally.ts';
import type { GateName, GatePlan } from '../domain/plan/plan.ts';
import { counted } from './lists.ts';

/** Words the name of a gate: `Gate "start"`. */
export function wordGate(name: GateName): string {
  return `Gate "${name}"`;
}

/** Words who has to approve: `2 yes of LAB\ann, LAB\bob`. */
export function wordVoters({ approvers, required }: Pick<GatePlan, 'approvers' | 'required'>): string {
  return `${required} yes of ${wordApprovers(approvers)}`;
}

/** Words who may vote; an empty list is no limit. */
export function wordApprovers(approvers: string[]): string {
  return approvers.length > 0 ? approvers.join(', ') : 'anyone but the requester';
}

/** Words what happens when a gate expires. */
export function wordExpiry({ onExpiry }: Pick<GatePlan, 'onExpiry'>): string {
  return onExpiry === 'hold' ? 'it stays open' : 'everything is undone';
}

/** Words a tally: `1 of 2 votes, by LAB\ann; missing: 1 of LAB\bob`. */
export function wordTally(tally: Tally): string {
  const by = tally.approved.length > 0 ? `, by ${tally.approved.join(', ')}` : '';
  return [`${wordVoteCount(tally)}${by}`, wordMissing(tally)].filter((part) => part !== '').join('; ');
}

/** Words the number of votes: `1 of 2 votes`. */
export function wordVoteCount({ required, missing }: Tally): string {
  return `${required - missing} of ${counted(required, 'vote')}`;
}

/** Words who still has to vote; empty if nobody has to. */
export function wordMissing({ missing, awaited }: Tally): string {
  if (missing === 0) return '';
  return `missing: ${missing} of ${awaited === null ? wordApprovers([]) : awaited.join(', ') || 'nobody'}`;
}
