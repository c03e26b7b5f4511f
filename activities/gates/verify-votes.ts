import { z } from 'zod';
import { claimedBy, readSignedVote, type SignedFor } from '../../src/approval/votes.ts';
import {
  type Gate,
  longestOfVote,
  type RecordedVote,
  refusal,
  type Vote,
  type VoteRefusal,
} from '../../src/domain/gates/gates.ts';
import type { DomainNames } from '../../src/domain/plan/identity.ts';
import { type Person, personOf } from '../../src/domain/plan/people.ts';
import { type ApproverKeySet, type GateName, gateNamePattern } from '../../src/domain/plan/plan.ts';

export interface VerifyVotesInput {
  /** As the signals brought them, in order: anyone may send anything. */
  votes: QueuedVote[];
  /** The gate that is open, or null where none is. */
  gate: Gate | null;
  /** Gates that are decided already. */
  decided?: GateName[];
  requestedBy: string;
  domain: DomainNames;
  /** Whom the plan knows, by every name of theirs. */
  people?: Person[];
  /** Where there are keys, only a vote that is signed by one of them counts. */
  keys?: ApproverKeySet;
  /** What such a vote has to be for. */
  signedFor?: SignedFor;
}

interface QueuedVote {
  decision: Vote['decision'];
  payload: unknown;
  receivedAt: string;
}

/** What the sender calls it: kept whatever else is wrong. */
const sentSchema = z
  .object({ id: z.string().max(longestOfVote.id) })
  .partial()
  .catch({});

const payloadSchema = z.object({
  gate: z.custom<GateName>((name) => typeof name === 'string' && gateNamePattern.test(name)),
  hash: z.string().max(longestOfVote.hash),
  by: z.string().trim().min(1).max(longestOfVote.by),
  reason: z.string().max(longestOfVote.reason).default(''),
  at: z.iso.datetime({ offset: true }).optional(),
});

const signedSchema = z.object({ jws: z.string().max(longestOfVote.jws) });

/** Says of each vote whether it counts, and if not why. Reads nothing: an unsigned identity is declared, not proven. */
export async function verifyVotes(input: VerifyVotesInput): Promise<RecordedVote[]> {
  const { votes, gate, decided = [], requestedBy } = input;
  const who = {
    requester: personOf(requestedBy, input),
    approvers: (gate?.approvers ?? []).map((approver) => personOf(approver, input)),
  };
  const seen: Gate | null = gate && { ...gate, votes: [...gate.votes] };
  const recorded: RecordedVote[] = [];
  for (const queued of votes) {
    const vote = await read(queued, input);
    const isNamed = vote.refused !== 'VOTE_MALFORMED' && vote.refused !== 'VOTE_BAD_SIGNATURE';
    const identity = isNamed ? personOf(vote.by, input) : null;
    const late = seen?.name !== vote.gate && decided.includes(vote.gate);
    const ruled = () => {
      if (identity !== null && late) return 'VOTE_LATE';
      return seen ? refusal({ ...vote, identity }, seen, who) : 'VOTE_WRONG_GATE';
    };
    const refused = vote.refused ?? ruled();
    const { id } = sentSchema.parse(queued.payload);
    const result: RecordedVote = {
      ...{ ...vote, identity, receivedAt: queued.receivedAt, refused },
      ...(id !== undefined && { id }),
    };
    seen?.votes.push(result);
    recorded.push(result);
  }
  return recorded;
}

type ReadVote = Vote & Pick<RecordedVote, 'kid' | 'jws'> & { refused: VoteRefusal | null };

/** The vote that a payload holds, and what is wrong with its form or its signature. */
async function read(queued: QueuedVote, input: VerifyVotesInput): Promise<ReadVote> {
  const { payload, decision } = queued;
  const signed = signedSchema.safeParse(payload);
  if (signed.success && input.keys) return await readSigned(signed.data.jws, queued, input);
  const parsed = payloadSchema.safeParse(payload);
  if (!parsed.success) return { ...nothing, decision, refused: 'VOTE_MALFORMED' };
  return { ...parsed.data, decision, refused: input.keys ? 'VOTE_UNSIGNED' : null };
}

/** What was signed is what counts: fields that stand beside the signature are not looked at. */
async function readSigned(jws: string, { decision }: QueuedVote, input: VerifyVotesInput): Promise<ReadVote> {
  const { keys, signedFor } = input;
  const signed = await readSignedVote(jws, keys!);
  // What it claims is told all the same, and that nothing of it is proven.
  if (!signed) return { ...(claimedBy(jws) ?? nothing), decision, refused: 'VOTE_BAD_SIGNATURE' };
  const { gate, hash, by, reason, at, ...claims } = signed.claims;
  const vote = { gate, hash, by, reason, at, decision, kid: signed.kid, jws };
  if (personOf(by, input) !== personOf(signed.approver, input))
    return { ...vote, refused: 'VOTE_BAD_SIGNATURE' };
  const { migration, execution, plan } = claims;
  const here =
    claims.decision === decision &&
    migration === signedFor?.migration &&
    execution === signedFor.execution &&
    plan === signedFor.plan;
  return { ...vote, refused: here ? null : 'VOTE_FOR_ANOTHER' };
}

const nothing = { gate: 'start', hash: '', by: '', reason: '' } as const;
