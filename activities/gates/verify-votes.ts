import { z } from 'zod';

import { type Gate, type RecordedVote, refusal, type Vote } from '../../src/domain/gates.ts';
import { type DomainNames, normalIdentity } from '../../src/domain/identity.ts';

export interface VerifyVotesInput {
  /** As the signals brought them, in order: anyone may send anything. */
  votes: { decision: Vote['decision']; payload: unknown; receivedAt: string }[];
  /** The gate that is open, or null where none is. */
  gate: Gate | null;
  requestedBy: string;
  domain: DomainNames;
}

const payloadSchema = z.object({
  gate: z.enum(['start', 'complete']),
  hash: z.string().max(128),
  by: z.string().trim().min(1).max(256),
  reason: z.string().max(1024).default(''),
});

/** Says of each vote whether it counts, and if not why. Reads nothing: an unsigned identity is declared, not proven. */
export async function verifyVotes({
  votes,
  gate,
  requestedBy,
  domain,
}: VerifyVotesInput): Promise<RecordedVote[]> {
  const who = {
    requester: normalIdentity(requestedBy, domain),
    approvers: (gate?.approvers ?? []).map((approver) => normalIdentity(approver, domain)),
  };
  const seen: Gate | null = gate && { ...gate, votes: [...gate.votes] };
  return votes.map(({ decision, payload, receivedAt }) => {
    const parsed = payloadSchema.safeParse(payload);
    if (!parsed.success) return malformed(decision, receivedAt);
    const vote = { ...parsed.data, decision, identity: normalIdentity(parsed.data.by, domain) };
    const refused = seen ? refusal(vote, seen, who) : 'VOTE_WRONG_GATE';
    const recorded: RecordedVote = { ...vote, receivedAt, refused };
    seen?.votes.push(recorded);
    return recorded;
  });
}

function malformed(decision: Vote['decision'], receivedAt: string): RecordedVote {
  return {
    gate: 'start',
    hash: '',
    by: '',
    reason: '',
    decision,
    identity: null,
    receivedAt,
    refused: 'VOTE_MALFORMED',
  };
}
