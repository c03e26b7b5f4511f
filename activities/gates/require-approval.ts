import { DmsaError } from '../../src/domain/errors.ts';
import { normalIdentity } from '../../src/domain/identity.ts';
import { type ApproverKey, type GateName, gatePlan, type Plan, type Target } from '../../src/domain/plan.ts';
import { parsePlan } from '../../src/plan/schema.ts';
import { readSignedVote } from '../../src/signing/votes.ts';
import type { ActivityDeps } from '../deps.ts';

/** What a change shows of the votes that allow it. */
export interface Approval {
  plan: Plan;
  /** Of the evidence that was voted on. */
  hash: string;
  /** Run id of the first run of the migration. */
  execution: string;
  /** Signed votes, compact JWS. */
  votes: string[];
}

export interface Approvable {
  migrationId: string;
  target: Target;
  gate: GateName;
  approval?: Approval;
}

/**
 * Counts the signed votes for this very change once more, where it is made: Temporal's history says that there were
 * enough, and whoever can write to its namespace can write that. Nothing is asked of plans without keys on a worker
 * without keys. Throws APPROVAL_MISSING.
 */
export async function requireApproval(
  { approverKeys = null }: Pick<ActivityDeps, 'approverKeys'>,
  { migrationId, target, gate, approval }: Approvable,
): Promise<void> {
  if (!approval) {
    if (approverKeys === null) return;
    throw missing(migrationId, 'this worker changes nothing without signed votes, and none came with it');
  }
  const plan = parsePlan(approval.plan);
  if (
    plan.hash !== target.hash ||
    plan.account.guid !== target.account.guid ||
    plan.dmsa.dn !== target.dmsa.dn
  )
    throw missing(migrationId, 'the votes are for another plan');
  requireKnownKeys(approverKeys, plan);
  const { required, approvers } = gatePlan(plan, gate);
  const normal = (name: string) => normalIdentity(name, plan.domain);
  const allowed = new Set(approvers.map(normal));
  const voters = new Set<string>();
  for (const jws of approval.votes) {
    const signed = await readSignedVote(jws, plan.approverKeys!);
    const voter = signed && normal(signed.approver);
    if (!signed || voter === null || voter !== normal(signed.claims.by)) continue;
    if (voter === normal(plan.requestedBy) || (allowed.size > 0 && !allowed.has(voter))) continue;
    const { claims } = signed;
    const isForThis =
      claims.decision === 'approve' &&
      claims.gate === gate &&
      claims.hash === approval.hash &&
      claims.plan === plan.hash &&
      claims.migration === migrationId &&
      claims.execution === approval.execution;
    if (isForThis) voters.add(voter);
  }
  if (voters.size < required)
    throw missing(migrationId, `${voters.size} of ${required} signed votes for gate "${gate}" are good`);
}

/** Every key of the plan is one that this worker knows, where it wants any. Throws APPROVAL_MISSING. */
export function requireKnownKeys(known: ApproverKey[] | null, plan: Plan): void {
  if (known === null) return;
  const { keys = [] } = plan.approverKeys ?? {};
  if (keys.length === 0)
    throw missing(
      plan.account.dn,
      'the plan lists no keys of approvers, and this worker takes signed votes only',
    );
  const identity = ({ approver, x }: ApproverKey) => `${normalIdentity(approver, plan.domain)} ${x}`;
  const trusted = new Set(known.map(identity));
  const stranger = keys.find((key) => !trusted.has(identity(key)));
  if (stranger)
    throw missing(
      plan.account.dn,
      `the key ${stranger.kid} of ${stranger.approver} is none that this worker knows`,
    );
}

function missing(subject: string, why: string): DmsaError {
  return new DmsaError('APPROVAL_MISSING', subject, `${subject}: ${why}`);
}
