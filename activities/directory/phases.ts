import { DmsaError } from '../../src/domain/errors/errors.ts';
import { lag } from '../../src/domain/facts/lag.ts';
import type { Target } from '../../src/domain/plan/plan.ts';
import { type MigrationState, type Phase, phases } from '../../src/domain/states.ts';
import { wordPair } from '../../src/wording/completion-fault.ts';
import { type ActivityDeps, onManagementHost } from '../deps.ts';
import { requireTarget } from '../gates/of-the-plan.ts';
import { type Approval, requireApproval } from '../gates/require-approval.ts';
import { type ChangeInput, forward, journalled } from '../recording/journal.ts';
import { attempt, now } from '../runtime.ts';
import { requireOurs } from './ours.ts';
import { isIn, isUnlinked, keeping, type PairRead, type PresentPair, pairNow } from './pair.ts';
import { requireSettled } from './settled.ts';

export interface PhaseInput extends ChangeInput {
  target: Target;
  /** Attempts were made before, by an activity that was given up: this one's first is none. */
  again?: boolean;
  /** The votes behind it, where the plan lists keys of approvers. */
  approval?: Approval;
}

/** Start: both objects go from 0 to 1 and point at each other. Returns them as an independent read saw them. */
export function startMigration(deps: ActivityDeps, input: PhaseInput): Promise<PairRead> {
  return advance(deps, input, 'link');
}

/** Complete: both go from 1 to 2, SPNs and delegation move to the dMSA, the account is disabled. */
export async function completeMigration(deps: ActivityDeps, input: PhaseInput): Promise<PairRead> {
  const pair = await advance(deps, input, 'complete');
  if (pair.account.enabled) {
    throw new DmsaError('STATE_NOT_VERIFIED', pair.account.dn, 'the superseded account is still enabled');
  }
  return pair;
}

/**
 * Checks the votes, reads, decides, runs the cmdlet, and reads both objects again.
 *
 * Where the effect is there already, it is only claimed on a retry, when the intent had been journalled, and when the
 * DC's event 3085 says that it was us; so a link of someone else's is LINK_FOREIGN or LINK_UNPROVEN, never adopted.
 * Throws APPROVAL_MISSING, STATE_UNEXPECTED where the objects are in neither state, STATE_NOT_VERIFIED where the read disagrees,
 * REPLICATION_LAGGING where DCs disagree about it.
 */
async function advance(deps: ActivityDeps, input: PhaseInput, phase: Phase): Promise<PairRead> {
  const { target } = input;
  requireTarget(await requireApproval(deps, input, phase === 'link' ? 'start' : 'complete'), target);
  const { to, cmdlet } = phases[phase];
  const before = await pairNow(deps, target);
  if (isIn(before, to)) return await claim(deps, input, phase, before);
  if (isBefore(before, phase)) {
    // An attempt whose answer was lost may have had its effect on a DC that this one has not heard of yet.
    if (!isFirst(input)) await requireSettled(deps, target, before, { differ: ahead(to) });
  } else {
    await requireSettled(deps, target, before);
    throw new DmsaError('STATE_UNEXPECTED', before.account.dn, `${cmdlet} cannot run: ${wordPair(before)}`);
  }
  return await journalled(deps, input, forward, async () => {
    const operation = phase === 'link' ? 'start-migration' : 'complete-migration';
    const kept = keeping(target, before.server);
    await onManagementHost(deps, operation, cmdletParameters(before, kept));
    return await verified(deps, kept, phase);
  });
}

/** A DC that has not heard of this state can have had no effect of ours, whatever else it has not heard of. */
function ahead(to: MigrationState): typeof lag {
  return (read, other) => {
    return other.account?.state === to || other.dmsa?.state === to ? lag(read, other) : [];
  };
}

async function claim(deps: ActivityDeps, input: PhaseInput, phase: Phase, pair: PairRead): Promise<PairRead> {
  const subject = pair.account.dn;
  if (isFirst(input)) throw new DmsaError('LINK_FOREIGN', subject, `it is so already: ${wordPair(pair)}`);
  const operation = phase === 'link' ? 'START-MIGRATION' : 'COMPLETE-MIGRATION';
  await requireOurs(deps, operation, pair, input.target, input.entry);
  const { migrationId, entry } = input;
  await deps.records.journal(migrationId, { at: now().toISOString(), when: 'done', entry });
  return pair;
}

function isFirst({ again }: PhaseInput): boolean {
  return attempt() === 1 && !again;
}

async function verified(deps: ActivityDeps, target: Target, phase: Phase): Promise<PairRead> {
  const after = await pairNow(deps, target);
  if (!isIn(after, phases[phase].to)) {
    throw new DmsaError(
      'STATE_NOT_VERIFIED',
      after.account.dn,
      `${phases[phase].cmdlet} said yes: ${wordPair(after)}`,
    );
  }
  return after;
}

function isBefore(pair: PresentPair, phase: Phase): boolean {
  return phase === 'link' ? pair.dmsa !== null && isUnlinked(pair) : isIn(pair, phases.complete.from);
}

export function cmdletParameters(pair: PresentPair, target: Target) {
  return { dmsa: pair.dmsa?.dn ?? target.dmsa.dn, account: pair.account.dn, server: target.domain.server };
}
