import { z } from 'zod';

import { electorateOf, type Gate, refusal } from '../domain/gates/gates.ts';
import {
  isGateName,
  longestOfVote,
  type QueuedVote,
  type ReadableVote,
  type RecordedVote,
  readableVote,
  type Vote,
  type VoteRefusal,
} from '../domain/gates/votes.ts';
import type { DomainNames } from '../domain/plan/identity.ts';
import { type Person, personOf } from '../domain/plan/people.ts';
import type { ApproverKeySet, GateName } from '../domain/plan/plan.ts';
import { claimedBy, differingClaim, readSignedVote, type SignedFor, voterOf } from './signed-votes.ts';

export interface VerifyVotesInput {
  /** Votes in the order of their signals: anyone may send anything. */
  votes: QueuedVote[];
  /** The gate that is open, or null where none is. */
  gate: Gate | null;
  /** Gates that are decided already. */
  decided?: GateName[];
  requestedBy: string;
  domain: DomainNames;
  /** People of the plan, with every name of theirs. */
  people?: Person[];
  /** Keys of approvers: with them, only a vote that one of them signed counts. */
  keys?: ApproverKeySet;
  /** The migration for which a vote has to be signed. */
  signedFor?: SignedFor;
}

const payloadSchema = z.object({
  gate: z.custom<GateName>(isGateName),
  hash: z.string().max(longestOfVote.hash),
  by: z.string().trim().min(1).max(longestOfVote.by),
  reason: z.string().max(longestOfVote.reason).default(''),
  at: z.iso.datetime({ offset: true }).optional(),
  jws: z.string().max(longestOfVote.jws).optional(),
});

const signedSchema = payloadSchema.pick({ jws: true }).required();

/** Decides of each vote whether it counts, and if not why. An unsigned identity is declared, not proven. */
export async function verifyVotes(input: VerifyVotesInput): Promise<RecordedVote[]> {
  const seen: Gate | null = input.gate && { ...input.gate, votes: [...input.gate.votes] };
  const recorded: RecordedVote[] = [];
  for (const queued of input.votes) {
    const vote = await verify(queued, seen, input);
    seen?.votes.push(vote);
    recorded.push(vote);
  }
  return recorded;
}

/** The verdict on one vote at the gate that is open, with the votes that came before it. */
async function verify(queued: QueuedVote, gate: Gate | null, input: VerifyVotesInput): Promise<RecordedVote> {
  const { payload: _, ...receipt } = queued;
  const read = await readVote(queued, input);
  if (!('vote' in read)) return { ...read.claims, ...receipt, verdict: 'refused', code: read.code };
  const { vote, code } = read;
  const identity = personOf(vote.by, input);
  const refused = code ?? rule({ ...vote, ...receipt, identity }, gate, input);
  if (refused === null && identity !== null) return { ...vote, ...receipt, verdict: 'counted', identity };
  return { ...vote, ...receipt, verdict: 'refused', code: refused!, ...(identity !== null && { identity }) };
}

function rule(
  vote: Vote & { identity: string | null },
  gate: Gate | null,
  input: VerifyVotesInput,
): VoteRefusal | null {
  const { decided = [], requestedBy } = input;
  if (vote.identity !== null && gate?.name !== vote.gate && decided.includes(vote.gate)) return 'VOTE_LATE';
  if (!gate) return 'VOTE_WRONG_GATE';
  return refusal(vote, gate, electorateOf({ requestedBy, approvers: gate.approvers }, input));
}

/**
 * The vote that a payload holds, with what is wrong with its signature; or what it claims, where it holds none or nobody
 * has shown that it is theirs.
 */
type ReadVote =
  | { vote: Omit<Vote, 'decision'> & { kid?: string; jws?: string }; code: VoteRefusal | null }
  | { claims: ReadableVote & { kid?: string; jws?: string }; code: VoteRefusal };

async function readVote(queued: QueuedVote, input: VerifyVotesInput): Promise<ReadVote> {
  const { payload } = queued;
  const signed = signedSchema.safeParse(payload);
  if (signed.success && input.keys) return await readSigned(signed.data.jws, queued, input);
  const parsed = payloadSchema.safeParse(payload);
  if (!parsed.success) return { claims: readableVote(payload), code: 'VOTE_MALFORMED' };
  const { jws: _, ...vote } = parsed.data;
  return { vote, code: input.keys ? 'VOTE_UNSIGNED' : null };
}

/** Reads the signed text alone: fields beside the signature are ignored. */
async function readSigned(jws: string, { decision }: QueuedVote, input: VerifyVotesInput): Promise<ReadVote> {
  const { keys, signedFor } = input;
  const signed = await readSignedVote(jws, keys!);
  // The claims are kept; the code says that nothing of them is proven.
  if (!signed) return { claims: claimedBy(jws) ?? {}, code: 'VOTE_BAD_SIGNATURE' };
  const { gate, hash, by, reason, at } = signed.claims;
  const vote = { gate, hash, by, reason, at, kid: signed.key.kid, jws };
  if (voterOf(signed, input) === null) return { claims: vote, code: 'VOTE_BAD_SIGNATURE' };
  const isHere = signedFor && differingClaim(signed.claims, { decision, ...signedFor }) === null;
  return { vote, code: isHere ? null : 'VOTE_FOR_ANOTHER' };
}
