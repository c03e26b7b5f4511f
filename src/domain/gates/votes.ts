import { type GateName, gateNamePattern } from '../plan/plan.ts';

/** A vote as its sender means it. Unsigned, its identity is declared by the sender and not proven. */
export interface Vote {
  gate: GateName;
  /** The evidence hash that the voter saw. */
  hash: string;
  by: string;
  decision: 'approve' | 'reject';
  reason: string;
  /** ISO 8601: when the voter voted, by the voter's clock. */
  at?: string;
}

/** A vote with its verdict; votes that do not count are kept, too. */
export type RecordedVote = CountedVote | RefusedVote;

/** A vote that was good when it came. `void`: the evidence has changed since, and the vote never counts again. */
export interface CountedVote extends Vote, VoteReceipt {
  verdict: 'counted' | 'void';
  /** Normal form of `by`. */
  identity: string;
}

/** A vote that does not count, with what could be read of it. */
export interface RefusedVote extends ReadableVote, VoteReceipt {
  verdict: 'refused';
  code: VoteRefusal;
  /** Normal form of `by`; absent where nobody is named, or a signature does not show that it was them. */
  identity?: string;
}

/** Readable fields of a vote's payload: what is missing, of another kind or too long is absent. */
export type ReadableVote = Partial<Omit<Vote, 'decision'>>;

/** Record of the arrival of a vote, whatever its payload is. */
interface VoteReceipt extends Pick<Vote, 'decision'> {
  receivedAt: string;
  /** Id chosen by the sender to find the record; absent where it was sent without. */
  id?: string;
  /** Key whose signature was found good; absent for an unsigned vote. */
  kid?: string;
  /** The signed vote as it arrived, so that anybody can check it again. */
  jws?: string;
}

/** A vote as a signal brought it: anyone may send anything. */
export interface QueuedVote extends Pick<VoteReceipt, 'decision' | 'receivedAt' | 'id'> {
  payload: unknown;
}

/** Why a vote does not count. */
export type VoteRefusal =
  | 'VOTE_MALFORMED'
  | 'VOTE_WRONG_GATE'
  | 'VOTE_LATE'
  | 'VOTE_BY_REQUESTER'
  | 'VOTE_UNKNOWN_APPROVER'
  | 'VOTE_STALE_HASH'
  | 'VOTE_DUPLICATE'
  | 'VOTE_TOO_MANY'
  | 'VOTE_UNVERIFIED'
  | 'VOTE_UNSIGNED'
  | 'VOTE_BAD_SIGNATURE'
  | 'VOTE_FOR_ANOTHER';

/** Longest texts of a vote, in characters, for all that send, sign, receive and verify one. */
export const longestOfVote = {
  hash: 128,
  by: 256,
  reason: 1024,
  id: 64,
  /** A reason of so many characters of four octets, in base64, and what stands around it. */
  jws: 8192,
} as const;

export function isGateName(value: unknown): value is GateName {
  return typeof value === 'string' && gateNamePattern.test(value);
}

/** Reads what a payload says of a vote. Nothing of it is proven. */
export function readableVote(payload: unknown): ReadableVote {
  const fields = (typeof payload === 'object' && payload !== null ? payload : {}) as Record<string, unknown>;
  const read: ReadableVote = {};
  if (isGateName(fields.gate)) read.gate = fields.gate;
  for (const name of ['hash', 'by', 'reason'] as const) {
    const text = fields[name];
    if (typeof text === 'string' && text.length <= longestOfVote[name]) read[name] = text;
  }
  return read;
}
