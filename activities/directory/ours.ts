import { DmsaError } from '../../src/domain/errors/errors.ts';
import type { JournalEntry } from '../../src/domain/migration/journal.ts';
import type { Target } from '../../src/domain/plan/plan.ts';
import { wordPair } from '../../src/wording/completion-fault.ts';
import { type ActivityDeps, onManagementHost } from '../deps.ts';
import type { PairRead } from './pair.ts';

/** Kerberos lets clocks in a domain differ by five minutes (MS-KILE 3.1.1.2); events may seem that much older. */
const clockSkewMs = 5 * 60_000;

export type CmdletOperation = 'START-MIGRATION' | 'COMPLETE-MIGRATION' | 'UNDO-MIGRATION';

/**
 * Looks for the DC's event 3085: this worker's own identity did `operation` to this very pair since the intent
 * was journalled. The state alone proves nothing: a forged pair looks the same [research]. The event is in the log of
 * the DC that did it and of no other: the one kept so far, or the one that an earlier attempt has moved to.
 */
async function didWe(
  deps: ActivityDeps,
  operation: CmdletOperation,
  pair: PairRead,
  target: Target,
  entry: JournalEntry,
): Promise<boolean> {
  for (const server of new Set([pair.server, target.domain.server])) {
    if (await loggedBy(server, deps, operation, pair, target, entry)) return true;
  }
  return false;
}

async function loggedBy(
  server: string,
  ...[deps, operation, pair, target, entry]: Parameters<typeof didWe>
): Promise<boolean> {
  const since = new Date(Date.parse(entry.registeredAt) - clockSkewMs).toISOString();
  const { identity, events } = await onManagementHost(deps, 'read-migration-events', {
    dmsa: pair.dmsa?.dn ?? target.dmsa.dn,
    account: pair.account.dn,
    server,
    since,
  });
  return events.some(
    (event) =>
      event.operation === operation &&
      Number(event.errorCode) === 0 &&
      event.requestedBy.toLowerCase() === identity.toLowerCase(),
  );
}

/** Throws LINK_UNPROVEN where `didWe` finds no event. */
export async function requireOurs(
  ...[deps, operation, pair, target, entry]: Parameters<typeof didWe>
): Promise<void> {
  if (await didWe(deps, operation, pair, target, entry)) return;
  const message = `no event 3085 shows our ${operation}: ${wordPair(pair)}`;
  throw new DmsaError('LINK_UNPROVEN', pair.account.dn, message);
}
