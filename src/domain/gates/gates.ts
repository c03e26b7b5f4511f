import { type KnownPeople, personOf } from '../plan/people.ts';
import type { GateName, GatePlan } from '../plan/plan.ts';
import type { Drift } from '../values/drift.ts';

/** A vote as it arrives by signal. Unsigned, its identity is declared by the sender and not proven. */
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

/** How long the texts of a vote may be, in characters: whoever sends, signs, takes in and verifies one holds to these. */
export const longestOfVote = {
  hash: 128,
  by: 256,
  reason: 1024,
  id: 64,
  /** A reason of so many characters of four octets, in base64, and what stands around it. */
  jws: 8192,
} as const;

export type VoteRefusal =
  | 'VOTE_UNSIGNED'
  | 'VOTE_BAD_SIGNATURE'
  | 'VOTE_FOR_ANOTHER'
  | 'VOTE_MALFORMED'
  | 'VOTE_WRONG_GATE'
  | 'VOTE_STALE_HASH'
  | 'VOTE_BY_REQUESTER'
  | 'VOTE_UNKNOWN_APPROVER'
  | 'VOTE_DUPLICATE'
  | 'VOTE_LATE'
  | 'VOTE_TOO_MANY'
  | 'VOTE_UNVERIFIED';

export const voteRefusals: Record<VoteRefusal, string> = {
  VOTE_UNSIGNED: 'the plan lists keys of approvers, and the vote is not signed',
  VOTE_BAD_SIGNATURE: 'the signature is not that of a key that the plan lists for this approver',
  VOTE_FOR_ANOTHER: 'it was signed for another migration, plan or decision',
  VOTE_MALFORMED: 'the vote lacks gate, hash, by or decision',
  VOTE_WRONG_GATE: 'that gate is not open',
  VOTE_STALE_HASH: 'the hash is not that of the evidence the gate shows now; look again with dmsa status',
  VOTE_BY_REQUESTER: 'whoever asked for the migration may not approve it',
  VOTE_UNKNOWN_APPROVER: 'the plan does not list this approver',
  VOTE_DUPLICATE: 'this approver has voted already, and a vote is final',
  VOTE_LATE: 'the gate is decided already',
  VOTE_TOO_MANY: 'too many votes were waiting to be verified; vote again',
  VOTE_UNVERIFIED: 'the worker could not verify it; look at its log, and vote again',
};

/** A vote with its verdict; refused votes are kept, with the reason. */
export interface RecordedVote extends Vote {
  /** Normal form of `by`, or null where it has none. */
  identity: string | null;
  receivedAt: string;
  refused: VoteRefusal | null;
  /** Whether what was voted on has changed since: such a vote never counts again, also where the change is taken back. */
  void?: boolean;
  /** What the sender has called it, to find it again; absent where it was sent without. */
  id?: string;
  /** Key whose signature was found good; absent for an unsigned vote. */
  kid?: string;
  /** The signed vote as it arrived, so that anybody can check it again. */
  jws?: string;
}

export interface Gate {
  name: GateName;
  /** SHA-256 of plan and evidence that is voted on; null while preflight runs. */
  hash: string | null;
  openedAt: string;
  expiresAt: string;
  /** Set when the gate expired and the plan says hold. */
  overdue: boolean;
  required: number;
  approvers: string[];
  votes: RecordedVote[];
  /** Why votes were voided: what differed when it was time to act. */
  drift: Drift[];
  /** How often it was opened anew; absent for never. */
  reopened?: number;
  /** Whether only signed votes count. */
  signed?: boolean;
  /** Names of the hosts that a wave is about. */
  hosts?: string[];
  /** ISO 8601: when people are reminded next; absent where they are not. */
  remindAt?: string;
  /** `void`: the migration turned back while the gate was open. */
  decision: 'open' | 'approved' | 'rejected' | 'expired' | 'void';
}

/** Votes that count for the evidence as it is now. */
export function countedVotes(gate: Gate): RecordedVote[] {
  return gate.votes.filter((vote) => counts(vote, gate));
}

/** The yeses among them. */
export function approvals(gate: Gate): RecordedVote[] {
  return countedVotes(gate).filter((vote) => vote.decision === 'approve');
}

/** Whom the gate lists and still waits for: neither the requester nor anybody who has voted, however they are written. */
export function awaitedAt(gate: Gate, known: KnownPeople & { requestedBy: string }): string[] {
  const away = new Set([
    ...countedVotes(gate).map(({ identity }) => identity),
    personOf(known.requestedBy, known),
  ]);
  return gate.approvers.filter((approver) => !away.has(personOf(approver, known)));
}

/** Whether a vote counts at its gate, for the evidence as it is now. */
export function counts({ refused, hash, void: isVoid = false }: RecordedVote, gate: Gate): boolean {
  return refused === null && hash === gate.hash && !isVoid;
}

/** What was voted on is not there any more: the votes for it never count again, and people vote on what is there now. */
export function voidVotes(gate: Gate): void {
  for (const vote of countedVotes(gate)) vote.void = true;
}

/** Opens the gate anew, for other evidence than was voted on; says why. */
export function reopen(gate: Gate, hash: string, drifted: Drift[]): void {
  gate.drift.push(...drifted);
  gate.decision = 'open';
  gate.hash = hash;
  gate.reopened = (gate.reopened ?? 0) + 1;
}

/** One no is enough to reject; enough distinct yeses approve. */
export function decide(gate: Gate): Gate['decision'] {
  const votes = countedVotes(gate);
  if (votes.some((vote) => vote.decision === 'reject')) return 'rejected';
  return votes.length >= gate.required ? 'approved' : 'open';
}

/**
 * Why a vote does not count, or null where it does. `identity`, `requester` and `approvers` are in normal form
 * (identity.ts), so that another spelling of the requester is still the requester.
 */
export function refusal(
  vote: Vote & { identity: string | null },
  gate: Gate,
  who: { requester: string | null; approvers: (string | null)[] },
): VoteRefusal | null {
  if (vote.identity === null) return 'VOTE_MALFORMED';
  if (vote.gate !== gate.name) return 'VOTE_WRONG_GATE';
  if (gate.decision !== 'open') return 'VOTE_LATE';
  if (vote.identity === who.requester) return 'VOTE_BY_REQUESTER';
  if (who.approvers.length > 0 && !who.approvers.includes(vote.identity)) return 'VOTE_UNKNOWN_APPROVER';
  if (vote.hash !== gate.hash) return 'VOTE_STALE_HASH';
  if (countedVotes(gate).some((other) => other.identity === vote.identity)) return 'VOTE_DUPLICATE';
  return null;
}

/** The gate as it opens. `remindAt`: when people are reminded first, where the plan says that they are. */
export function openGate(
  name: GateName,
  plan: GatePlan,
  openedAt: string,
  expiresAt: string,
  more: Pick<Gate, 'signed' | 'hosts' | 'remindAt'> = {},
): Gate {
  const { required, approvers } = plan;
  return {
    name,
    hash: null,
    openedAt,
    expiresAt,
    overdue: false,
    required,
    approvers,
    votes: [],
    drift: [],
    decision: 'open',
    ...more,
  };
}
