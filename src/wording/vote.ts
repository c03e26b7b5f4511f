import { counts, type Gate } from '../domain/gates/gates.ts';
import type { RecordedVote, VoteRefusal } from '../domain/gates/votes.ts';
import { wordSender } from './signal.ts';

/** Reasons why a vote does not count. */
export const voteRefusals: Record<VoteRefusal, string> = {
  VOTE_MALFORMED: 'the vote lacks gate, hash, by or decision',
  VOTE_WRONG_GATE: 'that gate is not open',
  VOTE_LATE: 'the gate is decided already',
  VOTE_BY_REQUESTER: 'the requester may not approve the migration',
  VOTE_UNKNOWN_APPROVER: 'the plan does not list this approver',
  VOTE_STALE_HASH: 'the hash is not that of the evidence the gate shows now; look again with dmsa status',
  VOTE_DUPLICATE: 'this approver has voted already, and a vote is final',
  VOTE_TOO_MANY: 'too many votes were waiting to be verified; vote again',
  VOTE_UNVERIFIED: 'the worker could not verify it; look at its log, and vote again',
  VOTE_UNSIGNED: 'the plan lists keys of approvers, and the vote is not signed',
  VOTE_BAD_SIGNATURE: 'the signature is not that of a key that the plan lists for this approver',
  VOTE_FOR_ANOTHER: 'it was signed for another migration, plan or decision',
};

/** Verdict on a vote, with the reason; `gate` is null for a vote that came before there was one. */
export function wordVerdict(vote: RecordedVote, gate: Gate | null): string {
  if (vote.verdict === 'refused') return `does not count: ${voteRefusals[vote.code] ?? vote.code}`;
  if (gate === null) return 'does not count: no gate was open';
  return counts(vote, gate) ? 'counts' : 'voided: the evidence has changed since';
}

/** Who said what, and why: `LAB\bob approves "evidence read"`. */
export function wordVote(vote: RecordedVote): string {
  const verb = vote.decision === 'approve' ? 'approves' : 'rejects';
  return `${wordSender(vote)} ${verb}${vote.reason ? ` "${vote.reason}"` : ''}`;
}
