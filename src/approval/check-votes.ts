import { calculateJwkThumbprint } from 'jose';

import { approvals, electorateOf, voterRefusal } from '../domain/gates/gates.ts';
import type { CountedVote, Vote } from '../domain/gates/votes.ts';
import type { MigrationStatus } from '../domain/migration/status.ts';
import { personOf } from '../domain/plan/people.ts';
import { type GateName, gatePlan, type Plan } from '../domain/plan/plan.ts';
import { differingClaim, readSignedVote, type SignedVote, voterOf } from './signed-votes.ts';

/** Verdict on the signature of one vote. `declared`: the vote has none, so its identity is the sender's claim. */
export interface VoteCheck {
  gate: GateName;
  by: string;
  decision: Vote['decision'];
  verdict: 'signed' | 'declared' | 'invalid';
  /** Thumbprint of the approver's key in the plan. */
  thumbprint: string | null;
  /** Why it is invalid. */
  why: string | null;
}

/** A migration with its plan, where that is known. */
interface VotedMigration {
  status: MigrationStatus;
  plan: Plan | null;
}

/** Checks the signature of every vote that counted at some gate against the plan's keys. */
export async function checkVotes(migration: VotedMigration): Promise<VoteCheck[]> {
  const votes = migration.status.gates.flatMap(({ name, votes }) =>
    votes.filter((vote) => vote.verdict !== 'refused').map((vote) => ({ name, vote })),
  );
  return await Promise.all(votes.map(({ name, vote }) => checkVote(migration, name, vote)));
}

async function checkVote(
  { plan, status }: VotedMigration,
  gate: GateName,
  vote: CountedVote,
): Promise<VoteCheck> {
  const { by, decision, jws } = vote;
  const check = { gate, by, decision, thumbprint: null };
  const invalid = (why: string): VoteCheck => ({ ...check, verdict: 'invalid', why });
  const keys = plan?.approverKeys;
  if (jws === undefined)
    return keys
      ? invalid('the plan has keys, and it is not signed')
      : { ...check, verdict: 'declared', why: null };
  const signed = keys ? await readSignedVote(jws, keys) : null;
  if (!plan || !signed) return invalid('its signature is that of no key of the plan');
  const { kty, crv, x } = signed.key;
  const thumbprint = await calculateJwkThumbprint({ kty, crv, x });
  const why = vote.gate === gate ? problemOf(signed, vote, plan, status) : `it is of gate "${vote.gate}"`;
  return { ...check, thumbprint, verdict: why === null ? 'signed' : 'invalid', why };
}

/** Why the signed text is not this vote, in this migration, by somebody who may vote at that gate; or null. */
function problemOf(
  signed: SignedVote,
  vote: CountedVote,
  plan: Plan,
  status: MigrationStatus,
): string | null {
  const { gate, hash, decision, by, reason, at = '' } = vote;
  const signedFor = { migration: status.migrationId, execution: status.execution, plan: status.planHash };
  const differing = differingClaim(signed.claims, { gate, hash, decision, by, reason, at, ...signedFor });
  if (differing) return `what was signed has another ${differing}`;
  const voter = voterOf(signed, plan);
  if (voter === null) return `the key is that of ${signed.key.approver}`;
  const { approvers } = gatePlan(plan, gate);
  const refusal = voterRefusal(voter, electorateOf({ requestedBy: plan.requestedBy, approvers }, plan));
  if (refusal === null) return null;
  return refusal === 'VOTE_BY_REQUESTER'
    ? 'the requester may not vote'
    : 'the plan does not list this approver';
}

/** Lists gates that were passed with too few votes: no migration makes such a report. */
export function gateProblems({ plan, status }: VotedMigration): { gate: GateName; why: string }[] {
  if (!plan) return [];
  return status.gates.flatMap((gate) => {
    if (gate.decision !== 'approved') return [];
    const { required } = gatePlan(plan, gate.name);
    const people = new Set(approvals(gate).map(({ by }) => personOf(by, plan)));
    people.delete(null);
    if (people.size >= required) return [];
    return [{ gate: gate.name, why: `it was passed with ${people.size} of ${required} votes` }];
  });
}
