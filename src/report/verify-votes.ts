import { calculateJwkThumbprint } from 'jose';
import { readSignedVote, type VoteClaims } from '../approval/votes.ts';
import { approvals } from '../domain/gates/gates.ts';
import type { CountedVote, Vote } from '../domain/gates/votes.ts';
import { personOf } from '../domain/plan/people.ts';
import { type GateName, gatePlan, type Plan } from '../domain/plan/plan.ts';
import type { Report } from './report.ts';

/** What the signature of one vote says. `declared`: it has none, so its identity is what its sender said. */
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

/** Every vote that counted at some gate, with its signature checked against the plan's keys. */
export async function checkVotes(report: Report): Promise<VoteCheck[]> {
  const votes = report.status.gates.flatMap(({ name, votes }) =>
    votes.filter((vote) => vote.verdict !== 'refused').map((vote) => ({ name, vote })),
  );
  return await Promise.all(votes.map(({ name, vote }) => checkVote(report, name, vote)));
}

async function checkVote(report: Report, gate: GateName, vote: CountedVote): Promise<VoteCheck> {
  const told = { gate, by: vote.by, decision: vote.decision, thumbprint: null, why: null };
  const keys = report.plan?.approverKeys;
  const { jws } = vote;
  if (jws === undefined && !keys) return { ...told, verdict: 'declared' };
  if (jws === undefined)
    return { ...told, verdict: 'invalid', why: 'the plan has keys, and it is not signed' };
  const signed = keys ? await readSignedVote(jws, keys) : null;
  if (!signed) return { ...told, verdict: 'invalid', why: 'its signature is that of no key of the plan' };
  const key = keys!.keys.find(({ kid }) => kid === signed.kid)!;
  const thumbprint = await calculateJwkThumbprint({ kty: key.kty, crv: key.crv, x: key.x });
  const why =
    vote.gate === gate
      ? (disagreement(signed.claims, vote, report) ?? strangeVoter(vote, key.approver, report.plan!))
      : `it is of gate "${vote.gate}"`;
  return { ...told, thumbprint, verdict: why ? 'invalid' : 'signed', why };
}

/** Whose key it is has to be who says so, and somebody who may vote at that gate. */
function strangeVoter({ by, gate }: CountedVote, approver: string, plan: Plan): string | null {
  const voter = personOf(by, plan);
  if (voter === null || voter !== personOf(approver, plan)) return `the key is that of ${approver}`;
  if (voter === personOf(plan.requestedBy, plan)) return 'whoever asked for the migration may not vote';
  const { approvers } = gatePlan(plan, gate);
  const isListed = approvers.length === 0 || approvers.some((name) => personOf(name, plan) === voter);
  return isListed ? null : 'the plan does not list this approver';
}

/** What is wrong with gates that were passed: a report with too few votes for one was not made by a migration. */
export function gateProblems({ plan, status }: Report): { gate: GateName; why: string }[] {
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

/** What was signed has to be this vote, in this migration. */
function disagreement(signed: VoteClaims, vote: CountedVote, { status }: Report): string | null {
  const expected: VoteClaims = {
    gate: vote.gate,
    hash: vote.hash,
    decision: vote.decision,
    by: vote.by,
    reason: vote.reason,
    at: vote.at ?? '',
    migration: status.migrationId,
    execution: status.execution,
    plan: status.planHash,
  };
  const names = Object.keys(expected) as (keyof VoteClaims)[];
  const differing = names.find((name) => signed[name] !== expected[name]);
  return differing ? `what was signed has another ${differing}` : null;
}
