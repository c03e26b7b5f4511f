import { DmsaError } from '../../src/domain/errors/errors.ts';
import { differences } from '../../src/domain/facts/compare.ts';
import type { DmsaFacts } from '../../src/domain/facts/facts.ts';
import type { JournalEntryOf } from '../../src/domain/migration/journal.ts';
import { MigrationState } from '../../src/domain/states.ts';
import { wordPair } from '../../src/wording/completion-fault.ts';
import { wordDrift } from '../../src/wording/drift.ts';
import { type ActivityDeps, onManagementHost } from '../deps.ts';
import { backward, type ChangeInput, journalled } from '../recording/journal.ts';
import { attempt } from '../runtime.ts';
import { requireOurs } from './ours.ts';
import { isIn, isUnlinked, keeping, type PairRead, type PresentPair, pairNow } from './pair.ts';
import { cmdletParameters, type PhaseInput } from './phases.ts';
import { requireSettled } from './settled.ts';

/** The DC that undid it, to be kept for what comes next. */
export interface KeptController {
  /** DNS name. */
  server: string;
}

export type UndoCompleteInput = PhaseInput &
  ChangeInput<JournalEntryOf<'complete'>> & {
    /** A person has seen the differences to what was before, and lets them be. */
    accept?: boolean;
  };
export type UndoLinkInput = PhaseInput & ChangeInput<JournalEntryOf<'link'>>;

/**
 * Undoes Complete: one call of Undo, from 2 to 1 [cmdlet], then both objects are compared with what they were before
 * Complete, SPNs, delegation and the enabled account included. Already back is done; so is further back, where a
 * person has undone both phases by hand: what is there then is compared when all is undone.
 */
export async function undoComplete(deps: ActivityDeps, input: UndoCompleteInput): Promise<KeptController> {
  const pair = await pairNow(deps, input.target);
  const acting = { ...input, target: keeping(input.target, pair.server) };
  await requireReliable(deps, input, pair, MigrationState.Completed);
  if (isUnlinked(pair)) return { server: pair.server };
  if (!isIn(pair, MigrationState.Started)) {
    if (!isIn(pair, MigrationState.Completed)) throw unexpected(pair);
    await proveOurs(deps, 'COMPLETE-MIGRATION', pair, input);
    await undoOnce(deps, acting, pair);
  }
  const after = await pairNow(deps, acting.target);
  if (!isIn(after, MigrationState.Started)) throw notVerified(after);
  if (!input.accept) requireSame(input.entry.beforeImage, after);
  return { server: after.server };
}

/**
 * Undoes Start: one call of Undo, from 1 to 0 [cmdlet], and then the principals that hosts have added since are taken
 * out again, unless the dMSA is ours and will be removed. Already back is done.
 */
export async function undoLink(deps: ActivityDeps, input: UndoLinkInput): Promise<KeptController> {
  const pair = await pairNow(deps, input.target);
  const acting = { ...input, target: keeping(input.target, pair.server) };
  await requireReliable(deps, input, pair, MigrationState.Started);
  if (!isUnlinked(pair)) {
    if (!isIn(pair, MigrationState.Started)) throw unexpected(pair);
    await proveOurs(deps, 'START-MIGRATION', pair, input);
    await undoOnce(deps, acting, pair);
  }
  const after = await pairNow(deps, acting.target);
  if (!isUnlinked(after)) throw notVerified(after);
  if (!input.entry.beforeImage.createdByUs) await restorePrincipals(deps, acting, after);
  return { server: after.server };
}

/**
 * An effect that seems undone may only not have been heard of; and one that seems not to be may have been undone by an
 * earlier attempt, where the DC that is read is not the one that cmdlets go to: a second Undo would go back one phase
 * more.
 */
async function requireReliable(
  deps: ActivityDeps,
  { target, entry }: PhaseInput,
  pair: PairRead,
  from: MigrationState,
): Promise<void> {
  if (!isIn(pair, from))
    return await requireSettled(deps, target, pair, { seen: entry.status === 'applied' });
  if (attempt() > 1 && pair.dc !== pair.server.toLowerCase()) await requireSettled(deps, target, pair);
}

/** An effect that was verified on the way forward is ours; one whose answer was lost has to be proven. */
async function proveOurs(
  deps: ActivityDeps,
  operation: 'START-MIGRATION' | 'COMPLETE-MIGRATION',
  pair: PairRead,
  { entry, target }: PhaseInput,
): Promise<void> {
  if (entry.status === 'applied') return;
  await requireOurs(deps, operation, pair, target, entry);
}

async function undoOnce(deps: ActivityDeps, input: PhaseInput, pair: PresentPair): Promise<void> {
  await journalled(deps, input, backward, () =>
    onManagementHost(deps, 'undo-migration', cmdletParameters(pair, input.target)),
  );
}

async function restorePrincipals(deps: ActivityDeps, input: UndoLinkInput, { dmsa }: PairRead) {
  const wanted = sidsOf(input.entry.beforeImage.dmsa);
  const present = sidsOf(dmsa);
  if (!dmsa || sameList(wanted, present)) return;
  const { server } = input.target.domain;
  await journalled(deps, input, backward, () =>
    onManagementHost(deps, 'set-principals', { dmsa: dmsa.dn, principals: wanted, server }),
  );
  const after = await pairNow(deps, input.target);
  const restored = sidsOf(after.dmsa);
  if (!sameList(wanted, restored)) {
    throw new DmsaError('STATE_NOT_VERIFIED', dmsa.dn, `the principals are ${restored.join(', ') || 'none'}`);
  }
}

/** Without those that are let in on a condition: the cmdlet would let them in without it. */
function sidsOf(dmsa: DmsaFacts | null): string[] {
  return dmsa?.principals.filter(({ conditional }) => !conditional).map(({ sid }) => sid) ?? [];
}

function sameList(a: string[], b: string[]): boolean {
  return a.length === b.length && [...a].sort().join() === [...b].sort().join();
}

function requireSame(
  beforeImage: JournalEntryOf<'complete'>['beforeImage'],
  { account, dmsa }: PresentPair,
): void {
  const none = { principals: [], accessRules: undefined };
  const left = { account: beforeImage.account, dmsa: { ...beforeImage.dmsa, ...none }, hosts: [] };
  const right = { account, dmsa: dmsa && { ...dmsa, ...none }, hosts: [] };
  const differing = differences(left, right);
  if (differing.length > 0)
    throw new DmsaError('RESTORE_DIFFERS', account.dn, wordDrift(differing, differing.length));
}

function unexpected(pair: PresentPair): DmsaError {
  return new DmsaError('STATE_UNEXPECTED', pair.account.dn, `Undo cannot run: ${wordPair(pair)}`);
}

function notVerified(pair: PresentPair): DmsaError {
  return new DmsaError('STATE_NOT_VERIFIED', pair.account.dn, `Undo said yes: ${wordPair(pair)}`);
}
