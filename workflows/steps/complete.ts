import { ActivityFailure } from '@temporalio/workflow';

import type { ErrorCode } from '../../src/domain/errors/errors.ts';
import { setStatus } from '../../src/domain/migration/journal.ts';
import type { Stage } from '../../src/domain/migration/stages.ts';
import { summaries } from '../../src/wording/summary.ts';
import { changing, undoing } from '../activities.ts';
import { failureOf } from '../failures.ts';
import { approval } from '../gates/approval.ts';
import { register } from '../journal.ts';
import { waitFor } from '../stage.ts';
import { again, keep, type Migration, now } from '../state.ts';
import type { Undo } from '../undo.ts';

/**
 * Runs Complete-ADServiceAccountMigration: SPNs and delegation move to the dMSA, and the account is disabled. The gate has
 * just looked, so no pause comes between.
 */
export async function complete(m: Migration, current: Stage): Promise<void> {
  const { account, dmsa } = m.state.evidence!.facts;
  const entry = register(m, 'complete', m.plan.dmsa.dn, { account, dmsa: dmsa! });
  m.state.completedAt = now();
  const run = changing(summaries.completeMigration).completeMigration;
  const after = await untilSettled(m, (tried) =>
    run({
      migrationId: m.id,
      entry,
      target: m.target,
      ...(tried ? { again: true } : again(m)),
      ...approval(m, 'complete'),
    }),
  );
  keep(m, after);
  setStatus(m.state.status.journal, entry.id, 'applied');
  current.changed.push({ kind: 'completed', account: m.plan.account.samAccountName });
  for (const spn of after.dmsa!.servicePrincipalNames)
    current.changed.push({ kind: 'spn-moved', spn, dmsa: `${m.plan.dmsa.name}$` });
}

/**
 * Tries until domain controllers agree, or somebody asks to undo. As long as they do not, nobody knows whether it took
 * effect, and turning weeks back could not say either.
 */
async function untilSettled<T>(m: Migration, run: (again: boolean) => Promise<T>): Promise<T> {
  for (let again = false; ; again = true) {
    try {
      const after = await run(again);
      waitFor(m, null);
      return after;
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      const failure = failureOf(error);
      if (failure.code !== ('REPLICATION_LAGGING' satisfies ErrorCode)) throw error;
      waitFor(m, { kind: 'controllers', failure });
    }
  }
}

/** Calls Undo once, from state 2 to 1, and compares SPNs, delegation and the enabled account. */
export const undoComplete: Undo<'complete'> = async (m, [entry], accept) => {
  const undo = undoing(summaries.undoComplete).undoComplete;
  keep(m, await undo({ migrationId: m.id, entry: entry!, target: m.target, accept }));
  setStatus(m.state.status.journal, entry!.id, 'undone');
};
