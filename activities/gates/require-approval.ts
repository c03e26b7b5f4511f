import { differingClaim, readSignedVote, voterOf } from '../../src/approval/signed-votes.ts';
import { readDomainNames } from '../../src/directory/read/read-domain.ts';
import { DmsaError } from '../../src/domain/errors/errors.ts';
import { electorateOf, voterRefusal } from '../../src/domain/gates/gates.ts';
import type { KnownPeople } from '../../src/domain/plan/people.ts';
import {
  type ApproverKey,
  type ApproverKeySet,
  type GateName,
  gatePlan,
  migrationId as idOf,
  isWaveGate,
  type Plan,
} from '../../src/domain/plan/plan.ts';
import { parsePlan } from '../../src/plan/parse-plan.ts';
import { findPeople } from '../../src/plan/people.ts';
import { type ActivityDeps, readNow } from '../deps.ts';

/** Signed votes that allow a change, with the plan and the evidence that they are for. */
export interface Approval {
  plan: Plan;
  gate: GateName;
  /** Hash of the evidence that was voted on. */
  hash: string;
  /** Run id of the first run of the migration. */
  execution: string;
  /** Signed votes, compact JWS. */
  votes: string[];
}

export interface Approvable {
  migrationId: string;
  approval?: Approval;
}

/** Gate that has to approve a change: services restart wave by wave, and once more after Complete. */
export type ApprovedAt = 'start' | 'complete' | 'restart';

/**
 * Counts the signed votes for a change again, where the change is made: Temporal's history says that they were enough, but
 * anyone who can write to the namespace can write that. Returns the approved plan, to which the caller holds its changes
 * (of-the-plan.ts); null if neither plan nor worker has keys. Throws APPROVAL_MISSING.
 */
export async function requireApproval(
  deps: ActivityDeps,
  { migrationId, approval }: Approvable,
  at: ApprovedAt,
): Promise<Plan | null> {
  const { approverKeys = null } = deps;
  if (!approval) {
    if (approverKeys === null) return null;
    throw missing(migrationId, 'this worker changes nothing without signed votes, and none came with it');
  }
  const plan = parsePlan(approval.plan);
  if (migrationId !== idOf(plan)) throw missing(migrationId, 'the votes are for another migration');
  requireKnownKeys(approverKeys, plan);
  if (!plan.approverKeys) return plan;
  requireGate(plan, approval.gate, at);
  const known = approverKeys === null ? plan : await peopleOf(deps, plan, approverKeys);
  const voters = await votersFor(plan, plan.approverKeys, approval, known);
  const { required } = gatePlan(plan, approval.gate);
  if (voters.size >= required) return plan;
  throw missing(
    migrationId,
    `${voters.size} of ${required} signed votes for gate "${approval.gate}" are good`,
  );
}

/** Refuses a plan with a key that this worker does not know, if the worker has keys. Throws APPROVAL_MISSING. */
export function requireKnownKeys(known: ApproverKey[] | null, plan: Plan): void {
  if (known === null) return;
  const { keys = [] } = plan.approverKeys ?? {};
  if (keys.length === 0)
    throw missing(
      plan.account.dn,
      'the plan lists no keys of approvers, and this worker takes signed votes only',
    );
  // Compared as written: the names of the domain come from the plan, and are not checked yet.
  const identity = ({ approver, x }: ApproverKey) => `${approver.toLowerCase()} ${x}`;
  const trusted = new Set(known.map(identity));
  const stranger = keys.find((key) => !trusted.has(identity(key)));
  if (stranger)
    throw missing(
      plan.account.dn,
      `the key ${stranger.kid} of ${stranger.approver} is none that this worker knows`,
    );
}

function requireGate(plan: Plan, gate: GateName, at: ApprovedAt): void {
  const fits =
    at === 'restart'
      ? gate === 'complete' || (plan.gates.wave ? isWaveGate(gate) : gate === 'start')
      : gate === at;
  if (!fits) throw missing(plan.account.dn, `votes of gate "${gate}" do not allow it`);
}

/** Looks people up in the directory: a plan could make two of one by the names that it gives the domain. */
async function peopleOf(deps: ActivityDeps, plan: Plan, keys: ApproverKey[]): Promise<KnownPeople> {
  return await readNow(deps, plan, async (directory) => {
    const domain = await readDomainNames(directory);
    const names = [plan.requestedBy, ...keys.map(({ approver }) => approver)];
    const { people } = await findPeople(directory, names, domain);
    return { domain, people };
  });
}

/** The people whose signed yes is for this very thing. */
async function votersFor(
  plan: Plan,
  keys: ApproverKeySet,
  { gate, hash, execution, votes }: Approval,
  known: KnownPeople,
): Promise<Set<string>> {
  const { approvers } = gatePlan(plan, gate);
  const electorate = electorateOf({ requestedBy: plan.requestedBy, approvers }, known);
  const wanted = {
    decision: 'approve',
    gate,
    hash,
    plan: plan.hash,
    migration: idOf(plan),
    execution,
  } as const;
  const voters = new Set<string>();
  for (const jws of votes) {
    const signed = await readSignedVote(jws, keys);
    const voter = signed && voterOf(signed, known);
    if (!signed || voter === null || voterRefusal(voter, electorate) !== null) continue;
    if (differingClaim(signed.claims, wanted) === null) voters.add(voter);
  }
  return voters;
}

export function missing(subject: string, why: string): DmsaError {
  return new DmsaError('APPROVAL_MISSING', subject, `${subject}: ${why}`);
}
