import { type KnownPeople, personOf } from '../plan/people.ts';
import type { GateName, GatePlan } from '../plan/plan.ts';
import type { Drift } from '../values/drift.ts';
import type { CountedVote, RecordedVote, Vote, VoteRefusal } from './votes.ts';

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
  /** Every vote that came while it was the latest gate, also for another one or for none. */
  votes: RecordedVote[];
  /** Why votes were voided: what differed when it was time to act. */
  drift: Drift[];
  /** Number of times that it was opened anew. */
  reopened: number;
  /** True if only signed votes count. */
  signed?: boolean;
  /** Names of the hosts that a wave is about. */
  hosts?: string[];
  /** ISO 8601: when people are reminded next; absent where they are not. */
  remindAt?: string;
  /** `void`: the migration turned back while the gate was open. */
  decision: 'open' | 'approved' | 'rejected' | 'expired' | 'void';
}

/** Votes that count for the evidence as it is now. */
export function countedVotes(gate: Gate): CountedVote[] {
  return gate.votes.filter((vote) => counts(vote, gate));
}

/** The yeses among them. */
export function approvals(gate: Gate): CountedVote[] {
  return countedVotes(gate).filter((vote) => vote.decision === 'approve');
}

/** Approvers that the gate lists and still waits for: neither the requester nor anybody who has voted, in any spelling. */
export function awaitedAt(gate: Gate, known: KnownPeople & { requestedBy: string }): string[] {
  const away = new Set([
    ...countedVotes(gate).map(({ identity }) => identity),
    personOf(known.requestedBy, known),
  ]);
  return gate.approvers.filter((approver) => !away.has(personOf(approver, known)));
}

/** True for a vote that counts at its gate, for the evidence as it is now. */
export function counts(vote: RecordedVote, gate: Gate): vote is CountedVote {
  return vote.verdict === 'counted' && vote.hash === gate.hash;
}

/** Voids what was voted so far: what it was for has changed, and people vote on what is there now. */
export function voidVotes(gate: Gate): void {
  for (const vote of countedVotes(gate)) vote.verdict = 'void';
}

/** Opens the gate anew, for other evidence than was voted on; says why. */
export function reopen(gate: Gate, hash: string, drifted: Drift[]): void {
  gate.drift.push(...drifted);
  gate.decision = 'open';
  gate.hash = hash;
  gate.reopened += 1;
}

/** Decides a gate: one no rejects, and enough distinct yeses approve. */
export function decide(gate: Gate): Gate['decision'] {
  const votes = countedVotes(gate);
  if (votes.some((vote) => vote.decision === 'reject')) return 'rejected';
  return votes.length >= gate.required ? 'approved' : 'open';
}

/** Voters of a gate, in normal form (identity.ts): another spelling of the requester is still the requester. */
export interface Electorate {
  requester: string | null;
  /** Empty for anyone but the requester. */
  approvers: (string | null)[];
}

export function electorateOf(
  { requestedBy, approvers }: { requestedBy: string; approvers: string[] },
  known: KnownPeople,
): Electorate {
  const person = (name: string) => personOf(name, known);
  return { requester: person(requestedBy), approvers: approvers.map(person) };
}

/** Why this person may not vote, or null for one who may. */
export function voterRefusal(voter: string, { requester, approvers }: Electorate): VoteRefusal | null {
  if (voter === requester) return 'VOTE_BY_REQUESTER';
  return approvers.length > 0 && !approvers.includes(voter) ? 'VOTE_UNKNOWN_APPROVER' : null;
}

/** Why a vote does not count, or null where it does. `identity` is in normal form. */
export function refusal(
  vote: Vote & { identity: string | null },
  gate: Gate,
  electorate: Electorate,
): VoteRefusal | null {
  if (vote.identity === null) return 'VOTE_MALFORMED';
  if (vote.gate !== gate.name) return 'VOTE_WRONG_GATE';
  if (gate.decision !== 'open') return 'VOTE_LATE';
  const stranger = voterRefusal(vote.identity, electorate);
  if (stranger !== null) return stranger;
  if (vote.hash !== gate.hash) return 'VOTE_STALE_HASH';
  return countedVotes(gate).some(({ identity }) => identity === vote.identity) ? 'VOTE_DUPLICATE' : null;
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
    reopened: 0,
    decision: 'open',
    ...more,
  };
}
