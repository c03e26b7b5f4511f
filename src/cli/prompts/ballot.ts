import { InvalidArgumentError } from 'commander';
import type { SignedFor } from '../../approval/signed-votes.ts';
import type { LiveStatus } from '../../client/migrations.ts';
import { DmsaError } from '../../domain/errors/errors.ts';
import type { Gate } from '../../domain/gates/gates.ts';
import { isGateName } from '../../domain/gates/votes.ts';
import { type GateName, migrationId as migrationIdOf, type Plan } from '../../domain/plan/plan.ts';
import { parsePlan } from '../../plan/parse-plan.ts';

export interface VoteOptions {
  gate?: GateName;
  hash?: string;
  by?: string;
  key?: string;
  reason: string;
}

export interface Ballot {
  name: GateName;
  hash: string;
  /** The gate that is open for it; null where the vote comes too early or too late. */
  gate: Gate | null;
}

/**
 * The gate and the evidence that the vote is for. Where both are named they are sent as they are: the migration says what
 * it thinks of it, and records it.
 */
export function ballotOf(status: LiveStatus, { gate: name, hash: given }: VoteOptions): Ballot {
  const open = status.gates.find((each) => each.decision === 'open');
  if (open?.hash && (name ?? open.name) === open.name)
    return { name: open.name, hash: chosenHash({ hash: open.hash }, given), gate: open };
  if (name !== undefined && given !== undefined) return { name, hash: given, gate: null };
  const why = open
    ? `gate "${open.name}" ${open.hash ? 'is the one that is open' : 'still reads its evidence'}`
    : `it is at stage ${status.stage}`;
  throw new DmsaError(
    'GATE_NOT_OPEN',
    status.migrationId,
    `${status.migrationId} waits for no such vote: ${why}`,
  );
}

/** A hash that was given is sent as it is where it is not that of the gate: the migration refuses and records it. */
function chosenHash(gate: { hash: string }, given: string | undefined): string {
  if (given === undefined) return gate.hash;
  return given.length >= 8 && gate.hash.startsWith(given.toLowerCase()) ? gate.hash : given;
}

/**
 * The migration that a signature is for. Who can write to Temporal can write a workflow with any status: so only what the
 * plan itself says is signed. Throws STATUS_FORGED and PLAN_EDITED where the plan is not that of the status, or there is
 * none.
 */
export function signedFor(status: LiveStatus, started: Plan | null): SignedFor {
  const { migrationId, planHash, execution } = status;
  const refused = (why: string) =>
    new DmsaError('STATUS_FORGED', migrationId, `${migrationId}: nothing is signed: ${why}`);
  if (!started) throw refused('Temporal has no plan of its start');
  const plan = parsePlan(started);
  if (migrationIdOf(plan) !== migrationId)
    throw refused(`it was started with the plan of ${migrationIdOf(plan)}`);
  if (plan.hash !== planHash)
    throw refused(
      `its status says plan ${planHash.slice(0, 16)}, and it was started with ${plan.hash.slice(0, 16)}`,
    );
  return { migration: migrationId, execution, plan: plan.hash };
}

/** Parses the value of `--gate`. */
export function gateName(written: string): GateName {
  if (isGateName(written)) return written;
  throw new InvalidArgumentError('It is start, complete, soak, or wave-1, wave-2 and so on.');
}
